package model

import (
	"context"
	"errors"
	"time"
)

// SignIn is that a member came in, by a login or by an SSH key.
type SignIn struct {
	Member  MemberID
	SSHKey  int64     // number of the key, 0 for the login
	At      time.Time // zero for never
	Unknown bool      // it cannot be read, so zero is not never
}

// By says in words by what the member came in: "login" or "SSH key".
func (i SignIn) By() string {
	if i.SSHKey != 0 {
		return "SSH key"
	}
	return "login"
}

const (
	signInPatience = 250 * time.Millisecond // for which nobody notices that they wait
	signInSpacing  = time.Minute            // closer ones are not told apart
)

// noteSignIn keeps that a member comes in now, unless one of a moment ago is
// kept. It keeps nobody waiting and nobody out: where that fails, the sign-in
// before goes on being shown.
func (s *Service) noteSignIn(ctx context.Context, in SignIn) {
	ctx, cancel := context.WithTimeout(ctx, signInPatience)
	defer cancel()
	in.At = s.instant()
	kept, err := s.store.SignIns(ctx, in.Member)
	if err != nil {
		return
	}
	for _, k := range kept {
		since := in.At.Sub(k.At)
		if k.SSHKey == in.SSHKey && since >= 0 && since < signInSpacing { // one from the future is mended
			return
		}
	}
	_ = s.store.RecordSignIn(ctx, in)
}

// signIns are those of a member, the latest first. What is older than the
// member is that of a database that was at the same place before.
func (s *Service) signIns(ctx context.Context, of Member) (found []SignIn, err error) {
	all, err := s.store.SignIns(ctx, of.ID)
	for _, in := range all {
		if !in.At.Before(of.CreatedAt) {
			found = append(found, in)
		}
	}
	return found, err
}

// LastSignIn returns when and by what a member last came in, in any session,
// this one counted; it may be up to a minute older. It needs members.view;
// everybody sees their own.
func (s *Session) LastSignIn(ctx context.Context, of MemberID) (SignIn, error) {
	var m Member
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if of != me.ID {
			if err := me.may(MembersView, Target{}); err != nil {
				return err
			}
		}
		m, err = r.Member(of)
		if errors.Is(err, ErrNotFound) {
			err = Errorf(CodeNotFound, "The team has no member of that number.")
		}
		return err
	})
	if err != nil {
		return SignIn{}, err
	}
	found, err := s.service.signIns(ctx, m)
	if err != nil || len(found) == 0 {
		return SignIn{Member: of, Unknown: err != nil}, nil
	}
	return found[0], nil
}

// addUses fills in when the SSH keys of a member were last used.
func (s *Session) addUses(ctx context.Context, of Member, ks []SSHKey) {
	found, err := s.service.signIns(ctx, of)
	used := map[int64]time.Time{}
	for _, in := range found {
		used[in.SSHKey] = in.At
	}
	for i, k := range ks {
		ks[i].UsedAt, ks[i].UseUnknown = used[k.ID], err != nil
	}
}
