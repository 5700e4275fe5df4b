package cli

import (
	"slices"
	"strconv"
	"strings"

	"empress/model"
)

// memberJSON is a member as scripts see one.
type memberJSON struct {
	Name      string       `json:"name"`
	Email     string       `json:"email"`
	Login     *string      `json:"login"`
	Role      string       `json:"role"`
	Status    string       `json:"status"`
	CreatedAt *string      `json:"created_at"`
	Damaged   bool         `json:"damaged"`                // changed outside empress, so nothing of it is to be trusted
	SignIn    *signInJSON  `json:"last_sign_in,omitempty"` // of one who is shown
	Access    []accessJSON `json:"access,omitempty"`
	Grants    []grantJSON  `json:"grants,omitempty"`
}

// signInJSON is when and by what somebody last came in, as scripts see it.
type signInJSON struct {
	At    *string `json:"at"` // null for never, and for what is not known
	By    *string `json:"by"` // login or ssh_key
	Known bool    `json:"known"`
}

// accessJSON is how far one permission reaches.
type accessJSON struct {
	Permission   string   `json:"permission"`
	Reach        string   `json:"reach"` // all, own, applications or none
	Applications []string `json:"applications"`
	Why          []string `json:"why"`
}

// grantJSON is a grant as scripts see it.
type grantJSON struct {
	Grant       int64   `json:"grant"`
	Permission  string  `json:"permission"`
	Application *string `json:"application"` // null for all
	Until       *string `json:"until"`       // null for good
	By          string  `json:"by"`
	Holds       bool    `json:"holds"`
}

func newMemberJSON(m model.Member) memberJSON {
	return memberJSON{
		Name: model.Printable(m.Name), Email: model.Printable(m.Email), Login: text(m.Login),
		Role: model.Printable(string(m.Role)), Status: model.Printable(string(m.Status)), CreatedAt: stamp(m.CreatedAt), Damaged: m.Damaged,
	}
}

func newAccessJSON(a model.Access) accessJSON {
	why := make([]string, len(a.Why))
	for i, b := range a.Why {
		why[i] = b.String()
	}
	return accessJSON{string(a.Permission), reachOf(a), printables(a.Applications), printables(why)}
}

func newGrantJSON(g model.GivenGrant) grantJSON {
	return grantJSON{g.ID, string(g.Permission), text(g.Application), stamp(g.Until), model.Printable(g.Giver), g.Holds}
}

func newSignInJSON(in model.SignIn) *signInJSON {
	j := &signInJSON{At: stamp(in.At), Known: !in.Unknown}
	if !in.At.IsZero() {
		j.By = text(strings.ToLower(strings.ReplaceAll(in.By(), " ", "_")))
	}
	return j
}

// signInFact is when and by what somebody last came in, as people see it.
func signInFact(in model.SignIn) string {
	switch {
	case in.Unknown:
		return "not known: run `empress doctor`"
	case in.At.IsZero():
		return "never"
	}
	return shown(in.At, "") + " by " + in.By()
}

func reachOf(a model.Access) string {
	switch {
	case a.All:
		return "all"
	case a.Own:
		return "own"
	case len(a.Applications) > 0:
		return "applications"
	}
	return "none"
}

func (t *tree) printMembers(ms []model.Member) error {
	if t.json {
		list := make([]memberJSON, len(ms))
		for i, m := range ms {
			list[i] = newMemberJSON(m)
		}
		return encoder(t.out).Encode(list)
	}
	rows := newTable(t.out, "MEMBER", "NAME", "LOGIN", "ROLE", "STATUS")
	for _, m := range ms {
		status := string(m.Status)
		if m.Damaged {
			status = model.DamagedWords
		}
		rows.add(m.Email, m.Name, orWord(m.Login, "-"), string(m.Role), status)
	}
	t.noteDamaged(slices.ContainsFunc(ms, func(m model.Member) bool { return m.Damaged }))
	return rows.flush()
}

// printOne prints a member who was changed.
func (t *tree) printOne(m model.Member) error {
	if t.json {
		return encoder(t.out).Encode(newMemberJSON(m))
	}
	return t.printMembers([]model.Member{m})
}

func (t *tree) printMember(m model.Member, last model.SignIn, access []model.Access, grants []model.GivenGrant) error {
	if t.json {
		j := newMemberJSON(m)
		j.SignIn = newSignInJSON(last)
		for _, a := range access {
			j.Access = append(j.Access, newAccessJSON(a))
		}
		for _, g := range grants {
			j.Grants = append(j.Grants, newGrantJSON(g))
		}
		return encoder(t.out).Encode(j)
	}
	err := writeFacts(t.out, fact{"Member", m.Email}, fact{"Name", m.Name}, fact{"Login", orWord(m.Login, "none: nobody signs in as them")},
		fact{"Role", string(m.Role)}, fact{"Status", string(m.Status)}, fact{"Since", shown(m.CreatedAt, "")},
		fact{"Last sign-in", signInFact(last)})
	if err != nil {
		return err
	}
	t.blank()
	rows := newTable(t.out, "MAY", "REACH", "WHY")
	for _, a := range access {
		if a.Allowed() {
			rows.add(a.Permission.Words(), reachWords(a), whyWords(a))
		}
	}
	if err := rows.flush(); err != nil || len(grants) == 0 {
		return err
	}
	t.blank()
	return t.printGrants(grants)
}

func reachWords(a model.Access) string {
	var words []string
	switch {
	case a.All:
		return "all"
	case a.Own:
		words = append(words, "own keys")
	}
	return strings.Join(append(words, a.Applications...), ", ")
}

func whyWords(a model.Access) string {
	var words []string
	for _, b := range a.Why {
		words = append(words, b.String())
	}
	return strings.Join(words, ", ")
}

func (t *tree) printGrants(grants []model.GivenGrant) error {
	rows := newTable(t.out, "GRANT", "PERMISSION", "APPLICATION", "UNTIL", "BY", "HOLDS")
	for _, g := range grants {
		holds := "yes"
		if !g.Holds {
			holds = "no"
		}
		rows.add(strconv.FormatInt(g.ID, 10), string(g.Permission), orWord(g.Application, "all"), shown(g.Until, "for good"), g.Giver, holds)
	}
	return rows.flush()
}

// printGrant prints a grant that was just given.
func (t *tree) printGrant(g model.GivenGrant) error {
	if t.json {
		return encoder(t.out).Encode(newGrantJSON(g))
	}
	return t.printGrants([]model.GivenGrant{g})
}

func (t *tree) printHolders(hs []model.Holder) error {
	if t.json {
		type holderJSON struct {
			Member string `json:"member"`
			Why    string `json:"why"`
		}
		list := make([]holderJSON, len(hs))
		for i, h := range hs {
			list[i] = holderJSON{model.Printable(h.Member.Email), model.Printable(h.Why.String())}
		}
		return encoder(t.out).Encode(list)
	}
	if len(hs) == 0 {
		t.note("Nobody may do that. An administrator can grant it.")
		return nil
	}
	rows := newTable(t.out, "MEMBER", "WHY")
	for _, h := range hs {
		rows.add(h.Member.Email, h.Why.String())
	}
	return rows.flush()
}
