package ui

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// memberPage is one member: who they are, what they may do and why, and what
// they did last.
type memberPage struct {
	*surroundings
	memberFile
	page
	profile bool // it was opened as one's own
	asked   int
	width   int
	keys    memberActions
	ways    memberWays
	move    movement
	back    key.Binding
}

// memberFile is what is known of a member.
type memberFile struct {
	member model.Member
	read   bool               // the rest is known
	signIn model.SignIn       // the last one
	access []model.Access     // none of somebody who was removed
	grants []model.GivenGrant // that hold
	ssh    []model.SSHKey     // none of somebody who was removed
	owned  ownedKeys
	given  []model.GivenGrant // that others hold by grants of theirs
	last   *model.Event       // what they did last, nil for nothing, and for whoever may not see the trail
	events []model.Event      // the latest first, none for whoever may not see the trail
}

// memberReadMsg brings what is known of a member.
type memberReadMsg struct {
	id int
	memberFile
}

// recentEvents is how many events a member's page ends with.
const recentEvents = 20

func newMemberPage(s *surroundings, m model.Member) *memberPage {
	return &memberPage{surroundings: s, memberFile: memberFile{member: m}, keys: newMemberActions(), ways: newMemberWays(), move: pageMovement(), back: backBinding()}
}

// newProfile is the page of whoever is signed in.
func newProfile(s *surroundings) *memberPage {
	p := newMemberPage(s, s.session.Me())
	p.profile = true
	return p
}

func (p *memberPage) Title() string {
	if p.profile {
		return "Your profile"
	}
	return model.Printable(p.member.Name)
}

func (p *memberPage) SetSize(w, h int) { p.width, p.page.height = w, h }

func (p *memberPage) ShortHelp() []key.Binding {
	var bs []key.Binding
	for _, a := range p.actions() {
		if a.why == nil {
			bs = append(bs, short(a.binding, a.word))
		}
	}
	return append(append(bs, p.ways.short(p)...), p.back)
}

func (p *memberPage) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.keys.bindings(), p.ways.bindings()...), append(p.move.bindings(), p.back)}
}

// Limits says which actions cannot be done with this member.
func (p *memberPage) Limits() map[string]error {
	limits := map[string]error{}
	for _, a := range p.actions() {
		limits[a.binding.Help().Key] = a.why
	}
	limits[p.ways.Activity.Help().Key] = p.mayTrail()
	return limits
}

func (p *memberPage) Init() tea.Cmd {
	id, session, m := p.request(), p.session, p.member
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		f, err := readMember(ctx, session, m.ID)
		return memberReadMsg{id, f}, err
	})
}

func (p *memberPage) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case memberReadMsg:
		if msg.id == p.asked {
			p.memberFile = msg.memberFile
		}
	case teamChangedMsg, sshKeyAddedMsg, changedMsg, refreshMsg:
		return stay, p.Init()
	case failedMsg:
		if msg.id == p.asked {
			return p.failure(msg.err), nil
		}
	}
	return stay, nil
}

func (p *memberPage) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	if t, ok := p.act(msg); ok {
		return t, nil
	}
	if t, ok := p.lead(msg); ok {
		return t, nil
	}
	if by, ok := p.move.step(msg, p.page.height); ok {
		p.page.top = max(0, min(p.page.top+by, len(p.lines())-1))
		return stay, nil
	}
	if key.Matches(msg, p.back) {
		return pop(), nil
	}
	return stay, nil
}

func (p *memberPage) View() string { return p.page.view(p.lines(), p.styles) }

func (p *memberPage) lines() []string {
	s := p.styles
	lines := factLines(p.facts(p.now()), s, p.width)
	if !p.read {
		return lines
	}
	section := func(title string, more []string) {
		if len(more) > 0 {
			lines = append(append(lines, "", s.paint(strong, "  "+title)), more...)
		}
	}
	section("May", p.mayLines())
	section("Grants", p.grantLines())
	section("API keys", p.ownedLines())
	section("SSH keys", p.sshLines())
	section("Latest events", p.eventLines())
	return lines
}

// facts are a member as people see them.
func (f memberFile) facts(now time.Time) []Fact {
	m := f.member
	facts := []Fact{
		{"Name", m.Name}, {"Email", m.Email}, {"Login", orElse(m.Login, "none")}, {"Role", string(m.Role)},
		{"Status", statusWords(m)}, {"Since", since(m.CreatedAt, now)},
	}
	if f.read {
		facts = append(facts, Fact{"Last sign-in", f.signInWords(now)})
	}
	return facts
}

// signInWords say when and by what the member last came in.
func (f memberFile) signInWords(now time.Time) string {
	switch in := f.signIn; {
	case in.Unknown:
		return "not known: it cannot be read"
	case in.At.IsZero():
		return "never"
	default:
		return since(in.At, now) + " by " + in.By()
	}
}

// statusWords say whether a member can act.
func statusWords(m model.Member) string {
	switch {
	case m.Damaged:
		return "not trusted: the record was " + model.DamagedWords
	case m.Status == model.MemberSuspended:
		return "suspended: they cannot sign in, and keys that they own go on working"
	case m.Status == model.MemberRemoved:
		return "removed, which is final"
	}
	return string(m.Status)
}

func (p *memberPage) mayLines() []string {
	var lines []string
	for _, words := range p.mayWords() {
		lines = append(lines, indented(p.styles, plain, words, 2, p.width)...)
	}
	return lines
}

// mayWords say what a member may do and why: the role's own in one piece, then
// whatever differs from it.
func (f memberFile) mayWords() []string {
	if f.member.Status == model.MemberSuspended {
		return []string{"Nothing, as long as they are suspended."}
	}
	var all []string
	byRole, beyond := accessWords(f.access)
	if byRole != "" {
		all = append(all, sentenceCase(model.Basis{Role: f.member.Role}.String())+": "+byRole+".")
	}
	for _, words := range beyond {
		all = append(all, sentenceCase(words)+".")
	}
	return all
}

// accessWords say what somebody may do: by the role, and beyond it with the
// reason for each.
func accessWords(as []model.Access) (byRole string, beyond []string) {
	var all, own []string
	for _, a := range as {
		reaches := accessReaches(a)
		for i, why := range a.Why {
			switch {
			case why.Role == "":
				beyond = append(beyond, a.Permission.Words()+reaches[i]+", "+why.String())
			case why.Owner:
				own = append(own, a.Permission.Words())
			default:
				all = append(all, a.Permission.Words())
			}
		}
	}
	return reachWords(all, own), beyond
}

// reachWords say what is allowed for everything, and what only for one's own
// keys.
func reachWords(all, own []string) string {
	words := listWords(all)
	if len(all) == len(model.Permissions()) {
		words = "everything"
	}
	if len(own) == 0 {
		return words
	}
	if words != "" {
		words += "; "
	}
	return words + "for keys that they own: " + listWords(own)
}

// accessReaches say for each reason how far it reaches.
func accessReaches(a model.Access) []string {
	if a.All {
		return []string{""}
	}
	var reaches []string
	if a.Own {
		reaches = append(reaches, " that they own")
	}
	for _, app := range a.Applications {
		reaches = append(reaches, " of "+app)
	}
	return reaches
}

// grantLines list the grants that hold, by their numbers; those that end soon
// warn.
func (p *memberPage) grantLines() []string {
	var lines []string
	for _, g := range p.grants {
		look := plain
		if endsSoon(g, p.session.Now()) {
			look = warning
		}
		number := fmt.Sprintf("%4d  ", g.ID)
		parts := wrap(model.Printable(grantWords(g, p.session.Now())), max(10, p.width-width(number)-2))
		for i, part := range parts {
			if i > 0 {
				number = "      "
			}
			lines = append(lines, p.styles.paint(dim, number)+p.styles.paint(look, part))
		}
	}
	return lines
}
