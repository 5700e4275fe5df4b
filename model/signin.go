package model

import (
	"context"
	"errors"
)

// SignIn finds the active member that an identity stands for. It opens s if
// nobody has. Whoever it knows nothing of is told who they are, which team this
// is and whom to ask, and nothing else.
func (s *Service) SignIn(ctx context.Context, id Identity) (*Session, error) {
	if err := s.opened(ctx); err != nil {
		return nil, err
	}
	var a actor
	var in SignIn
	var desk string
	err := s.store.Read(ctx, func(r Reader) (err error) {
		desk = s.desk(r)
		if in, err = s.identified(r, id); err != nil {
			return err
		}
		a, err = s.actor(r, in.Member)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, s.stranger(id, desk).Because(ErrStranger)
	}
	if err != nil {
		return nil, err
	}
	if a.Status != MemberActive {
		return nil, Errorf(CodeDenied, "Your membership of team %s is %s. Ask %s.", s.teamName(), a.Status, desk)
	}
	if !id.Glance {
		s.noteSignIn(ctx, in)
	}
	return newSession(s, a, id), nil
}

// identified finds whom an identity stands for, and by what.
func (s *Service) identified(r Reader, id Identity) (SignIn, error) {
	if id.SSHKey == "" {
		m, err := r.MemberByLogin(id.Login)
		return SignIn{Member: m.ID}, err
	}
	k, err := r.SSHKeyByFingerprint(id.SSHKey)
	if err == nil && !sealed(k.Seal, s.seals().sealSSHKey(k)) {
		err = damagedRow("SSH key " + k.Fingerprint)
	}
	return SignIn{Member: k.Member, SSHKey: k.ID}, err
}

// stranger is what an identity is told that stands for nobody.
func (s *Service) stranger(id Identity, desk string) *Error {
	if id.SSHKey != "" {
		return Errorf(CodeDenied, "You came with the SSH key %s, and team %s knows nobody of that key. Ask %s to add it.", Printable(id.SSHKey), s.teamName(), desk)
	}
	return Errorf(CodeDenied, "You are signed in to this computer as %s, and team %s knows nobody of that login. Ask %s to add you.",
		Printable(id.Login), s.teamName(), desk)
}

func (s *Service) opened(ctx context.Context) error {
	if s.team.Load() != nil {
		return nil
	}
	_, err := s.Open(ctx)
	return err
}

// desk says whom to ask, in words after "ask". A policy that cannot be trusted
// names nobody.
func (s *Service) desk(r Reader) string {
	if p, err := s.policy(r); err == nil && p.Support != "" {
		return "its administrator (" + p.Support + ")"
	}
	return "its administrator"
}

// Recover binds a login to an administrator whom nobody can sign in as any
// more. It asks for no permission: whoever calls it must have made sure that
// the person could change the database's files anyway. The event that it leaves
// cannot be overlooked.
func (s *Service) Recover(ctx context.Context, id Identity, member, login string) error {
	if err := s.opened(ctx); err != nil {
		return err
	}
	login, err := cleanLogin(login)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(w Writer) error {
		c := &change{Writer: w, service: s, now: s.instant()}
		before, err := c.member("member", member)
		if err != nil {
			return err
		}
		switch {
		case before.Role != Administrator || before.Status != MemberActive:
			return invalid("member", "%s is no active administrator of the team. Name one who is.", before.Email)
		case before.Login == login:
			return Errorf(CodeConflict, "%s is the login of %s already. Sign in as %s.", login, before.Email, login)
		}
		if err := c.loginIsFree(before, login); err != nil {
			return err
		}
		after := before
		after.Login = login
		c.event = Event{Via: id.Via, From: id.From, Action: MemberRecovered, Outcome: Done, Member: before.Email, Note: Printable(id.Login)}.redacted()
		if err := c.replaceMember(before, &after); err != nil {
			return err
		}
		return c.tell()
	})
}
