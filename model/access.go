package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Basis is why a member may do something: the role, owning the key, or a grant.
type Basis struct {
	Role  Role       // that gives it, "" when it comes from a grant or from owning the key alone
	Owner bool       // only for keys that the member owns
	Grant GivenGrant // that gives it, with the number 0 when none does
}

// String says why in a few words: "as an IT Manager", "granted by ada until
// 2026-05-01 12:00 UTC".
func (b Basis) String() string {
	switch {
	case b.Grant.ID != 0 && b.Grant.Until.IsZero():
		return fmt.Sprintf("granted by %s", ShortEmail(b.Grant.Giver))
	case b.Grant.ID != 0:
		return fmt.Sprintf("granted by %s until %s", ShortEmail(b.Grant.Giver), b.Grant.Until.UTC().Format(MinuteForm))
	case b.Role == "":
		return "as the owner of the key"
	case b.Owner:
		return fmt.Sprintf("as %s who owns the key", article(b.Role))
	}
	return "as " + article(b.Role)
}

// Access is how far one permission of a member reaches. Where All is false the
// other two say what is left; all three empty mean that it is not allowed.
type Access struct {
	Permission   Permission
	All          bool
	Own          bool     // keys that the member owns
	Applications []string // named by grants
	Why          []Basis  // one for each that holds: all, own, then the applications in order
}

// Allowed reports whether the permission reaches anything at all.
func (a Access) Allowed() bool { return a.All || a.Own || len(a.Applications) > 0 }

// Access says for every permission, in the order of the table, how far it
// reaches for a member, and why. It needs members.view; everybody sees their
// own.
func (s *Session) Access(ctx context.Context, member string) ([]Access, error) {
	var as []Access
	err := s.read(ctx, func(r Reader, me actor) error {
		as = nil
		m, err := s.service.memberSeenBy(r, me, member)
		if err != nil {
			return err
		}
		who, err := s.service.actor(r, m.ID)
		if err != nil {
			return err
		}
		for _, p := range Permissions() {
			a, err := s.service.access(r, who, p)
			if err != nil {
				return err
			}
			as = append(as, a)
		}
		return nil
	})
	return as, err
}

// access asks the one rule about everything, about own keys, and about each
// application that a grant names.
func (s *Service) access(r Reader, who actor, p Permission) (Access, error) {
	a := Access{Permission: p}
	ask := func(on Target) (bool, error) {
		by, err := who.why(p, on)
		if err != nil {
			return false, nil
		}
		by, err = s.explained(r, by)
		a.Why = append(a.Why, by)
		return true, err
	}
	var err error
	if a.All, err = ask(Target{}); a.All || err != nil {
		return a, err
	}
	if p.ofKeys() {
		if a.Own, err = ask(Target{Owner: who.ID}); err != nil {
			return a, err
		}
	}
	var seen []ApplicationID
	for _, g := range who.grants {
		if g.ApplicationID == 0 || slices.Contains(seen, g.ApplicationID) || !g.gives(p) {
			continue
		}
		seen = append(seen, g.ApplicationID)
		allowed, err := ask(Target{Application: g.ApplicationID})
		if err != nil {
			return a, err
		}
		if allowed { // not while the member is suspended
			a.Applications = append(a.Applications, a.Why[len(a.Why)-1].Grant.Application)
		}
	}
	return a, nil
}

// ofKeys reports whether the permission is about single keys, which have an
// owner.
func (p Permission) ofKeys() bool { return PlainMember.reach(p) == own }

// explained adds the names that a reason's grant stands for.
func (s *Service) explained(r Reader, by Basis) (Basis, error) {
	if by.Grant.ID == 0 {
		return by, nil
	}
	given, err := s.named(r, by.Grant.Grant, s.instant())
	given.Holds = true
	by.Grant = given
	return by, err
}

// Holder is a member who may do something, and why.
type Holder struct {
	Member Member
	Why    Basis
}

// WhoMay lists the active members, by email, who may do p, by its name or its
// words, to a target: a key named by its api_key, an application that they may
// see named exactly, or with "" the whole team. It needs members.view.
func (s *Session) WhoMay(ctx context.Context, p Permission, target string) ([]Holder, error) {
	var hs []Holder
	err := s.read(ctx, func(r Reader, me actor) error {
		hs = nil
		if err := me.may(MembersView, Target{}); err != nil {
			return err
		}
		p, err := permissionGiven(p)
		if err != nil {
			return err
		}
		on, err := s.service.target(r, me, strings.TrimSpace(target))
		if err != nil {
			return err
		}
		ms, err := r.Members()
		for _, m := range ms {
			if m.Status != MemberActive {
				continue
			}
			who, err := s.service.actor(r, m.ID)
			if err != nil {
				return err
			}
			by, err := who.why(p, on)
			if err != nil {
				continue
			}
			if by, err = s.service.explained(r, by); err != nil {
				return err
			}
			hs = append(hs, Holder{who.Member, by})
		}
		return err
	})
	return hs, err
}

// target finds what somebody named.
func (s *Service) target(r Reader, me actor, name string) (Target, error) {
	if name == "" {
		return Target{}, nil
	}
	id, notKey := ParseKeyID(name)
	if notKey == nil && !id.Imported() {
		k, err := s.visibleKey(r, me, id)
		return k.On(), err
	}
	app, err := s.applicationSeenBy(r, me, canonical(name))
	if notKey == nil && errors.Is(err, ErrNotFound) {
		k, missing := s.visibleKey(r, me, id) // the name of an application goes before
		if !errors.Is(missing, ErrNotFound) {
			return k.On(), missing
		}
	}
	if err == nil && !sealed(app.Seal, s.seals().sealApplication(app)) {
		err = damagedRow("application " + app.Name)
	}
	return Target{Application: app.ID}, err
}
