package ui

import (
	"context"
	"maps"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// team is Profile & Team: who you are here, what you may do, and who else
// there is.
type team struct {
	*surroundings
	menuPage
	asked   int
	back    key.Binding
	members []model.Member
	asking  int            // number of the latest question for what the member may do
	access  []model.Access // nil until that was read
}

func newTeam(s *surroundings) *team {
	return &team{surroundings: s, back: backBinding(), menuPage: menuPage{menu: newMenu(s,
		entry{name: "API Access", hint: "the keys that applications use", open: func() []screen { return []screen{newAccess(s)} }},
		entry{name: "Members", hint: "who belongs to the team", open: func() []screen { return []screen{newMembers(s)} }, needs: model.MembersView},
		entry{name: "Roles & permissions", hint: "who may do what, and why", open: func() []screen { return []screen{newRolesPage(s)} }},
		entry{name: "Applications", hint: "what uses the keys, and whom to ask", open: func() []screen { return []screen{newApplications(s)} }},
		entry{name: "Your profile", hint: "your API keys and your SSH keys", open: func() []screen { return []screen{newProfile(s)} }},
	)}}
}

func (t *team) Title() string { return "Profile & Team" }

func (t *team) ShortHelp() []key.Binding { return []key.Binding{t.openKey(), t.back} }
func (t *team) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(t.menu.bindings(), t.back)}
}

// membersReadMsg brings the members of the team.
type membersReadMsg struct {
	id      int
	members []model.Member
}

// accessReadMsg brings what the member may do, and how far.
type accessReadMsg struct {
	id     int
	access []model.Access
}

func (t *team) Init() tea.Cmd {
	if t.session.Can(model.MembersView, model.Target{}) != nil {
		return t.askAccess()
	}
	id, cmd := t.askMembers()
	t.asked = id
	return tea.Batch(t.askAccess(), cmd)
}

func (t *team) askAccess() tea.Cmd {
	id, session := t.request(), t.session
	t.asking = id
	return t.query(id, func(ctx context.Context) (tea.Msg, error) {
		as, err := session.Access(ctx, session.Me().Email)
		return accessReadMsg{id, as}, err
	})
}

func (t *team) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if t, ok := t.press(msg); ok {
			return t, nil
		}
		if key.Matches(msg, t.back) {
			return pop(), nil
		}
	case membersReadMsg:
		if msg.id == t.asked {
			t.members = msg.members
		}
	case accessReadMsg:
		if msg.id == t.asking {
			t.access = msg.access
		}
	case failedMsg:
		if msg.id != 0 && (msg.id == t.asked || msg.id == t.asking) {
			return t.failure(msg.err), nil
		}
	case changedMsg, refreshMsg, teamChangedMsg:
		return stay, t.Init()
	}
	return stay, nil
}

func (t *team) View() string {
	me := t.session.Me()
	lines := append(t.menu.lines(t.width), "", t.styles.paint(strong, "  You"))
	lines = append(lines, factLines([]Fact{
		{"Name", me.Name}, {"Email", me.Email}, {"Role", string(me.Role)}, {"You may", t.mayDo(t.access)},
	}, t.styles, t.width)...)
	if len(t.members) > 0 {
		lines = append(lines, "", t.styles.paint(strong, "  Members"))
		for _, m := range t.members {
			lines = append(lines, t.memberLine(m))
		}
	}
	return t.page.view(lines, t.styles)
}

func (t *team) memberLine(m model.Member) string {
	role := string(m.Role)
	if m.Status != model.MemberActive {
		role += ", " + string(m.Status)
	}
	return "  " + left(model.Printable(m.Name), 18) + "  " + left(model.Printable(m.Email), 26) + "  " + model.Printable(role)
}

// mayDo says in words what the member may do with keys; as is how far each
// permission of theirs reaches, which names the applications of their grants.
func (s *surroundings) mayDo(as []model.Access) string {
	me := s.session.Me()
	var everything, mine []string
	for _, p := range model.Permissions() {
		switch {
		case s.session.Can(p, model.Target{}) == nil:
			everything = append(everything, p.Words())
		case s.session.Can(p, model.Target{Owner: me.ID}) == nil:
			mine = append(mine, p.Words())
		}
	}
	var words []string
	switch {
	case len(everything) == len(model.Permissions()):
		words = append(words, "everything: create, change, regenerate, suspend and revoke every key, and see the trail")
	case len(everything) > 0:
		words = append(words, listWords(everything))
	}
	if len(mine) > 0 {
		words = append(words, "for keys that you own: "+listWords(mine))
	}
	return strings.Join(append(words, ofApplications(as)...), "; ")
}

// ofApplications say what somebody may do with single applications.
func ofApplications(as []model.Access) (words []string) {
	may := map[string][]string{}
	for _, a := range as {
		for _, name := range a.Applications {
			may[name] = append(may[name], a.Permission.Words())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(may)) {
		words = append(words, "for "+name+": "+listWords(may[name]))
	}
	return words
}
