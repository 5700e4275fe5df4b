package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// members is the list of everybody who belongs to the team, or did.
type members struct {
	*surroundings
	list          shortList
	all           []model.Member
	loaded        bool
	asked         int            // number of the latest question for the members
	show          model.MemberID // whom the cursor goes to when they are read, 0 for whom it is on
	held          bool           // enter came before anybody knew who is chosen
	width, height int
	keys          memberKeys
}

type memberKeys struct {
	movement
	Open, Add, Back key.Binding
}

func newMembers(s *surroundings) *members {
	return &members{surroundings: s, keys: memberKeys{
		movement: newMovement(), Open: openBinding("open"), Add: bind("n", "add a member", "n"), Back: backBinding(),
	}}
}

func (m *members) Title() string { return "Members" }

func (m *members) ShortHelp() []key.Binding {
	add := short(m.keys.Add, "add")
	add.SetEnabled(m.mayAdd() == nil)
	return []key.Binding{m.keys.Open, add, m.keys.Back}
}

func (m *members) FullHelp() [][]key.Binding {
	return [][]key.Binding{{m.keys.Open, m.keys.Add}, append(m.keys.movement.bindings(), m.keys.Back)}
}

// Limits says why a member who may not add others cannot.
func (m *members) Limits() map[string]error { return map[string]error{"n": m.mayAdd()} }

func (m *members) mayAdd() error { return m.session.Can(model.MembersManage, model.Target{}) }

func (m *members) Init() tea.Cmd {
	id, cmd := m.askMembers()
	m.asked = id
	return cmd
}

// askMembers asks for the members of the team; id is the number of the question.
func (s *surroundings) askMembers() (id int, cmd tea.Cmd) {
	id, session := s.request(), s.session
	return id, s.query(id, func(ctx context.Context) (tea.Msg, error) {
		ms, err := session.Members(ctx)
		return membersReadMsg{id, ms}, err
	})
}

func (m *members) SetSize(w, h int) {
	m.width, m.height = w, h
	m.list.resize(len(m.all), (h-len(m.above()))/m.rowHeight())
}

func (m *members) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m.press(msg), nil
	case membersReadMsg:
		if msg.id == m.asked {
			return m.receive(msg.members), nil
		}
	case teamChangedMsg:
		if msg.added {
			m.show = msg.member.ID
		}
		return stay, m.Init()
	case changedMsg, refreshMsg:
		return stay, m.Init()
	case failedMsg:
		if msg.id == m.asked {
			m.held = false
			return m.failure(msg.err), nil
		}
	}
	return stay, nil
}

// receive shows the members, those who left last, with the cursor on whom it
// was on.
func (m *members) receive(all []model.Member) transition {
	if c := m.chosen(); c != nil && m.show == 0 {
		m.show = c.ID
	}
	m.all, m.loaded = slices.Clone(all), true
	slices.SortStableFunc(m.all, func(a, b model.Member) int { return cmp.Compare(gone(a), gone(b)) })
	m.SetSize(m.width, m.height)
	if i := slices.IndexFunc(m.all, func(a model.Member) bool { return a.ID == m.show }); i >= 0 {
		m.list.move(i - m.list.cursor)
	}
	m.show = 0
	if held := m.held; held {
		m.held = false
		return m.open()
	}
	return stay
}

// gone is 1 for somebody who was removed.
func gone(m model.Member) int {
	if m.Status == model.MemberRemoved {
		return 1
	}
	return 0
}

func (m *members) chosen() *model.Member {
	if m.list.cursor >= len(m.all) {
		return nil
	}
	return &m.all[m.list.cursor]
}

func (m *members) press(msg tea.KeyPressMsg) transition {
	if by, ok := m.keys.step(msg, m.list.rows); ok {
		m.list.move(by)
		return stay
	}
	switch {
	case key.Matches(msg, m.keys.Open):
		return m.open()
	case key.Matches(msg, m.keys.Add):
		if err := m.mayAdd(); err != nil {
			return m.failure(err)
		}
		return push(newMemberForm(m.surroundings))
	case key.Matches(msg, m.keys.Back):
		return pop()
	}
	return stay
}

// open shows whom the cursor is on, as soon as that is known.
func (m *members) open() transition {
	c := m.chosen()
	if c == nil {
		m.held = !m.loaded
		return stay
	}
	return push(newMemberPage(m.surroundings, *c))
}

// Wheel moves the cursor.
func (m *members) Wheel(by int) (transition, tea.Cmd) {
	m.list.move(by)
	return stay, nil
}

// Click chooses a member, and opens the one who is chosen already.
func (m *members) Click(_, y int) (transition, tea.Cmd) {
	if y -= len(m.above()); y >= 0 && m.list.click(y/m.rowHeight()) {
		return m.open(), nil
	}
	return stay, nil
}

// rowHeight is how many lines a member takes: narrow windows put the email and
// the role below the name.
func (m *members) rowHeight() int {
	if m.width < narrow {
		return 2
	}
	return 1
}

func (m *members) above() []string {
	if m.rowHeight() == 2 || m.height < 8 {
		return nil
	}
	return []string{"  " + m.styles.paint(dim, m.columns("NAME", "EMAIL", "ROLE", "STATUS"))}
}

// columns puts what is said of a member beside each other.
func (m *members) columns(name, email, role, status string) string {
	names, emails := width("NAME"), width("EMAIL")
	for _, a := range m.all {
		names, emails = max(names, width(model.Printable(a.Name))), max(emails, width(model.Printable(a.Email)))
	}
	names = min(names, max(12, m.width/4))
	emails = min(emails, max(12, m.width-names-33))
	return strings.TrimRight(left(name, names)+"  "+left(email, emails)+"  "+left(role, 13)+"  "+fit(status, 12), " ")
}

func (m *members) View() string {
	lines := m.above()
	for i := m.list.top; i < m.list.end(); i++ {
		lines = append(lines, m.row(m.all[i], i == m.list.cursor)...)
	}
	return strings.Join(lines, "\n")
}

func (m *members) row(a model.Member, chosen bool) []string {
	marker, look, rest := "  ", plain, dim
	switch {
	case chosen:
		marker, look, rest = m.styles.paint(accent, "> "), accent, plain
	case a.Damaged:
		look, rest = bad, bad
	case a.Status != model.MemberActive:
		look = dim
	}
	name, email, role, status := model.Printable(a.Name), model.Printable(a.Email), model.Printable(string(a.Role)), model.Printable(string(a.Status))
	if a.Damaged {
		status = "not trusted"
	}
	if m.rowHeight() == 1 {
		return []string{marker + m.styles.paint(look, m.columns(name, email, role, status))}
	}
	room := m.width - 4
	return []string{
		marker + m.styles.paint(look, left(name, room-11)) + m.styles.paint(rest, right(status, 11)),
		"  " + m.styles.paint(rest, left(email, room-14)+right(role, 14)),
	}
}
