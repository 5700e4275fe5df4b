package model

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

// CreateKey creates a key, and its application when there is none of that
// name yet, and returns the key with its first secret, which nothing can show
// again.
func (s *Session) CreateKey(ctx context.Context, spec KeySpec) (Key, Secret, error) {
	var k Key
	var secret Secret
	err := s.write(ctx, KeyCreated, func(c *change) (err error) {
		c.event.Application = Printable(strings.TrimSpace(spec.Application))
		if k, err = c.draft(spec); err != nil {
			return err
		}
		if k.ID, secret, err = newPair(c.service.random); err != nil {
			return err
		}
		return c.insert(&k, secret)
	})
	if err != nil {
		secret.Wipe()
		return Key{}, Secret{}, err
	}
	return k, secret, nil
}

// newPair draws an api_key and an api_secret.
func newPair(random io.Reader) (KeyID, Secret, error) {
	id, err := newKeyID(random)
	if err != nil {
		return "", Secret{}, err
	}
	secret, err := newSecret(random)
	return id, secret, err
}

// insert adds a key that has a name, with its first secret, and says in the
// event what it is.
func (c *change) insert(k *Key, secret Secret) error {
	c.renew(k, secret)
	k.Seal = c.service.seals().sealCredential(k.credential())
	c.about(*k)
	c.event.Changes = diff(keyFields[:], Key{}, *k)
	if err := c.InsertKey(*k); err != nil {
		return err
	}
	return c.stands(*k)
}

// draft turns a spec into a key without identity or secret.
func (c *change) draft(spec KeySpec) (Key, error) {
	app, wrong := c.application(spec)
	if wrong != nil && (FieldOf(wrong) == "" || c.me.may(KeysCreate, Target{Application: app.ID}) != nil) {
		return Key{}, wrong // whoever may create none learns nothing of what else there is, as of members
	}
	k := Key{ApplicationID: app.ID, Application: app.Name, CreatedAt: c.now, State: Active, Revision: 1}
	if spec.Owner == "" {
		spec.Owner = c.me.Email
	}
	e := KeyEdit{Owner: &spec.Owner, Purpose: &spec.Purpose, Scopes: &spec.Scopes, Networks: &spec.Networks, Rate: &spec.Rate, Expires: &spec.Expires}
	if spec.Expires == "" {
		p, err := c.service.policy(c)
		if err != nil {
			return Key{}, err
		}
		k.ExpiresAt, e.Expires = c.now.Add(p.Lifetime()), nil
	}
	if wrong != nil && !c.seesMembers() {
		e.Owner = &c.me.Email
	}
	err := c.apply(&k, e)
	return k, together(wrong, err)
}

// seesMembers reports whether the member may see who is in the team. Others
// learn of whom they name as owner only when all else is right: then the change
// is made, and its event tells of it.
func (c *change) seesMembers() bool { return c.me.may(MembersView, Target{}) == nil }

// renew gives k its next secret.
func (c *change) renew(k *Key, secret Secret) {
	k.Generation++
	k.SecretAt = c.now
	k.SealKey = c.service.seals().Number()
	k.Hash = c.service.seals().hashSecret(k.ID, k.Generation, secret)
	k.Weak, k.Due = secret.weak(), 0
}

// apply puts the fields of an edit into k, and says all that is wrong with
// them.
func (c *change) apply(k *Key, e KeyEdit) error {
	owner := put(e.Owner, func(v string) error { return c.setOwner(k, v) })
	wrong := together(
		put(e.Purpose, func(v string) (err error) { k.Purpose, err = cleanPurpose(v); return err }),
		put(e.Scopes, func(v []string) (err error) { k.Scopes, err = parseScopes(v); return err }),
		put(e.Networks, func(v []string) (err error) { k.Networks, err = parseNetworks(v); return err }),
		put(e.Rate, func(v string) (err error) { k.Rate, err = ParseRate(v); return err }),
		put(e.Expires, func(v string) error { return c.setExpiry(k, v) }),
	)
	if wrong != nil && !c.seesMembers() {
		return wrong
	}
	return together(owner, wrong)
}

// put sets a field that an edit names.
func put[T any](v *T, set func(T) error) error {
	if v == nil {
		return nil
	}
	return set(*v)
}

func (c *change) setOwner(k *Key, name string) error {
	m, err := c.member("owner", name)
	if known := err == nil && (m.ID == c.me.ID || m.ID == k.OwnerID); !known && !c.seesMembers() && (err != nil || m.Status != MemberActive || !m.Role.OwnsKeys()) {
		e := Errorf(CodeNotFound, "The team has nobody of that name who can own a key. Name somebody else, or yourself.")
		e.Field = "owner"
		return e
	}
	if err != nil {
		return err
	}
	if m.Status != MemberActive {
		return invalid("owner", "%s is %s and cannot own a key. Choose an active member.", m.Email, m.Status)
	}
	if !m.Role.OwnsKeys() {
		return invalid("owner", "%s is an %s, and auditors own no keys. Choose another member.", m.Email, m.Role)
	}
	if isNew := k.ID == ""; !isNew && m.ID != k.OwnerID {
		if err := c.mayGiveAway(k, m); err != nil {
			return err
		}
	}
	k.OwnerID, k.Owner = m.ID, m.Email
	return nil
}

// mayGiveAway returns nil when the member may do all that m would gain by
// owning k. Otherwise whoever may only change keys could give one to themself,
// and regenerate its secret.
func (c *change) mayGiveAway(k *Key, m Member) error {
	for _, p := range Permissions() {
		if m.Role.reach(p) != own {
			continue
		}
		if by, err := c.me.why(p, k.On()); err != nil || (Grant{}).outlasts(by.Grant.Grant) { // an owner may for good
			return Errorf(CodeDenied, "You may not make %s the owner of this key: an owner may %s, and you may not. An administrator can do it, or grant you %s.", m.Email, p.Words(), p)
		}
	}
	return nil
}

func (c *change) setExpiry(k *Key, s string) error {
	at, err := ParseExpiry(s, c.now)
	if err != nil {
		return err
	}
	if isNew := k.ID == ""; !isNew && at.Equal(k.ExpiresAt) {
		return nil
	}
	if at.IsZero() {
		if err := c.me.may(KeysNeverExpire, k.On()); err != nil {
			return err
		}
	}
	k.ExpiresAt = at
	return c.withinPolicy(at)
}

// withinPolicy refuses an expiry that the team's policy does not allow,
// whoever asks.
func (c *change) withinPolicy(at time.Time) error {
	p, err := c.service.policy(c)
	switch {
	case err != nil:
		return err
	case at.IsZero() && !p.MayNeverExpire():
		return invalid("expires", "The team's policy allows no key that never expires. Give a time, such as %dd.", int(p.Lifetime()/days(1)))
	case !at.IsZero() && p.outlasts(at, c.now):
		return invalid("expires", "The team's policy lets a key last %s at most. Give an earlier time, such as %dd.", counted(p.LongestLifetime, "day"), p.LongestLifetime)
	}
	return nil
}

// application finds the application of a spec, for a member who may create
// keys for it, and adds it when there is none. Whoever may not learns of no
// other application.
func (c *change) application(spec KeySpec) (Application, error) {
	name, err := cleanName("application", spec.Application)
	if err != nil {
		return Application{}, err
	}
	app, err := c.ApplicationByName(name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Application{}, err
	}
	exists, now := err == nil, Application{}
	if !exists {
		if now, err = c.service.calledNow(c, name); notFoundIsFine(err) != nil {
			return Application{}, err
		}
	}
	if err := c.me.may(KeysCreate, Target{Application: max(app.ID, now.ID)}); err != nil {
		return Application{}, err
	}
	if now.ID != 0 {
		return Application{}, renamed(CodeConflict, name, now)
	}
	if exists {
		if !sealed(app.Seal, c.service.seals().sealApplication(app)) {
			return Application{}, damagedRow("application " + app.Name)
		}
		return app, nil
	}
	if !spec.NewApplication {
		if err := c.unlike(name, 0); err != nil {
			return Application{}, err
		}
	}
	return c.addApplication(Application{Name: name})
}
