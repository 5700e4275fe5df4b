package model

import (
	"context"
	"errors"
	"fmt"
)

// Resealed is what became of the replacement of the sealing key.
type Resealed struct {
	From, To int // the numbers of the former and the current one
	Keys     int // that are not revoked: their secrets are due to be replaced
	Left     int // records that did not carry their seal, and were left as they were
}

// ReplaceSealingKey puts the next key of the key file in the place of the current
// one, in one transaction: everything is sealed anew, and the event is chained by
// the new key. The secrets stay hashed by the key of before until they are
// replaced, so they become due. It needs policy.manage. Without a next key in the
// file it is ErrConflict.
//
// A record that did not carry its seal before carries none afterwards either: it
// is no more trusted than it was.
func (s *Session) ReplaceSealingKey(ctx context.Context) (Resealed, error) {
	var done Resealed
	err := s.write(ctx, SealingKeyReplaced, func(c *change) error {
		if err := c.me.may(PolicyManage, Target{}); err != nil {
			return err
		}
		was := c.service.seals()
		is := was.numbered(was.number + 1)
		if is == nil {
			return Errorf(CodeConflict, "The key file holds no sealing key after number %d, which is in use. Make one with `empress sealing-key new`.", was.number)
		}
		c.ExpectMany()
		r := resealing{Writer: c, was: was, is: is, done: Resealed{From: was.number, To: is.number}}
		if err := r.resealAll(); err != nil {
			return err
		}
		done, c.told = r.done, true
		c.event.Changes = []Change{{sealingKeyField, fmt.Sprint(was.number), fmt.Sprint(is.number)}}
		return c.service.appendBy(is, c, c.now, c.event)
	})
	if err != nil {
		return Resealed{}, err
	}
	return done, nil
}

// resealing is such a replacement under way.
type resealing struct {
	Writer
	was, is *SealingKey
	done    Resealed
}

func (r *resealing) resealAll() error {
	for _, some := range []func() error{r.resealTeam, r.resealPolicy, r.resealPeople, r.resealApplications, r.resealKeys} {
		if err := some(); err != nil {
			return err
		}
	}
	return nil
}

// resealTeam seals the record of the team, which every process opens: where that
// lacks its old seal nothing is sealed anew.
func (r *resealing) resealTeam() error {
	t, err := r.Team()
	if err != nil {
		return err
	}
	if !sealed(t.Seal, r.was.sealTeam(t)) {
		return damagedRow("the team")
	}
	t.KeyNumber, t.Check = r.is.number, r.is.check()
	t.Seal = r.is.sealTeam(t)
	return r.SetTeamKey(t)
}

func (r *resealing) resealPolicy() error {
	p, err := r.Policy()
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return reseal(r, []Policy{p}, (*SealingKey).sealPolicy, func(p *Policy) *[]byte { return &p.Seal }, r.SetPolicy)
}

// resealPeople seals the members, their grants and their SSH keys, also those that
// ended.
func (r *resealing) resealPeople() error {
	ms, err := r.Members()
	if err != nil {
		return err
	}
	if err := reseal(r, ms, (*SealingKey).sealMember, func(m *Member) *[]byte { return &m.Seal }, r.UpdateMember); err != nil {
		return err
	}
	for _, m := range ms {
		gs, err := r.Grants(m.ID)
		if err != nil {
			return err
		}
		if err := reseal(r, gs, (*SealingKey).sealGrant, func(g *Grant) *[]byte { return &g.Seal }, r.EndGrant); err != nil {
			return err
		}
		ks, err := r.SSHKeys(m.ID)
		if err != nil {
			return err
		}
		if err := reseal(r, ks, (*SealingKey).sealSSHKey, func(k *SSHKey) *[]byte { return &k.Seal }, r.EndSSHKey); err != nil {
			return err
		}
	}
	return nil
}

func (r *resealing) resealApplications() error {
	as, err := r.Applications(Visible{All: true}, Visible{}, 0)
	if err != nil {
		return err
	}
	if err := reseal(r, as, (*SealingKey).sealApplication, func(a *Application) *[]byte { return &a.Seal }, r.UpdateApplication); err != nil {
		return err
	}
	fs, err := r.FormerNames(0)
	if err != nil {
		return err
	}
	return reseal(r, fs, (*SealingKey).sealFormerName, func(f *FormerName) *[]byte { return &f.Seal }, r.ResealFormerName)
}

// resealKeys seals the keys, some at a time, and marks those that are not revoked.
func (r *resealing) resealKeys() error {
	for after := KeyID(""); ; {
		ks, err := r.KeysAfter(after, MaxWindow)
		if err != nil || len(ks) == 0 {
			return err
		}
		after = ks[len(ks)-1].ID
		var fit []Key
		take := func(k Key) error { fit = append(fit, r.marked(k)); return nil }
		if err := reseal(r, ks, sealKey, func(k *Key) *[]byte { return &k.Seal }, take); err != nil {
			return err
		}
		if err := r.ResealKeys(fit); err != nil {
			return err
		}
	}
}

func sealKey(s *SealingKey, k Key) []byte { return s.sealCredential(k.credential()) }

// marked marks the secret of a key, unless the key is revoked.
func (r *resealing) marked(k Key) Key {
	if k.State != Revoked {
		k.Due |= FormerlySealed
		r.done.Keys++
	}
	return k
}

// reseal seals rows anew that carry their seal, and leaves the others.
func reseal[T any](r *resealing, rows []T, seal func(*SealingKey, T) []byte, of func(*T) *[]byte, put func(T) error) error {
	for i := range rows {
		kept := of(&rows[i])
		if !sealed(*kept, seal(r.was, rows[i])) {
			r.done.Left++
			continue
		}
		*kept = seal(r.is, rows[i])
		if err := put(rows[i]); err != nil {
			return err
		}
	}
	return nil
}
