package ui

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// memberActions are what can be done with a member.
type memberActions struct{ Edit, Role, Suspend, Grant, Take, Remove key.Binding }

func newMemberActions() memberActions {
	return memberActions{
		Edit:    bind("e", "correct the name or the login", "e"),
		Role:    bind("o", "give another role", "o"),
		Suspend: bind("p", "suspend or resume", "p"),
		Grant:   bind("g", "grant a permission", "g"),
		Take:    bind("u", "take a grant away", "u"),
		Remove:  bind("X", "remove from the team", "X"),
	}
}

func (a memberActions) bindings() []key.Binding {
	return []key.Binding{a.Role, a.Suspend, a.Grant, a.Take, a.Edit, a.Remove}
}

// memberAction is one of them as it stands for a member: in a word for the
// footer, why it cannot be done, and what it opens.
type memberAction struct {
	binding key.Binding
	word    string
	why     error
	open    func() screen
}

// actions are what can be done with the member of the page.
func (p *memberPage) actions() []memberAction {
	a, m, s := p.keys, p.member, p.surroundings
	can := func(needs model.Permission) error {
		if m.Status == model.MemberRemoved {
			return model.Errorf(model.CodeConflict, "%s was removed from the team, which is final.", m.Name)
		}
		return p.session.Can(needs, model.Target{})
	}
	suspend := "suspend"
	if m.Status == model.MemberSuspended {
		suspend = "resume"
	}
	other := func(needs model.Permission, never string) error {
		if err := can(needs); err != nil || !p.mine(m) {
			return err
		}
		return model.Errorf(model.CodeDenied, "Nobody %s. Ask another administrator to do it.", never)
	}
	const changes = "changes their own membership"
	take := can(model.GrantsGive)
	if p.mine(m) { // whoever holds a grant may give it back
		take = nil
	}
	if take == nil && p.read && len(p.grants) == 0 {
		take = model.Errorf(model.CodeConflict, "%s holds no grant that could be taken away.", m.Name)
	}
	return []memberAction{
		{a.Role, "role", other(model.RolesAssign, changes), func() screen { return newRoleChoice(s, p.memberFile) }},
		{a.Suspend, suspend, other(model.MembersManage, changes), func() screen { return newMemberSuspend(s, p.memberFile) }},
		{a.Grant, "grant", other(model.GrantsGive, "grants anything to themselves"), func() screen { return newGrantForm(s, m) }},
		{a.Take, "take a grant", take, func() screen { return newGrantChoice(s, p.grants) }},
		{a.Edit, "edit", can(model.MembersManage), func() screen { return newMemberEditForm(s, m) }},
		{a.Remove, "remove", other(model.MembersManage, changes), func() screen { return newOffboardPage(s, m) }},
	}
}

// act starts the action of a key. One that cannot be done says why.
func (p *memberPage) act(msg tea.KeyPressMsg) (t transition, ok bool) {
	for _, a := range p.actions() {
		switch {
		case !key.Matches(msg, a.binding):
		case a.why != nil:
			return p.refusal(a.why), true
		case !p.read:
			return stay, true // until it is known how they stand
		default:
			return push(a.open()), true
		}
	}
	return stay, false
}

// refusal says why something cannot be done: nothing failed.
func (s *surroundings) refusal(err error) transition {
	return stay.say(warning, s.explain(err))
}

// newRoleChoice asks which role a member is to have.
func newRoleChoice(s *surroundings, f memberFile) *picker {
	m, now := f.member, 0
	var options []pick
	for i, r := range model.Roles() {
		words := string(r)
		if r == m.Role {
			words += ", as now"
			now = i
		}
		options = append(options, pick{words: words, hint: "May: " + roleWords(r) + ".", take: func() (transition, tea.Cmd) {
			if r == m.Role {
				return pop().say(plain, m.Name+" keeps the role "+string(r)+"."), nil
			}
			return replace(newRoleQuestion(s, f, r)), nil
		}})
	}
	p := newPicker(s, "The role of "+m.Name, options...)
	p.list.cursor = now // enter twice changes nothing
	return p
}

// newRoleQuestion says what another role changes.
func newRoleQuestion(s *surroundings, f memberFile, to model.Role) *question {
	m := f.member
	text := []string{fmt.Sprintf("%s acts %s from now on, no more %s.", m.Name, model.Basis{Role: to}, model.Basis{Role: m.Role})}
	if more := gainWords(to, m.Role); more != "" {
		text = append(text, "", "Then they may: "+more+".")
	}
	if less := gainWords(m.Role, to); less != "" {
		text = append(text, "", "They lose: "+less+".")
	}
	for _, words := range stepWords(f, to) {
		text = append(text, "", words)
	}
	q := newQuestion(s, "Make "+m.Name+" "+string(to), "give the role", text...)
	q.run = func(id int) tea.Cmd {
		return s.changeMember(id, m.Name+" acts "+model.Basis{Role: to}.String()+" now.", func(ctx context.Context) (model.Member, error) {
			return s.session.SetRole(ctx, m.Email, to)
		})
	}
	return q.aboutMember(f)
}

// changeMember runs one change of a member.
func (s *surroundings) changeMember(id int, said string, fn func(context.Context) (model.Member, error)) tea.Cmd {
	return s.change(id, func(ctx context.Context) (tea.Msg, error) {
		m, err := fn(ctx)
		return teamChangedMsg{id: id, member: m, said: said}, err
	})
}

func newMemberSuspend(s *surroundings, f memberFile) *question {
	m := f.member
	if m.Status == model.MemberSuspended {
		q := newQuestion(s, "Resume "+m.Name, "resume", m.Name+" can sign in again at once, with the role "+string(m.Role)+" and the grants of before that have not run out.")
		q.run = func(id int) tea.Cmd {
			return s.changeMember(id, m.Name+" resumed.", func(ctx context.Context) (model.Member, error) { return s.session.ResumeMember(ctx, m.Email) })
		}
		return q.aboutMember(f)
	}
	text := []string{m.Name + " cannot sign in or do anything from now on, until somebody resumes them.", "", "The keys that they own go on working."}
	if words := givenWords(f.given); words != "" {
		text = append(text, "", words)
	}
	q := newQuestion(s, "Suspend "+m.Name, "suspend", text...)
	q.run = func(id int) tea.Cmd {
		return s.changeMember(id, m.Name+" suspended.", func(ctx context.Context) (model.Member, error) { return s.session.SuspendMember(ctx, m.Email) })
	}
	return q.aboutMember(f)
}

// newGrantChoice asks which grant is to be taken away.
func newGrantChoice(s *surroundings, gs []model.GivenGrant) *picker {
	var options []pick
	for _, g := range gs {
		options = append(options, pick{
			words: g.Words(), hint: fmt.Sprintf("Grant %d: %s.", g.ID, grantWords(g, s.session.Now())),
			take: func() (transition, tea.Cmd) { return replace(newGrantTake(s, g)), nil },
		})
	}
	return newPicker(s, "Take a grant away", options...)
}

func newGrantTake(s *surroundings, g model.GivenGrant) *question {
	who := model.ShortEmail(g.Email)
	q := newQuestion(s, fmt.Sprintf("Take grant %d from %s", g.ID, who), "take it away",
		fmt.Sprintf("The permission to %s ends at once, unless the role of %s or another grant gives it too.", g.Words(), who))
	q.run = func(id int) tea.Cmd {
		return s.changeMember(id, fmt.Sprintf("Grant %d of %s ended.", g.ID, who), func(ctx context.Context) (model.Member, error) {
			return model.Member{ID: g.Member}, s.session.TakeGrant(ctx, g.ID)
		})
	}
	return q
}
