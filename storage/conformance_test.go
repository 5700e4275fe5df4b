package storage_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"empress/model"
	"empress/storage"
)

func TestSQLiteConforms(t *testing.T) {
	var paths sync.Map // by store
	open := func(t *testing.T, path string) model.Store {
		t.Helper()
		s, err := storage.Create(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		paths.Store(s, path)
		return s
	}
	conformance(t, false,
		func(t *testing.T) model.Store { return open(t, t.TempDir()+"/team.db") },
		func(t *testing.T, s model.Store) model.Store {
			path, _ := paths.Load(s)
			return open(t, path.(string))
		})
}

// conformance checks what every engine promises as a model.Store. Open makes an
// empty store, again opens the same data once more, as another process would.
// Beside is to check only what several goroutines do beside each other.
func conformance(t *testing.T, beside bool, open func(*testing.T) model.Store, again func(*testing.T, model.Store) model.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, model.Store)
	}{
		{"team", conformTeam}, {"policy", conformPolicy}, {"members", conformMembers}, {"grants", conformGrants}, {"applications", conformApplications},
		{"keys", conformKeys}, {"update", conformUpdate}, {"held", conformHeld}, {"ssh keys", conformSSHKeys}, {"events", conformEvents}, {"rollback", conformRollback}, {"isolation", conformIsolation},
		{"read only", conformReadOnly}, {"context", conformContext}, {"windows", conformWindows}, {"filters", conformFilters},
		{"visible", conformVisible}, {"counts", conformCounts}, {"usage", conformUsage}, {"sign-ins", conformSignIns}, {"hours", conformHours}, {"callers", conformCallers},
		{"sightings", conformSightings}, {"moments", conformMoments}, {"usage kept", conformUsageKept}, {"seen kept", conformSeenKept}, {"superseded", conformSuperseded}, {"sealing", conformSealing}, {"closed", conformClosed},
	} {
		if beside && !slices.Contains([]string{"isolation", "context", "usage", "closed"}, c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
	t.Run("serialised", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		conformSerialised(t, s, again(t, s))
	})
	t.Run("changes", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		conformChanges(t, s, again(t, s))
	})
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC)

func write(t testing.TB, s model.Store, fn func(model.Writer) error) {
	t.Helper()
	if err := s.Write(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, s model.Store, fn func(model.Reader) error) {
	t.Helper()
	if err := s.Read(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

// wantError runs one write, which must fail with the sentinel.
func wantError(t *testing.T, what string, s model.Store, want error, fn func(model.Writer) error) {
	t.Helper()
	if err := s.Write(ctx, fn); !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// wantFailure runs one write that only a fault of the program asks for.
func wantFailure(t *testing.T, what string, s model.Store, fn func(model.Writer) error) {
	t.Helper()
	if err := s.Write(ctx, fn); err == nil || errors.Is(err, model.ErrConflict) || errors.Is(err, model.ErrNotFound) {
		t.Errorf("%s: %v, want a failure", what, err)
	}
}

func same(t *testing.T, what string, want, got any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if diff := gocmp.Diff(want, got, gocmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func missing(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, model.ErrNotFound) {
		t.Errorf("%s that is not there: %v, want not found", what, err)
	}
}

func conformTeam(t *testing.T, s model.Store) {
	team := model.Team{Database: []byte("0123456789abcdef"), Name: "Ünïcode & Söhne", CreatedAt: noon, KeyNumber: 3, Check: []byte{0, 1, 255}, Seal: []byte{9}}
	read(t, s, func(r model.Reader) error {
		_, err := r.Team()
		missing(t, "a team", err)
		return nil
	})
	write(t, s, func(w model.Writer) error { return w.InsertTeam(team) })
	read(t, s, func(r model.Reader) error {
		got, err := r.Team()
		same(t, "team", team, got, err)
		return nil
	})
	wantError(t, "a second team", s, model.ErrConflict, func(w model.Writer) error { return w.InsertTeam(team) })
}

func person(id model.MemberID, login string) model.Member {
	return model.Member{ID: id, Name: "Name " + login, Email: login + "@example.com", Login: login, Role: model.ITManager, Status: model.MemberActive,
		CreatedAt: noon, Seal: []byte{1, byte(id)}}
}

func conformMembers(t *testing.T, s model.Store) {
	b, a := person(1, "bob"), person(2, "ann")
	nameless := person(3, "zoe")
	nameless.Login = ""
	nameless.Status, nameless.Role = model.MemberRemoved, model.Auditor
	write(t, s, func(w model.Writer) error {
		for _, m := range []model.Member{b, a, nameless} {
			id, err := w.NextMember()
			if err != nil || id != m.ID {
				t.Errorf("next member is %d, %v; want %d", id, err, m.ID)
			}
			if err := w.InsertMember(m); err != nil {
				return err
			}
		}
		got, err := w.Member(2) // a writer reads what it wrote
		same(t, "within the transaction", a, got, err)
		return nil
	})
	other := person(4, "yan")
	other.Login = "" // any number have none
	write(t, s, func(w model.Writer) error { return w.InsertMember(other) })
	read(t, s, func(r model.Reader) error {
		got, err := r.Member(1)
		same(t, "by number", b, got, err)
		got, err = r.MemberByEmail("ann@example.com")
		same(t, "by email", a, got, err)
		got, err = r.MemberByLogin("bob")
		same(t, "by login", b, got, err)
		all, err := r.Members()
		same(t, "all, by email", []model.Member{a, b, other, nameless}, all, err)
		_, err = r.Member(99)
		missing(t, "a member", err)
		_, err = r.MemberByEmail("Ann@example.com")
		missing(t, "an email in other letters", err)
		_, err = r.MemberByLogin("BOB")
		missing(t, "a login in other letters", err)
		_, err = r.MemberByLogin("")
		missing(t, "the empty login", err)
		return nil
	})
	changed := b
	changed.Name, changed.Login, changed.Role, changed.Status, changed.Seal = "Bo", "", model.Auditor, model.MemberRemoved, []byte{8}
	wantError(t, "the login of another, taken over", s, model.ErrConflict, func(w model.Writer) error {
		b := b
		b.Login = a.Login
		return w.UpdateMember(b)
	})
	write(t, s, func(w model.Writer) error { return w.UpdateMember(changed) })
	read(t, s, func(r model.Reader) error {
		got, err := r.Member(1)
		same(t, "after a change", changed, got, err)
		got, err = r.Member(2)
		same(t, "beside the change", a, got, err)
		return nil
	})
	write(t, s, func(w model.Writer) error { return w.UpdateMember(b) })
	for what, m := range map[string]model.Member{
		"number": person(1, "new"), "email": {ID: 5, Email: b.Email, Login: "new", Seal: []byte{}}, "login": {ID: 5, Email: "new@example.com", Login: b.Login, Seal: []byte{}},
	} {
		wantError(t, "the "+what+" of another member", s, model.ErrConflict, func(w model.Writer) error { return w.InsertMember(m) })
	}
}

func conformGrants(t *testing.T, s model.Store) {
	write(t, s, func(w model.Writer) error {
		return errors.Join(w.InsertMember(person(1, "a")), w.InsertMember(person(2, "b")))
	})
	g := model.Grant{ID: 1, Member: 2, Permission: model.KeysEdit, ApplicationID: 7, Until: noon.Add(time.Hour), By: 1, CreatedAt: noon, Seal: []byte{1}}
	h := model.Grant{ID: 2, Member: 2, Permission: model.KeysView, By: 1, CreatedAt: noon, Seal: []byte{2}}
	write(t, s, func(w model.Writer) error {
		for _, g := range []model.Grant{g, h} {
			if id, err := w.NextGrant(); err != nil || id != g.ID {
				t.Errorf("next grant is %d, %v", id, err)
			}
			if err := w.InsertGrant(g); err != nil {
				return err
			}
		}
		return nil
	})
	read(t, s, func(r model.Reader) error {
		got, err := r.Grants(2)
		same(t, "grants", []model.Grant{g, h}, got, err)
		got, err = r.Grants(1)
		same(t, "grants of who has none", []model.Grant(nil), got, err)
		one, err := r.Grant(2)
		same(t, "a grant by its number", h, one, err)
		_, err = r.Grant(99)
		missing(t, "a grant", err)
		return nil
	})
	g.EndedAt, g.Seal = noon.Add(time.Minute), []byte{3}
	write(t, s, func(w model.Writer) error { return w.EndGrant(g) })
	read(t, s, func(r model.Reader) error {
		got, err := r.Grants(2)
		same(t, "grants of which one was taken", []model.Grant{g, h}, got, err)
		return nil
	})
	wantError(t, "the number of another grant", s, model.ErrConflict, func(w model.Writer) error { return w.InsertGrant(g) })
	g.ID, g.Member = 3, 99
	wantFailure(t, "a grant of nobody", s, func(w model.Writer) error { return w.InsertGrant(g) })
}

func application(id model.ApplicationID, name string) model.Application {
	return model.Application{ID: id, Name: name, Purpose: "for " + name, Contact: "c@example.com", CreatedAt: noon, Seal: []byte{byte(id)}}
}

func conformApplications(t *testing.T, s model.Store) {
	a, b, c := application(1, "Shop"), application(2, "billing-api"), application(3, "Billing API")
	write(t, s, func(w model.Writer) error {
		for _, a := range []model.Application{a, b, c} {
			if id, err := w.NextApplication(); err != nil || id != a.ID {
				t.Errorf("next application is %d, %v", id, err)
			}
			if err := w.InsertApplication(a); err != nil {
				return err
			}
		}
		k1, k2, k3, k4 := keyOf(1, a, 1), keyOf(2, a, 1), keyOf(3, a, 1), keyOf(4, a, 1)
		k2.State, k3.State, k4.ExpiresAt = model.Suspended, model.Revoked, noon
		return errors.Join(w.InsertMember(person(1, "ada")), w.InsertKey(k1), w.InsertKey(k2), w.InsertKey(k3), w.InsertKey(k4))
	})
	read(t, s, func(r model.Reader) error {
		got, err := r.ApplicationByName("Billing API")
		same(t, "by name", c, got, err)
		got, err = r.Application(2)
		same(t, "by number", b, got, err)
		_, err = r.Application(99)
		missing(t, "an application", err)
		_, err = r.ApplicationByName("shop")
		missing(t, "a name in other letters", err)
		alike, err := r.ApplicationsByFold("billingapi")
		same(t, "alike", []model.Application{c, b}, alike, err)
		alike, err = r.ApplicationsByFold("x")
		same(t, "nothing alike", []model.Application(nil), alike, err)
		counted := a
		counted.Keys, counted.Active = 3, 1
		everything := model.Visible{All: true}
		for _, v := range []struct {
			visible, counted model.Visible
			want             []model.Application
		}{
			{everything, everything, []model.Application{c, b, counted}},
			{everything, model.Visible{Owner: 1}, []model.Application{c, b, counted}},
			{everything, model.Visible{Owner: 2, Applications: []model.ApplicationID{a.ID}}, []model.Application{c, b, counted}},
			{everything, model.Visible{Owner: 2, Applications: []model.ApplicationID{b.ID}}, []model.Application{c, b, a}},
			{model.Visible{}, everything, nil},
			{model.Visible{Owner: 1}, everything, []model.Application{counted}},
			{model.Visible{Owner: 2}, everything, nil},
			{model.Visible{Owner: 2, Applications: []model.ApplicationID{2, 99}}, everything, []model.Application{b}},
			{model.Visible{Owner: 1, Applications: []model.ApplicationID{c.ID, a.ID}}, everything, []model.Application{c, counted}},
		} {
			got, err := r.Applications(v.visible, v.counted, model.Millis(noon))
			same(t, fmt.Sprintf("with their keys, for %+v and %+v", v.visible, v.counted), v.want, got, err)
		}
		return nil
	})
	changed := b
	changed.Name, changed.Purpose, changed.Contact, changed.Seal = "invoices", "other", "d@example.com", []byte{7}
	changed.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	former := model.FormerName{Name: "billing-api", Application: 2, Seal: []byte{6}}
	write(t, s, func(w model.Writer) error {
		return errors.Join(w.UpdateApplication(changed), w.InsertFormerName(former))
	})
	wantError(t, "the name of another, taken over", s, model.ErrConflict, func(w model.Writer) error {
		changed := changed
		changed.Name = "Shop"
		return w.UpdateApplication(changed)
	})
	wantError(t, "a former name twice", s, model.ErrConflict, func(w model.Writer) error { return w.InsertFormerName(former) })
	read(t, s, func(r model.Reader) error {
		got, err := r.Application(2)
		same(t, "after a change", changed, got, err)
		alike, err := r.ApplicationsByFold("invoices")
		same(t, "alike after a change", []model.Application{changed}, alike, err)
		f, err := r.FormerName("billing-api")
		same(t, "a former name", former, f, err)
		_, err = r.FormerName("Billing API")
		missing(t, "a former name in other letters", err)
		for of, want := range map[model.ApplicationID][]model.FormerName{0: {former}, 2: {former}, 3: nil} {
			fs, err := r.FormerNames(of)
			same(t, "former names", want, fs, err)
		}
		fs, err := r.FormerNamesByFold("billingapi")
		same(t, "former names alike", []model.FormerName{former}, fs, err)
		ks, err := r.KeysOfApplication(1)
		if err != nil || len(ks) != 4 {
			t.Errorf("the keys of an application are %+v, %v", ks, err)
		}
		return nil
	})
	for what, x := range map[string]model.Application{"number": application(1, "new"), "name": application(4, "Shop")} {
		wantError(t, "the "+what+" of another application", s, model.ErrConflict, func(w model.Writer) error { return w.InsertApplication(x) })
	}
}

// keyOf makes a key with every field set, the n-th of an application.
func keyOf(n int, a model.Application, owner model.MemberID) model.Key {
	return model.Key{ID: model.KeyID(fmt.Sprintf("empk_%020d", n)), ApplicationID: a.ID, Application: a.Name, OwnerID: owner, Owner: "ada@example.com",
		Purpose: "Purpose", Scopes: []string{"read", "write"}, Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")},
		Rate: model.Rate{Count: 100, Per: time.Minute}, CreatedAt: noon, SecretAt: noon.Add(time.Second), ExpiresAt: noon.Add(time.Hour),
		State: model.Active, Generation: 3, Confirmed: 2, Due: model.DueMarks(n % 8), Revision: 5, Hash: []byte{1, 2, 3}, SealKey: 1, Weak: n%2 == 1, Seal: []byte{4, 5, 6}}
}

// peopled puts a member and two applications into a store.
func peopled(t testing.TB, s model.Store) (billing, shop model.Application) {
	t.Helper()
	billing, shop = application(1, "billing"), application(2, "shop")
	write(t, s, func(w model.Writer) error {
		return errors.Join(w.InsertMember(person(1, "ada")), w.InsertMember(person(2, "bob")), w.InsertApplication(billing), w.InsertApplication(shop))
	})
	return billing, shop
}

func conformKeys(t *testing.T, s model.Store) {
	billing, _ := peopled(t, s)
	k := keyOf(1, billing, 1)
	bare := model.Key{ID: "empk_00000000000000000002", ApplicationID: 1, Application: "billing", OwnerID: 1, Owner: "ada@example.com", Scopes: []string{},
		CreatedAt: noon, SecretAt: noon, State: model.Revoked, Generation: 1, Revision: 1, Hash: []byte{1}, Seal: []byte{2}}
	write(t, s, func(w model.Writer) error { return errors.Join(w.InsertKey(k), w.InsertKey(bare)) })
	read(t, s, func(r model.Reader) error {
		got, err := r.Key(k.ID)
		same(t, "key", k, got, err)
		got, err = r.Key(bare.ID)
		same(t, "key with nothing but what it must have", bare, got, err)
		_, err = r.Key("empk_99999999999999999999")
		missing(t, "a key", err)
		var ids []model.KeyID
		err = r.EachKey(func(k model.Key) error { ids = append(ids, k.ID); return nil })
		same(t, "each key", []model.KeyID{k.ID, bare.ID}, ids, err)
		stop := errors.New("stop")
		calls := 0
		if err := r.EachKey(func(model.Key) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
			t.Errorf("an error stops EachKey after %d calls with %v", calls, err)
		}
		return nil
	})
	got, err := s.Credential(ctx, k.ID)
	same(t, "credential", model.Credential{ID: k.ID, Generation: 3, Hash: k.Hash, State: model.Active, Application: "billing", ApplicationID: 1, Owner: "ada@example.com", OwnerID: 1,
		Scopes: "read write", Networks: "10.0.0.0/8 2001:db8::/32", Rate: "100/min", ExpiresAt: k.ExpiresAt.UnixMilli(), SealKey: 1, Weak: true, Seal: k.Seal}, got, err)
	got, err = s.Credential(ctx, bare.ID)
	same(t, "bare credential", model.Credential{ID: bare.ID, Generation: 1, Hash: []byte{1}, State: model.Revoked, Application: "billing", ApplicationID: 1, Owner: "ada@example.com", OwnerID: 1, Seal: []byte{2}}, got, err)
	_, err = s.Credential(ctx, "empk_99999999999999999999")
	missing(t, "a credential", err)
	_, err = s.Credential(ctx, "' OR 1=1 --")
	missing(t, "a credential of a hostile name", err)

	wantError(t, "the api_key of another key", s, model.ErrConflict, func(w model.Writer) error { return w.InsertKey(k) })
	orphan := keyOf(3, billing, 99)
	wantFailure(t, "a key of nobody", s, func(w model.Writer) error { return w.InsertKey(orphan) })
	orphan = keyOf(3, application(99, "x"), 1)
	wantFailure(t, "a key of no application", s, func(w model.Writer) error { return w.InsertKey(orphan) })
}

func conformUpdate(t *testing.T, s model.Store) {
	billing, shop := peopled(t, s)
	k, other := keyOf(1, billing, 1), keyOf(2, billing, 1)
	write(t, s, func(w model.Writer) error { return errors.Join(w.InsertKey(k), w.InsertKey(other)) })
	next := model.Key{ID: k.ID, ApplicationID: shop.ID, Application: "shop", OwnerID: 2, Owner: "bob@example.com", Purpose: "Else", Scopes: []string{"x"},
		CreatedAt: noon.Add(1e9), SecretAt: noon.Add(2e9), State: model.Suspended, Generation: 4, Confirmed: 3, Revision: 6, Hash: []byte{7}, SealKey: 2, Seal: []byte{8}}
	for what, from := range map[string]struct {
		revision   model.Revision
		generation model.Generation
	}{"older revision": {4, 3}, "newer revision": {6, 3}, "older generation": {5, 2}, "newer generation": {5, 4}, "zeros": {0, 0}} {
		wantError(t, what, s, model.ErrConflict, func(w model.Writer) error { return w.UpdateKey(next, from.revision, from.generation) })
	}
	absent := next
	absent.ID = "empk_99999999999999999999"
	wantError(t, "a key that is not there", s, model.ErrConflict, func(w model.Writer) error { return w.UpdateKey(absent, 5, 3) })
	get := func(id model.KeyID) (k model.Key) {
		read(t, s, func(r model.Reader) (err error) { k, err = r.Key(id); return err })
		return k
	}
	same(t, "after updates that were refused", k, get(k.ID), nil)
	write(t, s, func(w model.Writer) error { return w.UpdateKey(next, 5, 3) })
	same(t, "after the update", next, get(k.ID), nil)
	same(t, "the other key", other, get(other.ID), nil)
	if c, err := s.Credential(ctx, k.ID); err != nil || c.Generation != 4 || c.ExpiresAt != 0 {
		t.Errorf("the credential is %+v, %v", c, err)
	}
	read(t, s, func(r model.Reader) error { // the lists follow
		page, err := r.Keys(model.KeyQuery{Text: "shop", Visible: model.Visible{All: true}})
		if err != nil || len(page.Keys) != 1 || page.Keys[0].ID != k.ID {
			t.Errorf("the filter finds %+v, %v", page, err)
		}
		return nil
	})
}

func event(seq int64) model.Event {
	return model.Event{Seq: seq, At: noon.Add(time.Duration(seq) * time.Minute), Actor: 1, ActorEmail: "ada@example.com", Via: model.ViaSSH, From: "192.0.2.7",
		Action: model.KeyEdited, Outcome: model.Done, Key: "empk_00000000000000000001", Application: "billing", Member: "m@example.com", Generation: 2, State: model.Active,
		Changes: []model.Change{{Field: "purpose", Before: `"<&>\u2028`, After: "日本\u2028語"}, {Field: "rate"}}, Note: "nöte", MAC: []byte{byte(seq), 0, 255}}
}

func conformPolicy(t *testing.T, s model.Store) {
	read(t, s, func(r model.Reader) error {
		_, err := r.Policy()
		missing(t, "a policy", err)
		return nil
	})
	for _, p := range []model.Policy{
		{Support: "Ünïcode desk", Seal: []byte{0, 1, 255}}, {Support: "", Seal: []byte{2}},
		{Support: "desk", DefaultLifetime: 1, LongestLifetime: 2, UnusedAfter: 3, SecretDueAfter: 4, NeverAllowed: true, IdleSignOut: 5, Seal: []byte{3}},
	} {
		write(t, s, func(w model.Writer) error { return w.SetPolicy(p) })
		read(t, s, func(r model.Reader) error {
			got, err := r.Policy()
			same(t, "policy", p, got, err)
			return nil
		})
	}
}

func conformEvents(t *testing.T, s model.Store) {
	read(t, s, func(r model.Reader) error {
		h, err := r.Head()
		if err != nil || h.Seq != 0 || len(h.MAC) != 0 || !h.Mark.IsZero() || len(h.Seal) != 0 {
			t.Errorf("the first head is %+v, %v", h, err)
		}
		return nil
	})
	var es []model.Event
	for i := range int64(6) {
		e := event(i + 1)
		switch i {
		case 1:
			e.Key, e.Application, e.Changes = "empk_00000000000000000002", "shop", nil
		case 2:
			e.Actor, e.Action = 2, model.KeyRevoked
		}
		es = append(es, e)
		write(t, s, func(w model.Writer) error {
			return w.AppendEvent(e, model.Head{Seq: e.Seq, MAC: e.MAC, Mark: e.At, Seal: []byte("seal")})
		})
	}
	wantError(t, "a number twice", s, model.ErrConflict, func(w model.Writer) error { return w.AppendEvent(es[5], model.Head{Seq: 9}) })
	numbers := func(es []model.Event) (ns []int64) {
		for _, e := range es {
			ns = append(ns, e.Seq)
		}
		return ns
	}
	read(t, s, func(r model.Reader) error {
		h, err := r.Head()
		same(t, "head", model.Head{Seq: 6, MAC: es[5].MAC, Mark: es[5].At, Seal: []byte("seal")}, h, err)
		var each []model.Event
		err = r.EachEvent(func(e model.Event) error { each = append(each, e); return nil })
		same(t, "each event", es, each, err)
		for _, c := range []struct {
			name string
			q    model.EventQuery
			want []int64
		}{
			{"all", model.EventQuery{}, []int64{6, 5, 4, 3, 2, 1}},
			{"limited", model.EventQuery{Limit: 2}, []int64{6, 5}},
			{"before", model.EventQuery{Before: 3}, []int64{2, 1}},
			{"before and limited", model.EventQuery{Before: 5, Limit: 2}, []int64{4, 3}},
			{"key", model.EventQuery{Key: "empk_00000000000000000002"}, []int64{2}},
			{"application", model.EventQuery{Application: "shop"}, []int64{2}},
			{"action", model.EventQuery{Action: model.KeyRevoked}, []int64{3}},
			{"together", model.EventQuery{Application: "billing", Action: model.KeyEdited, Before: 6}, []int64{5, 4, 1}},
			{"since", model.EventQuery{Since: es[3].At}, []int64{6, 5, 4}},
			{"until", model.EventQuery{Until: es[3].At}, []int64{3, 2, 1}},
			{"between", model.EventQuery{Since: es[1].At, Until: es[3].At}, []int64{3, 2}},
			{"by a member", model.EventQuery{Member: es[0].ActorEmail}, []int64{6, 5, 4, 3, 2, 1}},
			{"about a member", model.EventQuery{Member: es[0].Member}, []int64{6, 5, 4, 3, 2, 1}},
			{"done by a member", model.EventQuery{By: es[0].ActorEmail}, []int64{6, 5, 4, 3, 2, 1}},
			{"done by whom it was about", model.EventQuery{By: es[0].Member}, nil},
			{"of another member", model.EventQuery{Member: "nobody@example.com"}, nil},
			{"with a word", model.EventQuery{Text: "SHOP"}, []int64{2}},
			{"with two words", model.EventQuery{Text: " billing  revoked "}, []int64{3}},
			{"with words of which one is nowhere", model.EventQuery{Text: "shop revoked"}, nil},
			{"with what a pattern would be", model.EventQuery{Text: "sh%p"}, nil},
			{"nothing", model.EventQuery{Key: "empk_x"}, nil},
			{"more than there may be", model.EventQuery{Limit: 1_000_000}, []int64{6, 5, 4, 3, 2, 1}},
		} {
			got, err := r.Events(c.q)
			same(t, c.name, c.want, numbers(got), err)
		}
		return nil
	})
	for what, seal := range map[string][]byte{"another seal": []byte("another"), "no seal": nil} {
		write(t, s, func(w model.Writer) error {
			return w.SetHead(model.Head{Seq: 6, MAC: es[5].MAC, Mark: noon, Seal: seal})
		})
		read(t, s, func(r model.Reader) error {
			h, err := r.Head()
			same(t, "the mark set back, "+what, model.Head{Seq: 6, MAC: es[5].MAC, Mark: noon, Seal: seal}, h, err)
			return nil
		})
	}
}

func conformRollback(t *testing.T, s model.Store) {
	mine := errors.New("my own reason")
	insert := func(w model.Writer) error { return w.InsertMember(person(1, "ada")) }
	err := s.Write(ctx, func(w model.Writer) error {
		if err := insert(w); err != nil {
			return err
		}
		return mine
	})
	if !errors.Is(err, mine) {
		t.Errorf("the error is %v", err)
	}
	func() {
		defer func() {
			if p := recover(); p != "mine" {
				t.Errorf("the panic is %v", p)
			}
		}()
		_ = s.Write(ctx, func(w model.Writer) error {
			if err := insert(w); err != nil {
				t.Error(err)
			}
			panic("mine")
		})
	}()
	func() {
		defer func() { _ = recover() }()
		_ = s.Read(ctx, func(model.Reader) error { panic("mine") })
	}()
	domain := model.Errorf(model.CodeDenied, "No.")
	if err := s.Write(ctx, func(w model.Writer) error { return errors.Join(insert(w), domain) }); !errors.Is(err, model.ErrDenied) || model.Sentence(err) != "No." {
		t.Errorf("a domain error becomes %v", err)
	}
	write(t, s, func(w model.Writer) error { // a statement that failed does not end the transaction
		if err := w.InsertMember(person(2, "bob")); err != nil {
			return err
		}
		if err := w.InsertMember(person(3, "bob")); err == nil {
			t.Error("the login of another is accepted")
		}
		return nil
	})
	read(t, s, func(r model.Reader) error {
		ms, err := r.Members()
		same(t, "what remains", []model.Member{person(2, "bob")}, ms, err)
		return nil
	})
}

func conformIsolation(t *testing.T, s model.Store) {
	insert := func(id model.MemberID, login string) {
		write(t, s, func(w model.Writer) error { return w.InsertMember(person(id, login)) })
	}
	count := func(r model.Reader) int {
		ms, err := r.Members()
		if err != nil {
			t.Error(err)
		}
		return len(ms)
	}
	insert(1, "a")
	read(t, s, func(r model.Reader) error {
		before := count(r)
		insert(2, "b") // a reader keeps nobody from writing
		if after := count(r); before != 1 || after != 1 {
			t.Errorf("one reading transaction sees %d and then %d members", before, after)
		}
		read(t, s, func(r model.Reader) error {
			if n := count(r); n != 2 {
				t.Errorf("a later reader sees %d members", n)
			}
			return nil
		})
		return nil
	})
	write(t, s, func(w model.Writer) error {
		if err := w.InsertMember(person(3, "c")); err != nil {
			return err
		}
		read(t, s, func(r model.Reader) error {
			if n := count(r); n != 2 {
				t.Errorf("a reader sees %d members, one of them not committed", n)
			}
			return nil
		})
		return nil
	})
}

func conformReadOnly(t *testing.T, s model.Store) {
	read(t, s, func(r model.Reader) error {
		if w, ok := r.(model.Writer); ok {
			if err := w.InsertMember(person(1, "ada")); err == nil {
				t.Error("a reading transaction writes")
			}
		}
		return nil
	})
	read(t, s, func(r model.Reader) error {
		_, err := r.Member(1)
		missing(t, "what a reader wrote", err)
		return nil
	})
}

func conformContext(t *testing.T, s model.Store) {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Write(ended, func(w model.Writer) error { return w.InsertMember(person(1, "a")) }); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("writing with a context that ended: %v", err)
	}
	if err := s.Read(ended, func(r model.Reader) error { _, err := r.Members(); return err }); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("reading with a context that ended: %v", err)
	}
	if _, err := s.Credential(ended, "empk_x"); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("a credential with a context that ended: %v", err)
	}
	for name, late := range map[string]func(model.Writer) error{
		"before commit":       func(model.Writer) error { return nil },
		"before another read": func(w model.Writer) error { _, err := w.Members(); return err },
		"in a row":            func(w model.Writer) error { return w.EachKey(func(model.Key) error { return nil }) },
	} {
		c, cancel := context.WithCancel(ctx)
		err := s.Write(c, func(w model.Writer) error {
			if err := w.InsertMember(person(1, "a")); err != nil {
				return err
			}
			cancel()
			time.Sleep(5 * time.Millisecond)
			return late(w)
		})
		if !errors.Is(err, model.ErrUnavailable) {
			t.Errorf("a context that ends %s: %v", name, err)
		}
	}
	c, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	write(t, s, func(w model.Writer) error { // who waits for the other writer gives up in time
		if err := w.InsertMember(person(2, "b")); err != nil {
			return err
		}
		start := time.Now()
		if err := s.Write(c, func(model.Writer) error { return nil }); !errors.Is(err, model.ErrUnavailable) || time.Since(start) > 2*time.Second {
			t.Errorf("waiting for the other writer: %v after %s", err, time.Since(start))
		}
		return nil
	})
	read(t, s, func(r model.Reader) error {
		ms, err := r.Members()
		same(t, "what remains", []model.Member{person(2, "b")}, ms, err)
		return nil
	})
}

// conformSerialised lets many writers add one to what they read, over two
// openings of the same data: not one addition may be lost.
func conformSerialised(t *testing.T, stores ...model.Store) {
	const writers, rounds = 8, 15
	var done sync.WaitGroup
	for i := range writers {
		done.Go(func() {
			for range rounds {
				err := stores[i%len(stores)].Write(ctx, func(w model.Writer) error {
					h, err := w.Head()
					if err != nil {
						return err
					}
					h.Seq++
					h.MAC = []byte{1}
					return w.SetHead(h)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	for _, s := range stores {
		read(t, s, func(r model.Reader) error {
			if h, err := r.Head(); err != nil || h.Seq != writers*rounds {
				t.Errorf("%d additions left %d, %v", writers*rounds, h.Seq, err)
			}
			return nil
		})
	}
}

// crowd fills a store with keys whose columns collide often, and returns them.
func crowd(t testing.TB, s model.Store, n int) []model.Key {
	t.Helper()
	names := []string{"Alpha", "alpha-2", "Beta_x", "beta y", "Ärger", "zulu", "日本語"}
	var keys []model.Key
	write(t, s, func(w model.Writer) error {
		for i := range 3 {
			if err := w.InsertMember(person(model.MemberID(i+1), string(rune('a'+i)))); err != nil {
				return err
			}
		}
		for i, name := range names {
			if err := w.InsertApplication(application(model.ApplicationID(i+1), name)); err != nil {
				return err
			}
		}
		for i := range n {
			k := keyOf((i*7919)%100_003, application(model.ApplicationID(i%len(names)+1), names[i%len(names)]), model.MemberID(i%3+1))
			k.Owner = string(rune('a'+i%3)) + "@example.com"
			k.CreatedAt = noon.Add(time.Duration(i%5) * time.Hour)
			k.State = []model.State{model.Active, model.Active, model.Suspended, model.Revoked}[i%4]
			k.ExpiresAt = noon.Add(time.Duration(i%7-3) * 24 * time.Hour)
			if i%5 == 0 {
				k.Confirmed = k.Generation
			}
			if i%11 == 0 {
				k.ExpiresAt = time.Time{}
			}
			keys = append(keys, k)
			if err := w.InsertKey(k); err != nil {
				return err
			}
		}
		return nil
	})
	return keys
}

// byColumn compares two keys as a list is to order them.
func byColumn(sort model.KeySort) func(a, b model.Key) int {
	expiry := func(k model.Key) int64 {
		if k.ExpiresAt.IsZero() {
			return 1 << 62
		}
		return k.ExpiresAt.UnixMilli()
	}
	return func(a, b model.Key) int {
		var c int
		switch sort {
		case model.ByOwner:
			c = cmp.Compare(a.Owner, b.Owner)
		case model.ByCreated:
			c = a.CreatedAt.Compare(b.CreatedAt)
		case model.ByExpiry:
			c = cmp.Compare(expiry(a), expiry(b))
		default:
			c = cmp.Compare(model.Fold(a.Application), model.Fold(b.Application))
		}
		return cmp.Or(c, cmp.Compare(a.ID, b.ID))
	}
}

func ids(ks []model.Key) []model.KeyID {
	var out []model.KeyID
	for _, k := range ks {
		out = append(out, k.ID)
	}
	return out
}

func conformWindows(t *testing.T, s model.Store) {
	keys := crowd(t, s, 200)
	read(t, s, func(r model.Reader) error {
		for _, sort := range append(model.KeySorts(), "") {
			for _, descending := range []bool{false, true} {
				for _, state := range []model.State{"", model.Suspended} {
					want := slices.DeleteFunc(slices.Clone(keys), func(k model.Key) bool { return state != "" && k.State != state })
					slices.SortFunc(want, byColumn(sort))
					if descending {
						slices.Reverse(want)
					}
					for _, limit := range []int{1, 7, 50, 500} {
						if limit == 1 && state == "" {
							continue // 200 windows of one row tell no more than 50
						}
						q := model.KeyQuery{Sort: sort, Descending: descending, State: state, Limit: limit, Visible: model.Visible{All: true}, Now: noon}
						name := fmt.Sprintf("%q, descending %v, %q, %d rows", sort, descending, state, limit)
						same(t, name, ids(want), ids(walk(t, r, q, len(want))), nil)
						q.Backward = true
						same(t, name+", backwards", ids(want), ids(walk(t, r, q, len(want))), nil)
					}
				}
			}
		}
		return nil
	})
	read(t, s, func(r model.Reader) error {
		page, err := r.Keys(model.KeyQuery{Visible: model.Visible{All: true}})
		if err != nil || len(page.Keys) != 200 || page.More || page.Count != 200 || page.Over {
			t.Errorf("without a limit: %d keys, more %v, count %d, %v", len(page.Keys), page.More, page.Count, err)
		}
		gone := keyOf(50_000, application(4, "beta y"), 1) // a row that the list has lost still marks its place
		after, err := r.Keys(model.KeyQuery{From: &gone, Limit: 5, Visible: model.Visible{All: true}})
		for _, k := range after.Keys {
			if byColumn("")(k, gone) <= 0 {
				t.Errorf("%s does not come after the place of a row that is gone", k.ID)
			}
		}
		if err != nil || len(after.Keys) != 5 {
			t.Errorf("after a row that is gone: %d keys, %v", len(after.Keys), err)
		}
		return nil
	})
}

// walk reads a list window by window, from its beginning or from its end.
func walk(t *testing.T, r model.Reader, q model.KeyQuery, count int) []model.Key {
	t.Helper()
	var all []model.Key
	for {
		page, err := r.Keys(q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Count != count || len(page.Keys) > q.Limit || page.More && len(page.Keys) != q.Limit {
			t.Fatalf("a window of %d holds %d of %d, more %v; want %d in all", q.Limit, len(page.Keys), page.Count, page.More, count)
		}
		if q.Backward {
			all = append(slices.Clone(page.Keys), all...)
		} else {
			all = append(all, page.Keys...)
		}
		if !page.More || len(all) > count {
			return all
		}
		q.From = &page.Keys[len(page.Keys)-1]
		if q.Backward {
			q.From = &page.Keys[0]
		}
	}
}

func conformFilters(t *testing.T, s model.Store) {
	names := []string{"billing", "BILLING 2", "per%cent", "under_score", "underXscore", "star*x", "quest?ion", "brack[e]t", "quote'x", `back\slash`, "a-team", "ateam", "Ärger", "日本語", "x\"y", "ß"}
	var keys []model.Key
	write(t, s, func(w model.Writer) error {
		if err := errors.Join(w.InsertMember(person(1, "ada")), w.InsertMember(person(2, "bob"))); err != nil {
			return err
		}
		for i, name := range names {
			k := keyOf(i, application(model.ApplicationID(i+1), name), model.MemberID(i%2+1))
			k.Owner = []string{"ada@example.com", "bob@example.com"}[i%2]
			k.ID = model.KeyID(fmt.Sprintf("empk_%02dxyz%015d", i*7, i))
			k.Purpose = []string{"", "Sends Invoices", "50%_off ÜBER"}[i%3]
			keys = append(keys, k)
			if err := errors.Join(w.InsertApplication(application(model.ApplicationID(i+1), name)), w.InsertKey(k)); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortFunc(keys, byColumn(""))
	texts := []string{"", " ", "b", "B", "bi", "BI", "bil", "BILL", " bill ", "ling", "%", "_", "*", "?", "[", "'", `\`, `"`, "-", "a-", "a-t", "ate", "at", "r%c", "er_", "r_s", "r*x", "t?i", "k[e", "e'x", `k\s`, `x"y`,
		"ä", "Ä", "är", "ÄRG", "日", "日本", "日本語", "ß", "über", "inv", "in", "ada", "ad", "bob@", "@ex", "00", "07", "em", "empk_07", "xyz", "50%", "nothing", "' or '1'='1", "\x00", "\n", "a\nb"}
	read(t, s, func(r model.Reader) error {
		for _, text := range texts {
			var want []model.Key
			for _, k := range keys {
				if matches(k, strings.ToLower(strings.TrimSpace(text))) {
					want = append(want, k)
				}
			}
			page, err := r.Keys(model.KeyQuery{Text: text, Visible: model.Visible{All: true}, Now: noon})
			same(t, fmt.Sprintf("text %q", text), ids(want), ids(page.Keys), err)
			if page.Count != len(want) {
				t.Errorf("text %q counts %d, want %d", text, page.Count, len(want))
			}
		}
		for name, c := range map[string]struct {
			q    model.KeyQuery
			want func(model.Key) bool
		}{
			"application":                  {model.KeyQuery{Application: "billing"}, func(k model.Key) bool { return k.Application == "billing" }},
			"application in other letters": {model.KeyQuery{Application: "Billing"}, func(model.Key) bool { return false }},
			"application with a wildcard":  {model.KeyQuery{Application: "under_score"}, func(k model.Key) bool { return k.Application == "under_score" }},
			"owner":                        {model.KeyQuery{OwnerID: 2}, func(k model.Key) bool { return k.OwnerID == 2 }},
			"owner and text":               {model.KeyQuery{OwnerID: 1, Text: "score"}, func(k model.Key) bool { return k.OwnerID == 1 && strings.Contains(k.Application, "score") }},
		} {
			var want []model.Key
			for _, k := range keys {
				if c.want(k) {
					want = append(want, k)
				}
			}
			c.q.Visible.All = true
			page, err := r.Keys(c.q)
			same(t, name, ids(want), ids(page.Keys), err)
		}
		return nil
	})
}

// matches says what a filter is to find: three letters and more anywhere,
// fewer at the beginning of a word that names the key.
func matches(k model.Key, text string) bool {
	app, owner, id, purpose := strings.ToLower(k.Application), k.Owner, string(k.ID), strings.ToLower(k.Purpose)
	switch n := len([]rune(text)); {
	case n == 0:
		return true
	case n < 3:
		return strings.HasPrefix(app, text) || strings.HasPrefix(owner, text) || strings.HasPrefix(id[5:], text)
	}
	return strings.Contains(app, text) || strings.Contains(owner, text) || strings.Contains(id, text) || strings.Contains(purpose, text)
}

func conformVisible(t *testing.T, s model.Store) {
	keys := crowd(t, s, 60)
	slices.SortFunc(keys, byColumn(""))
	read(t, s, func(r model.Reader) error {
		for _, v := range []model.Visible{{All: true}, {}, {Owner: 2}, {Owner: 99}, {Owner: 1, Applications: []model.ApplicationID{3}}, {Owner: 99, Applications: []model.ApplicationID{1, 2}}, {Applications: []model.ApplicationID{99}}} {
			var want []model.Key
			for _, k := range keys {
				if v.All || k.OwnerID == v.Owner || slices.Contains(v.Applications, k.ApplicationID) {
					want = append(want, k)
				}
			}
			page, err := r.Keys(model.KeyQuery{Visible: v, Now: noon})
			same(t, fmt.Sprintf("visible %+v", v), ids(want), ids(page.Keys), err)
			if page.Count != len(want) {
				t.Errorf("visible %+v counts %d, want %d", v, page.Count, len(want))
			}
			want = slices.DeleteFunc(want, func(k model.Key) bool { return !strings.Contains(strings.ToLower(k.Application), "alpha") })
			page, err = r.Keys(model.KeyQuery{Visible: v, Text: "ALPHA", Now: noon})
			same(t, fmt.Sprintf("visible %+v with a filter", v), ids(want), ids(page.Keys), err)
		}
		return nil
	})
}

func conformCounts(t *testing.T, s model.Store) {
	keys := crowd(t, s, 150)
	now, soon := noon, noon.Add(2*24*time.Hour)
	read(t, s, func(r model.Reader) error {
		for _, v := range []model.Visible{{All: true}, {Owner: 2}, {}, {Applications: []model.ApplicationID{1, 5}}} {
			var want model.KeyCounts
			apps := map[model.ApplicationID]bool{}
			states := map[model.State]int{}
			for _, k := range keys {
				if !v.All && k.OwnerID != v.Owner && !slices.Contains(v.Applications, k.ApplicationID) {
					continue
				}
				states[k.StateAt(now)]++
				switch k.StateAt(now) {
				case model.Active:
					want.Active++
					if !k.ExpiresAt.IsZero() && !k.ExpiresAt.After(soon) {
						want.Expiring++
					}
				case model.Suspended:
					want.Suspended++
				case model.Expired:
					want.Expired++
				case model.Revoked:
					want.Revoked++
				}
				if k.Unconfirmed() {
					want.Unconfirmed++
				}
				if k.StateAt(now) == model.Active && k.Due&model.NotDelivered != 0 {
					want.Undelivered++
				}
				if k.State != model.Revoked {
					apps[k.ApplicationID] = true
				}
			}
			want.Applications = len(apps)
			got, err := r.KeyCounts(v, model.Millis(now), model.Millis(soon))
			same(t, fmt.Sprintf("counts of %+v", v), want, got, err)
			page, err := r.Keys(model.KeyQuery{Unconfirmed: true, Visible: v, Now: now})
			if err != nil || page.Count != want.Unconfirmed || slices.ContainsFunc(page.Keys, func(k model.Key) bool { return !k.Unconfirmed() }) {
				t.Errorf("%+v lists %d unconfirmed keys, %v; want %d", v, page.Count, err, want.Unconfirmed)
			}
			for _, state := range []model.State{model.Active, model.Suspended, model.Expired, model.Revoked} {
				page, err := r.Keys(model.KeyQuery{State: state, Visible: v, Now: now})
				if err != nil || page.Count != states[state] || len(page.Keys) != states[state] {
					t.Errorf("%+v lists %d %s keys and counts %d, %v; want %d", v, len(page.Keys), state, page.Count, err, states[state])
				}
				for _, k := range page.Keys {
					if k.StateAt(now) != state {
						t.Errorf("a %s key is listed as %s", k.StateAt(now), state)
					}
				}
			}
		}
		return nil
	})
}

func conformUsage(t *testing.T, s model.Store) {
	a, b := model.KeyID("empk_00000000000000000001"), model.KeyID("empk_00000000000000000002")
	usages := func(ids ...model.KeyID) map[model.KeyID]model.Usage {
		t.Helper()
		got, err := s.Usages(ctx, ids)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := usages(a, b); len(got) != 0 {
		t.Errorf("before anything is counted: %+v", got)
	}
	record := func(us ...model.Usage) {
		t.Helper()
		var batch []model.Tally
		for _, u := range us {
			batch = append(batch, model.Tally{Usage: u})
		}
		if err := s.RecordUsage(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	record(model.Usage{Key: a, At: noon, Address: "192.0.2.1", UserAgent: "one", Allowed: 2}, model.Usage{Key: b, Denied: 1})
	record(model.Usage{Key: a, At: noon.Add(time.Hour), Address: "192.0.2.2", UserAgent: "two", Allowed: 1, Denied: 4})
	record(model.Usage{Key: a, At: noon.Add(time.Minute), Address: "192.0.2.3", UserAgent: "late", Allowed: 1}) // arrives late
	record(model.Usage{Key: a, Address: "192.0.2.4", UserAgent: "denied", Denied: 1})
	record()
	same(t, "usage", map[model.KeyID]model.Usage{
		a: {Key: a, At: noon.Add(time.Hour), Address: "192.0.2.2", UserAgent: "two", Allowed: 4, Denied: 5}, b: {Key: b, Denied: 1},
	}, usages(a, b, "empk_x"), nil)
	if got := usages(); len(got) != 0 {
		t.Errorf("asked for none: %+v", got)
	}
	same(t, "one alone", map[model.KeyID]model.Usage{b: {Key: b, Denied: 1}}, usages(b), nil)
	many := make([]model.KeyID, model.MaxWindow)
	for i := range many {
		many[i] = model.KeyID(fmt.Sprint(i))
	}
	usages(many...)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.RecordUsage(ended, []model.Tally{{Usage: model.Usage{Key: a, Allowed: 1}}}); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("counting with a context that ended: %v", err)
	}
	write(t, s, func(model.Writer) error { // counting waits for no change, and no change for it
		c, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return s.RecordUsage(c, []model.Tally{{Usage: model.Usage{Key: b, Denied: 1}}})
	})
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			for range 10 {
				if err := s.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: a, At: noon, Allowed: 1}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	if got := usages(a)[a].Allowed; got != 44 {
		t.Errorf("%d are counted, want 44", got)
	}
}

func conformChanges(t *testing.T, here, there model.Store) {
	c, cancel := context.WithCancel(ctx)
	defer cancel()
	for name, watch := range map[string]<-chan struct{}{"here": here.Changes(c), "there": there.Changes(c)} {
		quiet(t, name, watch)
		write(t, here, func(w model.Writer) error {
			id, err := w.NextMember()
			return errors.Join(err, w.InsertMember(person(id, fmt.Sprint(id))))
		})
		select {
		case <-watch:
		case <-time.After(5 * time.Second):
			t.Errorf("a change is not noticed %s", name)
		}
	}
	watch := there.Changes(c)
	cancel()
	for deadline := time.After(5 * time.Second); ; {
		select {
		case _, open := <-watch:
			if !open {
				return
			}
		case <-deadline:
			t.Fatal("the channel stays open after its context")
		}
	}
}

// quiet lets what was noticed before go by.
func quiet(t *testing.T, name string, watch <-chan struct{}) {
	t.Helper()
	for {
		select {
		case <-watch:
		case <-time.After(700 * time.Millisecond):
			return
		}
	}
}

func conformClosed(t *testing.T, s model.Store) {
	c, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(c, func(model.Writer) error { return nil }); err == nil {
		t.Error("writing to a closed store succeeds")
	}
	if err := s.Read(c, func(model.Reader) error { return nil }); err == nil {
		t.Error("reading from a closed store succeeds")
	}
	if _, err := s.Credential(c, "empk_x"); err == nil || errors.Is(err, model.ErrNotFound) {
		t.Errorf("a credential of a closed store: %v", err)
	}
}
