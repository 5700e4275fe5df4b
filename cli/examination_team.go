package cli

import (
	"strings"

	"empress/model"
)

// members looks at the rows of the team as they are, whatever their seals say.
func (e *examination) members() {
	var ms []model.Member
	err := e.store.Read(e.ctx, func(r model.Reader) (err error) {
		ms, err = r.Members()
		return err
	})
	if err != nil {
		e.wrong("administrators", model.Sentence(err))
		return
	}
	e.administrators(ms)
	e.logins(ms)
}

func (e *examination) administrators(ms []model.Member) {
	active := 0
	for _, m := range ms {
		if m.Role == model.Administrator && m.Status == model.MemberActive {
			active++
		}
	}
	if active == 0 {
		e.wrong("administrators", "The team has no active administrator, so nobody can manage it. Restore a backup.")
		return
	}
	e.fine("administrators", "The team has %s.", count(active, "active administrator"))
}

// logins finds those that are the email of somebody else, removed or not: a
// command that names one means whose email it is. Earlier versions allowed them.
func (e *examination) logins(ms []model.Member) {
	owners := map[string]model.MemberID{}
	for _, m := range ms {
		owners[strings.ToLower(m.Email)] = m.ID
	}
	found := false
	for _, m := range ms {
		if other, taken := owners[strings.ToLower(m.Login)]; taken && other != m.ID {
			found = true
			e.wrong("logins", m.Email+" signs in as "+m.Login+", which is the email of another member, so it names two people. "+
				"Have another administrator give another login: empress members edit "+m.Email+" --login LOGIN")
		}
	}
	if !found {
		e.fine("logins", "No login is the email of another member.")
	}
}
