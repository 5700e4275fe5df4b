package server

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"empress/model"
)

func newRequest(method, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = "192.0.2.1:1234"
	return r
}

func TestClient(t *testing.T) {
	proxies := trust{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string // "" for unknown
	}{
		{"192.0.2.1:80", nil, "192.0.2.1"},
		{"[::ffff:192.0.2.1]:80", nil, "192.0.2.1"},
		{"[fe80::1%eth0]:80", nil, "fe80::1"},
		{"nonsense", nil, ""},
		{"192.0.2.1:80", []string{"10.0.0.9"}, "192.0.2.1"}, // no believed proxy says that
		{"10.0.0.1:80", []string{"198.51.100.7"}, "198.51.100.7"},
		{"[::ffff:10.0.0.1]:80", []string{"198.51.100.7"}, "198.51.100.7"},
		{"[2001:db8:1::5]:80", []string{"2001:db8:2::7"}, "2001:db8:2::7"},
		{"10.0.0.1:80", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		{"10.0.0.1:80", []string{"198.51.100.7:5555"}, "198.51.100.7"},
		{"10.0.0.1:80", []string{"[2001:db8:2::7]:5555"}, "2001:db8:2::7"},
		{"10.0.0.1:80", []string{"203.0.113.1, 198.51.100.7"}, "198.51.100.7"}, // the client wrote the first
		{"10.0.0.1:80", []string{"203.0.113.1", "198.51.100.7"}, "198.51.100.7"},
		{"10.0.0.1:80", []string{"198.51.100.7, 10.2.2.2,10.3.3.3"}, "198.51.100.7"},
		{"10.0.0.1:80", []string{"198.51.100.7", "10.2.2.2"}, "198.51.100.7"},
		{"10.0.0.1:80", []string{"10.2.2.2, 10.3.3.3"}, "10.2.2.2"},
		{"10.0.0.1:80", []string{"198.51.100.7, unknown"}, ""},
		{"10.0.0.1:80", []string{"198.51.100.7,"}, ""},
		{"10.0.0.1:80", []string{""}, ""},
		{"10.0.0.1:80", []string{"198.51.100.7, _hidden, 10.2.2.2"}, ""},
		{"10.0.0.1:80", []string{"nonsense, 198.51.100.7"}, "198.51.100.7"},
		{"10.0.0.1:80", nil, ""}, // a proxy that does not say for whom it asks
	} {
		r := newRequest("GET", "/verify")
		r.RemoteAddr = c.peer
		for _, v := range c.forwarded {
			r.Header.Add("X-Forwarded-For", v)
		}
		want, _ := netip.ParseAddr(c.want)
		if got := proxies.client(r); got != want {
			t.Errorf("%s through %q: %v, want %q", c.peer, c.forwarded, got, c.want)
		}
	}
}

// TestNetworks uses a key of certain networks, directly and through proxies.
func TestNetworks(t *testing.T) {
	x := newTeam(t, "10.0.0.0/8")
	_, good := x.create(model.KeySpec{Application: "billing", Networks: []string{"198.51.100.0/24"}})
	for _, c := range []struct {
		peer, forwarded string
		status          int
	}{
		{"198.51.100.9:1", "", 200},
		{"[::ffff:198.51.100.9]:1", "", 200},
		{"192.0.2.1:1", "198.51.100.9", 403},
		{"10.1.1.1:1", "198.51.100.9", 200},
		{"10.1.1.1:1", "198.51.100.9, 192.0.2.1", 403},
		{"10.1.1.1:1", "198.51.100.9, nonsense", 403},
		{"10.1.1.1:1", "", 403},
	} {
		r := newRequest("GET", "/verify")
		r.RemoteAddr = c.peer
		r.Header.Set("Authorization", "token "+good)
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if a := x.send(r); a.status != c.status {
			t.Errorf("%+v: answered %d %s", c, a.status, a.text)
		}
	}
}

// TestRequestIDs takes the id of a request from a believed proxy alone.
func TestRequestIDs(t *testing.T) {
	x := newTeam(t, "10.0.0.0/8")
	const given = "0123456789abcdef"
	for _, c := range []struct {
		peer  string
		ids   []string
		taken bool
	}{
		{"10.0.0.1:1", []string{given}, true},
		{"192.0.2.1:1", []string{given}, false},
		{"10.0.0.1:1", []string{given, given}, false},
		{"10.0.0.1:1", []string{given + "\"}"}, false},
		{"10.0.0.1:1", []string{"short"}, false},
		{"10.0.0.1:1", nil, false},
	} {
		r := newRequest("GET", "/verify")
		r.RemoteAddr = c.peer
		r.Header["X-Request-Id"] = c.ids
		a := x.send(r)
		if got := a.RequestID; (got == given) != c.taken || !requestForm().MatchString(got) || a.header.Get("X-Request-Id") != got {
			t.Errorf("%+v: the id is %q", c, got)
		}
	}
	if first, second := x.ask("/verify").RequestID, x.ask("/verify").RequestID; first == second {
		t.Error("two requests have one id")
	}
}
