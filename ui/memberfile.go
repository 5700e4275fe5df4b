package ui

import (
	"context"
	"slices"

	"empress/model"
)

// readMember reads what may be known of a member.
func readMember(ctx context.Context, s *model.Session, id model.MemberID) (f memberFile, err error) {
	if f.member, err = memberOf(ctx, s, id); err != nil {
		return f, err
	}
	f.read = true
	if f.signIn, err = s.LastSignIn(ctx, id); err != nil {
		return f, err
	}
	if f.member.Status != model.MemberRemoved {
		if f.access, err = s.Access(ctx, f.member.Email); err != nil {
			return f, err
		}
		at, err := s.Standing(ctx, f.member.Email)
		if err != nil {
			return f, err
		}
		f.grants, f.given = at.Held, at.Given
		if f.ssh, err = s.SSHKeys(ctx, f.member.Email); err != nil {
			return f, err
		}
	}
	if f.owned, err = readOwned(ctx, s, f.member); err != nil {
		return f, err
	}
	return f, f.readTrail(ctx, s)
}

// readTrail reads what the member did, and what was done with them.
func (f *memberFile) readTrail(ctx context.Context, s *model.Session) (err error) {
	if s.Can(model.AuditView, model.Target{}) != nil {
		return nil
	}
	if f.events, err = s.Events(ctx, model.EventQuery{Member: f.member.Email, Limit: recentEvents}); err != nil {
		return err
	}
	acts, err := s.Events(ctx, model.EventQuery{By: f.member.Email, Limit: 1})
	if len(acts) > 0 {
		f.last = &acts[0]
	}
	return err
}

// memberOf reads a member by the number. Everybody sees themselves.
func memberOf(ctx context.Context, s *model.Session, id model.MemberID) (model.Member, error) {
	if me := s.Me(); me.ID == id {
		return s.Member(ctx, me.Email)
	}
	all, err := s.Members(ctx)
	if err != nil {
		return model.Member{}, err
	}
	i := slices.IndexFunc(all, func(m model.Member) bool { return m.ID == id })
	if i < 0 {
		return model.Member{}, model.Errorf(model.CodeNotFound, "That member is not in the database any more. Run `empress doctor`.")
	}
	return all[i], nil
}
