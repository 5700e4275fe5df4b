package server

import (
	"net/http"
	"net/netip"
	"strings"
)

// headerForwardedFor names the clients and proxies that a request came through,
// each added on the right by the one that it was sent to.
const headerForwardedFor = "X-Forwarded-For"

// trust lists the networks of the proxies that are believed.
type trust []netip.Prefix

// holds reports whether an address is that of a believed proxy.
func (t trust) holds(a netip.Addr) bool {
	for _, p := range t {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// peer is the address at the other end of the connection, the zero Addr when
// there is none.
func peer(r *http.Request) netip.Addr { return far(r.RemoteAddr) }

// far reads the address, with its port, of the other end of a connection. What
// is none is the zero Addr.
func far(end string) netip.Addr {
	a, err := netip.ParseAddrPort(end)
	if err != nil {
		return netip.Addr{}
	}
	return plain(a.Addr())
}

// plain is the one form of an address: IPv4 is not written as IPv6, and the
// name of an interface is no part of it.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// client is the address that a request comes from. That is the peer, unless the
// peer is a believed proxy: then it is the last address in X-Forwarded-For that
// is no believed proxy's, and the zero Addr when the proxy does not say it.
func (t trust) client(r *http.Request) netip.Addr {
	from := peer(r)
	if !t.holds(from) {
		return from
	}
	hops := strings.Split(strings.Join(r.Header[headerForwardedFor], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		if from = hop(hops[i]); !t.holds(from) {
			break
		}
	}
	return from
}

// hop reads one address of X-Forwarded-For, with or without a port. What is no
// address is the zero Addr.
func hop(s string) netip.Addr {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(s); err == nil {
		return plain(a)
	}
	if a, err := netip.ParseAddrPort(s); err == nil {
		return plain(a.Addr())
	}
	return netip.Addr{}
}
