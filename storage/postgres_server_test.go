package storage

import (
	"net"
	"strings"
	"testing"
)

// What the server of the tests cannot be is judged right, too.
func TestServerFacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		finding Finding
		wrong   bool
		words   string
	}{
		{serverFacts{number: 90624, version: "9.6.24"}.aboutVersion(), true, "9.6.24 is too old"},
		{serverFacts{number: 130011}.aboutVersion(), false, "older than 15"},
		{serverFacts{number: 150000}.aboutVersion(), false, "tested with. It"},
		{serverFacts{number: 170002}.aboutVersion(), false, "newer than 15"},
		{serverFacts{number: 150013, standby: true}.aboutVersion(), true, "Name the primary"},

		{serverFacts{}.aboutConnection(), true, "not encrypted"},
		{serverFacts{authority: true, name: true}.aboutConnection(), true, "not encrypted"},
		{serverFacts{encrypted: true}.aboutConnection(), true, "nobody checks whose server"},
		{serverFacts{encrypted: true, authority: true}.aboutConnection(), false, "Its name is not compared"},
		{serverFacts{encrypted: true, authority: true, name: true}.aboutConnection(), false, "certificate and name are checked"},

		{serverFacts{fsync: "off", fullPageWrites: "off", synchronousCommit: "off"}.aboutCrashes(), true, "off is fsync, full_page_writes, synchronous_commit."},
		{serverFacts{fsync: "on", fullPageWrites: "on", synchronousCommit: "local"}.aboutCrashes(), false, "on the server's disk"},

		{serverFacts{standbys: 1}.aboutStandby(), false, "no change waits for it"},
		{serverFacts{standbyNames: "a", standbys: 1, waitedFor: 1}.aboutStandby(), false, "one is connected"},
		{serverFacts{standbyNames: "a", standbys: 1, unseen: 1, user: "kim"}.aboutStandby(), false, "GRANT pg_read_all_stats TO kim"},
		{serverFacts{standbyNames: "a", standbys: 1}.aboutStandby(), true, "of synchronous_standby_names (a), but none is connected"},
		{serverFacts{standbyNames: "a"}.aboutStandby(), true, "no change comes to an end"},
		{serverFacts{standbyNames: "a", synchronousCommit: "local"}.aboutStandby(), false, "No standby is connected."},
	} {
		if c.finding.Wrong != c.wrong || !strings.Contains(c.finding.Words, c.words) {
			t.Errorf("want %q, wrong %t: %+v", c.words, c.wrong, c.finding)
		}
	}
}

// The connections from before a promotion are given up by whoever meets it first,
// and only by a promotion.
func TestMeet(t *testing.T) {
	t.Parallel()
	var h hosts
	for _, c := range []struct {
		timeline
		era uint32
		err error
	}{
		{timeline{"7", 1}, 0, nil}, {timeline{"7", 1}, 0, nil}, {timeline{}, 0, nil}, {timeline{"7", 3}, 1, nil}, {timeline{"7", 1}, 1, errSuperseded},
		{timeline{"7", 3}, 1, nil}, {timeline{"8", 1}, 1, nil}, {timeline{"8", 2}, 2, nil},
	} {
		if err := h.meet(c.timeline); err != c.err || h.era.Load() != c.era {
			t.Errorf("%+v: era %d, %v", c, h.era.Load(), err)
		}
	}
}

// What becomes of servers is told from what each of them says.
func TestHostsFacts(t *testing.T) {
	t.Parallel()
	primary := func(host string, number uint64, started string) standing {
		return standing{host: host, timeline: timeline{"7", number}, started: started}
	}
	standby := standing{host: "s", timeline: timeline{cluster: "7"}, started: "3"}
	for _, c := range []struct {
		all   []standing
		wrong bool
		words string
	}{
		{[]standing{primary("a", 1, "1"), standby}, false, "Every server of the address answers"},
		{[]standing{primary("a", 1, "1"), primary("alias", 1, "1")}, false, "Every server of the address answers"},
		{[]standing{primary("b", 2, "2"), primary("a", 1, "1"), standby}, true, "time: a, b. Stop all but b,"},
		{[]standing{primary("a", 1, "1"), primary("b", 1, "2")}, true, "Only one of them may"},
		{[]standing{primary("a", 1, "1"), {host: "b", timeline: timeline{"8", 1}}}, true, "hold different databases"},
		{[]standing{primary("a", 1, "1"), {host: "b", err: errSuperseded}}, true, "do not let this computer in: b."},
		{[]standing{{host: "a"}, {host: "b"}}, false, "do not say whether they were promoted: a, b."},
	} {
		if f := aboutHosts(c.all); f.Wrong != c.wrong || !strings.Contains(f.Words, c.words) {
			t.Errorf("want %q, wrong %t: %+v", c.words, c.wrong, f)
		}
	}
}

// An address is as strict as the least strict way that it allows to any of its hosts.
func TestAddressVerifies(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][2]bool{
		"": {}, "sslmode=disable": {}, "sslmode=allow": {}, "sslmode=prefer": {}, "sslmode=require": {},
		"sslmode=verify-ca": {true, false}, "sslmode=verify-full": {true, true},
	} {
		a, err := ParseAddress("postgres://empress@db1.example.com,db2.example.com/empress?" + query)
		if err != nil {
			t.Fatal(err)
		}
		if authority, name := a.verifies(); [2]bool{authority, name} != want {
			t.Errorf("%q checks the authority %t, the name %t", query, authority, name)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address net.Addr
		want    bool
	}{
		{&net.UnixAddr{Name: "/run/postgresql/.s.PGSQL.5432", Net: "unix"}, true}, {&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, true},
		{&net.TCPAddr{IP: net.IPv6loopback}, true}, {&net.TCPAddr{IP: net.IPv4(10, 0, 0, 5)}, false},
	} {
		if local(c.address) != c.want {
			t.Errorf("%v stays on this computer: %t", c.address, !c.want)
		}
	}
}
