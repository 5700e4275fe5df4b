package cli

import (
	"errors"
	"net"
	"net/netip"
	"strconv"

	"github.com/spf13/cobra"

	"empress/server"
)

func (t *tree) serve() *cobra.Command {
	var o serving
	cmd := &cobra.Command{
		Use:     "serve",
		GroupID: groupHere,
		Short:   "Answer proxies over HTTP, and let members in over SSH",
		Long: `Answer proxies and services over HTTP: may this request pass? Whoever asks
sends the key and its secret along, as one of

  Authorization: token KEY:SECRET          or Bearer, or Basic
  X-Api-Key: KEY and X-Api-Secret: SECRET

to /verify?application=NAME&scope=SCOPE, and gets 200 when the request may pass,
401, 403 or 429 when it may not, 400 when it was asked wrongly, and 503 when no
answer can be relied on. All but 200 mean no. Every request reads the key anew.
It takes no membership to serve.

--print-config prints what makes a proxy ask. A proxy that is named with
--trust-proxy is believed about the address of its clients.

Over SSH members get the same screens and commands, without an account on this
computer: ssh -t -p 2222 HOST, or ssh -p 2222 HOST keys list. They are known by
the SSH keys that "empress members ssh-key add" gave them, whatever user name
they come with. --ssh :2222 lets them come from other computers. The server's
own key is made beside the database, in the file that ends in .hostkey.

The server stops on SIGTERM, when it has answered what it was asked, and has
told whoever is in a session.`,
		Example: "  empress serve\n  empress serve --http 10.0.0.5:8787 --tls-cert cert.pem --tls-key key.pem --trust-proxy 10.0.0.0/24\n  empress serve --print-config nginx",
	}
	f := cmd.Flags()
	f.StringVar(&o.http, "http", "127.0.0.1:8787", "the `address` to answer HTTP on; an empty one turns it off")
	f.StringVar(&o.ssh, "ssh", "127.0.0.1:2222", "the `address` to let members in on over SSH; an empty one turns it off")
	f.StringVar(&o.cert, "tls-cert", "", "the certificate chain `file` (PEM); read again when it changes")
	f.StringVar(&o.key, "tls-key", "", "the `file` of the certificate's private key (PEM)")
	f.StringArrayVar(&o.proxies, "trust-proxy", nil, "believe X-Forwarded-For from this `network`; may be repeated")
	f.StringVar(&o.recipe, "print-config", "", "print how a `proxy` asks, and end: nginx, caddy, traefik or envoy")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"print-config": fixed(server.Recipes())})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.check(cmd); err != nil {
			return err
		}
		if o.recipe != "" {
			return server.WriteRecipe(t.out, server.Recipe(o.recipe), o.http, o.cert != "")
		}
		return t.serveAll(cmd.Context(), o)
	}
	return cmd
}

// serving is how to serve, as flags say it.
type serving struct {
	http, ssh string
	cert, key string
	proxies   []string
	recipe    string

	trusted []netip.Prefix // what proxies stand for
}

func (o *serving) check(cmd *cobra.Command) error {
	if err := firstError(filled(cmd, "tls-cert", "tls-key", "trust-proxy", "print-config"), oneOf(cmd, "print-config", server.Recipes())); err != nil {
		return err
	}
	if o.http == "" && o.ssh == "" {
		return usage(cmd, "With an empty --http and an empty --ssh there is nothing to serve. Give one an address such as 127.0.0.1:8787.")
	}
	if !validAddress(o.http) {
		return usage(cmd, "--http takes an address with a port, such as 127.0.0.1:8787, not %s.", quoted(o.http))
	}
	if !validAddress(o.ssh) {
		return usage(cmd, "--ssh takes an address with a port, such as 127.0.0.1:2222, not %s.", quoted(o.ssh))
	}
	if (o.cert == "") != (o.key == "") {
		return usage(cmd, "--tls-cert and --tls-key go together: give both, or none.")
	}
	for _, text := range o.proxies {
		p, err := parseProxy(text)
		if err != nil {
			return usage(cmd, "--trust-proxy takes an address or a network such as 10.0.0.0/24, not %s.", quoted(text))
		}
		if p.Bits() < 8 {
			return usage(cmd, "--trust-proxy %s would believe nearly everybody. Name the network of your proxies.", quoted(text))
		}
		o.trusted = append(o.trusted, p)
	}
	return nil
}

// validAddress is whether a text is an address with a port, or empty.
func validAddress(s string) bool {
	if s == "" {
		return true
	}
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	return err == nil
}

// parseProxy reads a network, or one address as the network of itself.
func parseProxy(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err == nil && p.Addr().Is4In6() {
		err = errors.New("IPv4 in IPv6") // which no address is compared as
	}
	return p.Masked(), err
}
