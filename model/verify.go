package model

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Request is a question to the verifier: may whoever presents this credential
// pass?
type Request struct {
	Key         KeyID
	Secret      Secret
	Application string     // demanded, "" for any
	Scopes      []string   // demanded, all of them
	Address     netip.Addr // of the client; the zero Addr when unknown
	UserAgent   string
	IgnoreRate  bool // takes nothing from the key's rate, and is not denied because it is used up
}

// Reason says why a decision is what it is. Reasons are part of the contract
// with clients.
type Reason string

// The reasons. Everything but ReasonUnauthenticated and ReasonUnavailable is disclosed only
// to whoever presented the right secret.
const (
	ReasonOK                Reason = "ok"
	ReasonUnauthenticated   Reason = "unauthenticated" // missing, malformed, unknown or wrong: not told apart
	ReasonExpired           Reason = "expired"
	ReasonSuspended         Reason = "suspended"
	ReasonRevoked           Reason = "revoked"
	ReasonWrongApplication  Reason = "wrong_application"
	ReasonMissingScope      Reason = "missing_scope"
	ReasonNetworkNotAllowed Reason = "network_not_allowed"
	ReasonRateLimited       Reason = "rate_limited"
	ReasonRecordDamaged     Reason = "record_damaged" // the key's row was changed behind the program's back
	ReasonClockDoubtful     Reason = "clock_doubtful" // the clock stepped back, and the key expires
	ReasonUnavailable       Reason = "unavailable"    // the store could not answer
)

// Decision is the verifier's answer. The names are filled in when the secret
// was right.
type Decision struct {
	Allowed     bool
	Reason      Reason
	Key         KeyID
	Application string
	Owner       string // email
	Team        string
	Scopes      []string
	RetryAfter  time.Duration // for ReasonRateLimited

	counted KeyID // the key that the request counts for, also with a wrong secret; no answer tells it
}

// Format leaves out what no answer tells.
func (d Decision) Format(f fmt.State, verb rune) {
	type answer Decision
	d.counted = ""
	fmt.Fprintf(f, fmt.FormatString(f, verb), answer(d))
}

// Verify decides whether a request may pass: one indexed read, two keyed
// hashes and one comparison in constant time for every well-formed credential,
// known or not. A secret is hashed by the sealing key of the number that its row
// names; where the key file lacks that one nothing is sure, and the key denies. A
// damaged row is reported in the background, see [Service.Flush]. An error, always with a decision that denies, means that the
// store could not answer. Usage is recorded by the caller, see [Recorder].
func (s *Service) Verify(ctx context.Context, r Request) (Decision, error) {
	if r.Secret.Empty() || r.Key == "" {
		return Decision{Reason: ReasonUnauthenticated}, nil
	}
	if s.team.Load() == nil {
		return Decision{Reason: ReasonUnavailable}, Errorf(CodeUnavailable, "The team was not read, so nothing can be decided.")
	}
	for {
		seal := s.seals()
		d, err := s.decide(ctx, seal, r)
		if s.seals() == seal {
			return d, err
		}
	}
}

// decide is Verify by one sealing key. Where it finds that the team has replaced
// it, and takes the newer one over, its decision is not to be used.
func (s *Service) decide(ctx context.Context, seal *SealingKey, r Request) (Decision, error) {
	if s.behind.Load() { // known or not, no key is told apart
		if err := s.look(ctx); err != nil {
			return Decision{Reason: ReasonUnavailable}, err
		}
	}
	c, err := s.store.Credential(ctx, r.Key)
	known, counted := err == nil, r.Key
	if errors.Is(err, ErrNotFound) {
		c, counted = dummy, ""
	} else if err != nil {
		return Decision{Reason: ReasonUnavailable}, err
	}
	hashed := seal.numbered(c.SealKey)
	right := subtle.ConstantTimeCompare(c.Hash, cmp.Or(hashed, seal).hashSecret(r.Key, c.Generation, r.Secret)) == 1
	intact := sealed(c.Seal, seal.sealCredential(c))
	switch {
	case !known:
	case !intact:
		if err := s.look(ctx); errors.Is(err, ErrUnavailable) {
			return Decision{Reason: ReasonUnavailable}, err
		}
		if s.seals() == seal {
			s.reportDamage(c)
		}
	case hashed == nil:
		return Decision{Reason: ReasonUnavailable}, seal.lacks(c.SealKey)
	}
	if !known || !right {
		return Decision{Reason: ReasonUnauthenticated, counted: counted}, nil
	}
	d := Decision{counted: counted, Key: c.ID, Application: c.Application, Owner: c.Owner, Team: s.teamName(), Scopes: strings.Fields(c.Scopes)}
	if !intact {
		return Decision{Reason: ReasonRecordDamaged, Key: c.ID, counted: counted}, nil
	}
	d.Reason = s.judge(ctx, &d, c, r)
	d.Allowed = d.Reason == ReasonOK
	return d, nil
}

// dummy stands in for the row of an unknown key, so that it costs as much.
var dummy = Credential{ID: "empk_00000000000000000000", Hash: make([]byte, 32), State: Active, Application: "none",
	Owner: "nobody@example.com", Seal: make([]byte, 32)}

// judge applies the rules to an authentic key, in the order in which a person
// would want to hear of them.
func (s *Service) judge(ctx context.Context, d *Decision, c Credential, r Request) Reason {
	switch c.State {
	case Active:
	case Suspended:
		return ReasonSuspended
	default:
		return ReasonRevoked
	}
	now, doubtful := s.clock()
	if c.ExpiresAt != 0 {
		if doubtful {
			s.lookForReset(ctx)
			now, doubtful = s.clock()
		}
		if doubtful {
			return ReasonClockDoubtful
		}
		if Millis(now) >= c.ExpiresAt {
			return ReasonExpired
		}
	}
	if r.Application != "" && r.Application != c.Application {
		return ReasonWrongApplication
	}
	if !hasScopes(d.Scopes, r.Scopes) {
		return ReasonMissingScope
	}
	if !withinNetworks(c.Networks, r.Address) {
		return ReasonNetworkNotAllowed
	}
	if r.IgnoreRate && readable(c.Rate) {
		return ReasonOK
	}
	if wait := s.limits.take(c.ID, c.Rate, s.now); wait > 0 {
		d.RetryAfter = wait
		return ReasonRateLimited
	}
	return ReasonOK
}

// withinNetworks reports whether the address is in one of the stored networks.
// An unknown address is in none; no networks at all allow every address.
func withinNetworks(stored string, a netip.Addr) bool {
	if stored == "" {
		return true
	}
	a = a.Unmap().WithZone("")
	for w := range strings.FieldsSeq(stored) {
		if p, err := netip.ParsePrefix(w); err == nil && p.Contains(a) {
			return true
		}
	}
	return false
}
