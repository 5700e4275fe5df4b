package model_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
)

func otherSecret(t *testing.T) model.Secret {
	t.Helper()
	x := newTeam(t)
	_, s := x.create(model.KeySpec{Application: "elsewhere"})
	return s
}

func TestVerifyReasons(t *testing.T) {
	x := newTeam(t)
	spec := model.KeySpec{Application: "billing", Scopes: []string{"read", "write"}, Networks: []string{"192.0.2.0/24", "2001:db8::/32"}, Expires: "30d"}
	k, s := x.create(spec)
	free, f := x.create(model.KeySpec{Application: "shop"})
	wrong := otherSecret(t)
	inside, outside := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("198.51.100.1")
	wiped := otherSecret(t)
	wiped.Wipe()

	for _, c := range []struct {
		name string
		r    model.Request
		want model.Reason
	}{
		{"all in order", model.Request{Key: k.ID, Secret: s, Address: inside}, "ok"},
		{"mapped address", model.Request{Key: k.ID, Secret: s, Address: netip.MustParseAddr("::ffff:192.0.2.7")}, "ok"},
		{"all demanded", model.Request{Key: k.ID, Secret: s, Application: "billing", Scopes: []string{"write", "read"}, Address: inside}, "ok"},
		{"no demands, no limits", model.Request{Key: free.ID, Secret: f}, "ok"},
		{"no key", model.Request{Secret: s, Address: inside}, "unauthenticated"},
		{"no secret", model.Request{Key: k.ID, Address: inside}, "unauthenticated"},
		{"wiped secret", model.Request{Key: k.ID, Secret: wiped, Address: inside}, "unauthenticated"},
		{"nothing", model.Request{}, "unauthenticated"},
		{"unknown key", model.Request{Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: s, Address: inside}, "unauthenticated"},
		{"the key that stands in for unknown ones", model.Request{Key: "empk_00000000000000000000", Secret: s}, "unauthenticated"},
		{"wrong secret", model.Request{Key: k.ID, Secret: wrong, Address: inside}, "unauthenticated"},
		{"secret of another key", model.Request{Key: k.ID, Secret: f, Address: inside}, "unauthenticated"},
		{"wrong secret and all else wrong", model.Request{Key: k.ID, Secret: wrong, Application: "x", Address: outside}, "unauthenticated"},
		{"other application", model.Request{Key: k.ID, Secret: s, Application: "shop", Address: inside}, "wrong_application"},
		{"application in other letters", model.Request{Key: k.ID, Secret: s, Application: "Billing", Address: inside}, "wrong_application"},
		{"missing scope", model.Request{Key: k.ID, Secret: s, Scopes: []string{"read", "admin"}, Address: inside}, "missing_scope"},
		{"part of a scope", model.Request{Key: k.ID, Secret: s, Scopes: []string{"rea"}, Address: inside}, "missing_scope"},
		{"two scopes in one", model.Request{Key: k.ID, Secret: s, Scopes: []string{"read write"}, Address: inside}, "missing_scope"},
		{"empty scope", model.Request{Key: k.ID, Secret: s, Scopes: []string{""}, Address: inside}, "missing_scope"},
		{"scope of a key without", model.Request{Key: free.ID, Secret: f, Scopes: []string{"read"}}, "missing_scope"},
		{"outside the networks", model.Request{Key: k.ID, Secret: s, Address: outside}, "network_not_allowed"},
		{"unknown address", model.Request{Key: k.ID, Secret: s}, "network_not_allowed"},
	} {
		x.wantReason(c.name, c.r, c.want)
	}

	right := model.Request{Key: k.ID, Secret: s, Address: inside}
	if _, err := x.ada.SuspendKey(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	x.wantReason("suspended", right, "suspended")
	x.wantReason("suspended, wrong secret", model.Request{Key: k.ID, Secret: wrong, Address: inside}, "unauthenticated")
	if _, err := x.ada.ResumeKey(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	x.wantReason("resumed", right, "ok")
	x.clock.set(k.ExpiresAt.Add(-time.Millisecond))
	x.wantReason("just before expiry", right, "ok")
	x.clock.set(k.ExpiresAt)
	x.wantReason("expired", right, "expired")
	x.wantReason("expired, wrong secret", model.Request{Key: k.ID, Secret: wrong, Address: inside}, "unauthenticated")
	if _, err := x.ada.RevokeKey(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	x.wantReason("revoked", right, "revoked")
	x.wantReason("revoked, wrong secret", model.Request{Key: k.ID, Secret: wrong, Address: inside}, "unauthenticated")
	x.wantSound()
}

func TestVerifyTellsTheRightHolderOnly(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Scopes: []string{"b", "a"}})
	d := x.verify(model.Request{Key: k.ID, Secret: s})
	if !d.Allowed || d.Key != k.ID || d.Application != "billing" || d.Owner != "ada@example.com" || d.Team != "Acme" || !slices.Equal(d.Scopes, []string{"a", "b"}) {
		t.Errorf("an allowed decision is %+v", d)
	}
	for name, r := range map[string]model.Request{"wrong": {Key: k.ID, Secret: otherSecret(t)}, "unknown": {Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: s}} {
		d := x.verify(r)
		if got := fmt.Sprintf("%+v", d); got != fmt.Sprintf("%+v", model.Decision{Reason: model.ReasonUnauthenticated}) {
			t.Errorf("%s: the decision tells %s", name, got)
		}
	}
}

func TestVerifyRate(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Rate: "2/min"})
	right := model.Request{Key: k.ID, Secret: s}
	for range 20 { // whoever does not know the secret uses none of it up
		x.wantReason("wrong secret", model.Request{Key: k.ID, Secret: otherSecretOf(x)}, "unauthenticated")
	}
	for range 20 { // nor does a request that is denied for another reason
		x.wantReason("wrong application", model.Request{Key: k.ID, Secret: s, Application: "shop"}, "wrong_application")
	}
	ignoring := right
	ignoring.IgnoreRate = true
	for range 20 {
		x.wantReason("ignoring the rate", ignoring, "ok")
	}
	x.wantReason("first", right, "ok")
	x.wantReason("second", right, "ok")
	x.wantReason("ignoring that it is used up", ignoring, "ok")
	d := x.verify(right)
	if d.Allowed || d.Reason != model.ReasonRateLimited || d.RetryAfter != 30*time.Second {
		t.Errorf("the third: %+v", d)
	}
	x.clock.move(d.RetryAfter)
	x.wantReason("after the wait", right, "ok")
	x.wantReason("over it again", right, "rate_limited")
	more := "1000/s"
	if _, err := x.ada.EditKey(ctx, k.ID, k.Revision, model.KeyEdit{Rate: &more}); err != nil {
		t.Fatal(err)
	}
	x.wantReason("with a higher rate", right, "ok")
}

func otherSecretOf(x *team) model.Secret {
	x.Helper()
	s, err := model.ParseSecret("emps_NnyhPYYFidhKKOdRSEhuUhoxutstIFfC4ZyeAh2aDYx00p78y")
	if err != nil {
		x.Fatal(err)
	}
	return s
}

// A row that was changed behind the program's back denies, whoever asks, and
// leaves one event.
func TestVerifyDamagedRow(t *testing.T) {
	for _, column := range []string{"generation = generation + 1", "state = 'Active'", "application = 'shop'", "application_id = 2", "owner = 'eve@example.com'", "owner_id = 2",
		"scopes = 'admin'", "scopes = 'a  b'", "networks = ''", "networks = '0.0.0.0/0'", "rate = ''", "rate = '100/m'", "expires_at = 9223372036854775807", "expires_at = 0", "seal_key = 2",
		"seal = x''", "seal = zeroblob(32)", "seal = (SELECT seal FROM keys WHERE application = 'shop')", "hash = zeroblob(32)", "hash = (SELECT hash FROM keys WHERE application = 'shop')"} {
		t.Run(column, func(t *testing.T) {
			x := newTeam(t)
			x.join("max", model.PlainMember, model.MemberActive)
			k, s := x.create(model.KeySpec{Application: "billing", Scopes: []string{"a", "b"}, Networks: []string{"192.0.2.0/24"}, Rate: "100/min"})
			other, _ := x.create(model.KeySpec{Application: "shop"})
			before := x.head().Seq
			x.tamper("UPDATE keys SET "+column+" WHERE id = ?", string(k.ID))
			want := model.ReasonRecordDamaged
			if strings.HasPrefix(column, "hash") || strings.HasPrefix(column, "generation") {
				want = model.ReasonUnauthenticated // the secret does not fit any more
			}
			for range 3 {
				for _, r := range []model.Request{{Key: k.ID, Secret: s, Address: netip.MustParseAddr("192.0.2.7")}, {Key: k.ID, Secret: s}} {
					x.wantReason("altered", r, want)
				}
				x.wantReason("altered, wrong secret", model.Request{Key: k.ID, Secret: otherSecretOf(x)}, "unauthenticated")
			}
			es := x.events(before)
			if len(es) != 1 || es[0].Action != model.KeyDamaged || es[0].Key != k.ID || es[0].Via != model.ViaVerifier {
				t.Errorf("it leaves %d events: %+v", len(es), es)
			}
			if _, _, err := x.ada.RegenerateSecret(ctx, k.ID, 0); !errors.Is(err, model.ErrDamaged) {
				t.Errorf("regenerating it: %v", err)
			}
			report, err := x.ada.VerifyAudit(ctx, nil)
			if err != nil || report.Found != 1 || !strings.Contains(strings.Join(report.Problems, "\n"), string(k.ID)) {
				t.Errorf("the audit says %q, %v", report.Problems, err)
			}
			if _, err := x.ada.Keys(ctx, model.KeyQuery{}); err != nil {
				t.Errorf("one bad row takes the whole list away: %v", err)
			}
			if _, err := x.ada.SuspendKey(ctx, other.ID); err != nil {
				t.Errorf("one bad row takes another key away: %v", err)
			}
		})
	}
}

// countingStore is the real store that counts what is asked of it.
type countingStore struct {
	model.Store
	calls  atomic.Int64
	broken error // what Credential fails with
}

func (s *countingStore) Credential(ctx context.Context, id model.KeyID) (model.Credential, error) {
	s.calls.Add(1)
	if s.broken != nil {
		return model.Credential{}, s.broken
	}
	return s.Store.Credential(ctx, id)
}

func (s *countingStore) Read(ctx context.Context, fn func(model.Reader) error) error {
	s.calls.Add(100)
	return s.Store.Read(ctx, fn)
}

func (s *countingStore) Write(ctx context.Context, fn func(model.Writer) error) error {
	s.calls.Add(10_000)
	return s.Store.Write(ctx, fn)
}

// Whether a key is unknown, its secret wrong, or all is right, the verifier
// does the same work: one read and two keyed hashes.
func TestVerifyDoesTheSameWork(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	revoked, r := x.create(model.KeySpec{Application: "billing"})
	if _, err := x.ada.RevokeKey(ctx, revoked.ID); err != nil {
		t.Fatal(err)
	}
	x.replaces() // so that their secrets are of a former sealing key
	newer, n := x.create(model.KeySpec{Application: "billing"})
	counted := &countingStore{Store: x.sqlite()} // whose reads leave the goroutine where its hashes are counted
	service := model.NewService(counted, x.seal, x.clock.now)
	if _, err := service.Open(ctx); err != nil {
		t.Fatal(err)
	}
	sums := service.CountSums()
	for name, q := range map[string]model.Request{
		"right": {Key: k.ID, Secret: s}, "wrong": {Key: k.ID, Secret: otherSecretOf(x)}, "unknown": {Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: s},
		"newer": {Key: newer.ID, Secret: n}, "newer, wrong": {Key: newer.ID, Secret: s},
		"revoked": {Key: revoked.ID, Secret: r}, "revoked, wrong": {Key: revoked.ID, Secret: s},
	} {
		for range 5 {
			counted.calls.Store(0)
			sums.Store(0)
			if _, err := service.Verify(ctx, q); err != nil {
				t.Fatal(err)
			}
			if calls, hashes := counted.calls.Load(), sums.Load(); calls != 1 || hashes != 2 {
				t.Errorf("%s: %d reads and %d hashes, want 1 and 2", name, calls, hashes)
			}
		}
	}
	counted.calls.Store(0)
	if d, err := service.Verify(ctx, model.Request{Key: k.ID}); err != nil || d.Allowed || counted.calls.Load() != 0 {
		t.Errorf("without a secret: %+v, %v, %d reads", d, err, counted.calls.Load())
	}
}

func TestVerifyUnavailable(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	for _, broken := range []error{model.ErrUnavailable, model.ErrDamaged, model.ErrUnknown, errors.New("anything"), context.DeadlineExceeded} {
		service := model.NewService(&countingStore{Store: x.store, broken: broken}, x.seal, x.clock.now)
		if _, err := service.Open(ctx); err != nil {
			t.Fatal(err)
		}
		d, err := service.Verify(ctx, model.Request{Key: k.ID, Secret: s})
		if err == nil || d.Allowed || d.Reason != model.ReasonUnavailable || d.Key != "" {
			t.Errorf("with %v: %+v, %v", broken, d, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if d, err := x.service.Verify(cancelled, model.Request{Key: k.ID, Secret: s}); d.Allowed || d.Reason != model.ReasonUnavailable || !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("with a context that ended: %+v, %v", d, err)
	}
}

// A sealing key that is not the database's opens nothing.
func TestWrongSealingKey(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	other, err := model.NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	service := model.NewService(x.store, other, x.clock.now)
	if _, err := service.Open(ctx); !errors.Is(err, model.ErrDamaged) {
		t.Errorf("Open: %v", err)
	}
	if d, err := service.Verify(ctx, model.Request{Key: k.ID, Secret: s}); !errors.Is(err, model.ErrUnavailable) || d.Allowed {
		t.Errorf("Verify: %+v, %v", d, err)
	}
	if _, err := service.SignIn(ctx, model.Identity{Login: "ada"}); !errors.Is(err, model.ErrDamaged) {
		t.Errorf("SignIn: %v", err)
	}
}

func TestRecordUsage(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	r := model.Request{Key: k.ID, Secret: s, Address: netip.MustParseAddr("::ffff:192.0.2.7"), UserAgent: "curl"}
	for range 3 {
		if err := x.service.RecordUsage(ctx, r, x.verify(r)); err != nil {
			t.Fatal(err)
		}
	}
	at := x.clock.now()
	x.clock.move(time.Second)
	r.Application, r.UserAgent = "shop", "evil"
	for _, q := range []model.Request{r, {Key: k.ID, Secret: otherSecretOf(x)}, {Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: s}} {
		if err := x.service.RecordUsage(ctx, q, x.verify(q)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := x.ada.Key(ctx, k.ID)
	want := model.Usage{Key: k.ID, At: at, Address: "192.0.2.7", UserAgent: "curl", Allowed: 3, Denied: 2}
	if err != nil || got.Usage != want {
		t.Errorf("usage is %+v, %v; want %+v", got.Usage, err, want)
	}
}
