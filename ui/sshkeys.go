package ui

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// sshKeys is the list of the SSH keys by which a member is known.
type sshKeys struct {
	*surroundings
	list   blockList
	member model.Member
	all    []model.SSHKey
	loaded bool
	asked  int   // number of the latest question for the keys
	show   int64 // the key that the cursor goes to when they are read, 0 for the one it is on
	width  int
	keys   sshKeyKeys
}

type sshKeyKeys struct {
	movement
	Add, Remove, Back key.Binding
}

func newSSHKeys(s *surroundings, m model.Member) *sshKeys {
	return &sshKeys{surroundings: s, member: m, keys: sshKeyKeys{
		movement: newMovement(), Add: bind("n", "add an SSH key", "n"), Remove: bind("X", "remove the SSH key", "X"), Back: backBinding(),
	}}
}

// mine is whether somebody is the member who is signed in.
func (s *surroundings) mine(m model.Member) bool { return m.ID == s.session.Me().ID }

func (k *sshKeys) Title() string {
	if k.mine(k.member) {
		return "Your SSH keys"
	}
	return "SSH keys of " + model.Printable(k.member.Name)
}

func (k *sshKeys) SetSize(w, h int) { k.width, k.list.page.height = w, h-k.above() }

// above is how many lines stand over the list.
func (k *sshKeys) above() int {
	if k.wide() {
		return 1
	}
	return 0
}

// wide is whether a key fits into one line.
func (k *sshKeys) wide() bool { return k.width >= 106 }

func (k *sshKeys) ShortHelp() []key.Binding {
	add, remove := short(k.keys.Add, "add"), short(k.keys.Remove, "remove")
	add.SetEnabled(k.mayAdd() == nil)
	remove.SetEnabled(k.mayRemove() == nil)
	return []key.Binding{add, remove, k.keys.Back}
}

func (k *sshKeys) FullHelp() [][]key.Binding {
	return [][]key.Binding{{k.keys.Add, k.keys.Remove}, append(k.keys.movement.bindings(), k.keys.Back)}
}

// Limits says what cannot be done with the keys of this member.
func (k *sshKeys) Limits() map[string]error {
	return map[string]error{k.keys.Add.Help().Key: k.mayAdd(), k.keys.Remove.Help().Key: k.mayRemove()}
}

// mayChange is why the member who is signed in may not change these keys: one's
// own always, those of others by the permission.
func (k *sshKeys) mayChange() error {
	if k.mine(k.member) {
		return nil
	}
	return k.session.Can(model.MembersManage, model.Target{})
}

func (k *sshKeys) mayAdd() error {
	if err := k.mayChange(); err != nil {
		return err
	}
	if k.member.Status != model.MemberActive {
		return model.Errorf(model.CodeConflict, "%s is %s, so no SSH key can be added for them.", k.member.Name, k.member.Status)
	}
	return nil
}

func (k *sshKeys) mayRemove() error {
	if err := k.mayChange(); err != nil {
		return err
	}
	if k.loaded && len(k.all) == 0 {
		return model.Errorf(model.CodeConflict, "There is no SSH key that could be removed.")
	}
	return nil
}

// sshKeysReadMsg brings the SSH keys of a member.
type sshKeysReadMsg struct {
	id   int
	keys []model.SSHKey
}

func (k *sshKeys) Init() tea.Cmd {
	id, session, m := k.request(), k.session, k.member
	k.asked = id
	return k.query(id, func(ctx context.Context) (tea.Msg, error) {
		ks, err := session.SSHKeys(ctx, m.Email)
		return sshKeysReadMsg{id, ks}, err
	})
}

func (k *sshKeys) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return k.press(msg), nil
	case sshKeysReadMsg:
		if msg.id == k.asked {
			k.receive(msg.keys)
		}
	case sshKeyAddedMsg:
		k.show = msg.key.ID
		return stay, k.Init()
	case teamChangedMsg:
		if msg.member.ID == k.member.ID && msg.member.Email != "" {
			k.member = msg.member
		}
		return stay, k.Init()
	case changedMsg, refreshMsg:
		return stay, k.Init()
	case failedMsg:
		if msg.id == k.asked {
			return k.failure(msg.err), nil
		}
	}
	return stay, nil
}

// receive shows the keys, with the cursor on the one that it was on.
func (k *sshKeys) receive(all []model.SSHKey) {
	if c := k.chosen(); c != nil && k.show == 0 {
		k.show = c.ID
	}
	k.all, k.loaded = all, true
	for i, x := range all {
		if x.ID == k.show {
			k.list.cursor = i
		}
	}
	k.show = 0
	k.list.move(0, len(all))
}

func (k *sshKeys) chosen() *model.SSHKey {
	if k.list.cursor >= len(k.all) {
		return nil
	}
	return &k.all[k.list.cursor]
}

func (k *sshKeys) press(msg tea.KeyPressMsg) transition {
	if by, ok := k.keys.step(msg, max(1, k.list.page.height/2)); ok {
		k.list.move(by, len(k.all))
		return stay
	}
	switch {
	case key.Matches(msg, k.keys.Add):
		if err := k.mayAdd(); err != nil {
			return k.refusal(err)
		}
		return push(newSSHKeyForm(k.surroundings, k.member))
	case key.Matches(msg, k.keys.Remove):
		return k.remove()
	case key.Matches(msg, k.keys.Back):
		return pop()
	}
	return stay
}

// remove asks first.
func (k *sshKeys) remove() transition {
	if err := k.mayRemove(); err != nil {
		return k.refusal(err)
	}
	c := k.chosen()
	if c == nil {
		return stay // until they are known
	}
	return push(newSSHKeyRemove(k.surroundings, k.member, *c))
}

// Wheel moves the cursor, and Click chooses a key.
func (k *sshKeys) Wheel(by int) (transition, tea.Cmd) {
	k.list.move(by, len(k.all))
	return stay, nil
}

func (k *sshKeys) Click(_, y int) (transition, tea.Cmd) {
	if i := k.list.at(y - k.above()); i >= 0 && i < len(k.all) {
		k.list.cursor = i
	}
	return stay, nil
}

func (k *sshKeys) View() string {
	if len(k.all) == 0 {
		if !k.loaded {
			return ""
		}
		return k.list.page.view(indented(k.styles, dim, k.noneWords(), 2, k.width), k.styles)
	}
	above := ""
	if k.wide() {
		above = k.styles.paint(dim, "  "+k.columns("NAME", "TYPE", "FINGERPRINT", "ADDED", "LAST USED")) + "\n"
	}
	rows := make([][]string, len(k.all))
	for i, x := range k.all {
		rows[i] = k.row(x, i == k.list.cursor)
	}
	return above + k.list.view(rows, k.styles)
}

// noneWords say what an empty list means.
func (k *sshKeys) noneWords() string {
	words := "No SSH key yet."
	if k.mayAdd() == nil {
		words += " n adds one: the line of a .pub file."
	}
	return words
}

func (k *sshKeys) columns(name, kind, fingerprint, added, used string) string {
	const others = 11 + fingerprintWidth + 10 + 9 + 4*2 + 2
	return left(name, min(nameWidth, k.width-others)) + "  " + left(kind, 11) + "  " + left(fingerprint, fingerprintWidth) + "  " + right(added, 10) + "  " + right(used, 9)
}

// fingerprintWidth is how many cells a fingerprint takes.
const fingerprintWidth = 50

// row draws a key. Its fingerprint is always shown whole: it is what people
// compare.
func (k *sshKeys) row(x model.SSHKey, chosen bool) []string {
	marker, look := k.styles.rowMarker(chosen)
	name, now := model.Printable(x.Name), k.now()
	if k.wide() {
		used := ago(x.UsedAt, now)
		if x.UseUnknown {
			used = "not known"
		}
		return []string{marker + k.styles.paint(look, k.columns(name, x.Type(), model.Printable(x.Fingerprint), ago(x.CreatedAt, now), used))}
	}
	lines := []string{marker + k.styles.paint(look, fit(name, k.width-4))}
	return append(lines, sshKeyLines(x, now, k.styles, k.width)...)
}

// sshKeyLines are what is known of a key beside its name.
func sshKeyLines(x model.SSHKey, now time.Time, s *styles, w int) []string {
	var lines []string
	for _, part := range inPieces(model.Printable(x.Fingerprint), w-6) {
		lines = append(lines, s.paint(dim, "    "+part))
	}
	words := fmt.Sprintf("%s, added %s, %s", x.Type(), agoWords(x.CreatedAt, now), sshUseWords(x, now))
	return append(lines, indented(s, dim, words, 4, w)...)
}

// sshUseWords say when a member last came in by a key.
func sshUseWords(x model.SSHKey, now time.Time) string {
	switch {
	case x.UseUnknown:
		return "last use not known"
	case x.UsedAt.IsZero():
		return "never used"
	}
	return "last used " + agoWords(x.UsedAt, now)
}
