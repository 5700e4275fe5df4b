package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// field is one line of a form.
type field struct {
	name  string // as errors call it
	label string
	hint  string // shown while the field is in use
	wrong string // what is wrong with it
	note  string // what became of it meanwhile
	given string // what it was filled in with
	alike string // a name that was refused because it is almost another's
	unit  string // one of what the number in it counts, "" for what is no number
	ready bool   // still as it was filled in, so that typing replaces it
	input textinput.Model
}

func newField(s *styles, name, label, value, hint string) field {
	f := field{name: name, label: label, hint: hint, given: typable(value), input: newInput(s)}
	f.input.SetValue(f.given)
	f.input.CursorEnd()
	return f
}

// or shows what leaving the field empty means.
func (f field) or(meaning string) field {
	f.input.Placeholder = meaning
	return f
}

// counts says what the number in the field counts, by the word for one.
func (f field) counts(unit string) field {
	f.unit = unit
	return f
}

// units is the word for what the number in the field counts, "" where it holds
// none.
func (f *field) units() string {
	switch value := strings.TrimSpace(f.input.Value()); {
	case f.unit == "" || value == "":
		return ""
	case value == "1":
		return f.unit
	}
	return f.unit + "s"
}

// offered marks a value that is only a suggestion: the first letter typed
// replaces it, as in a form whose text is selected.
func (f field) offered() field {
	f.ready = f.given != ""
	return f
}

// form is fields one below the other. enter goes from field to field, and on
// the last one sends the form. While it is being sent nothing can be typed,
// and what was typed stays when it fails.
type form struct {
	fields  []field
	at      int
	sending int // number of the question under way, 0 for none
	touched bool
	page
	width int
	keys  formKeys
}

type formKeys struct{ Next, Down, Up, Leave key.Binding }

func newForm(fields ...field) form {
	f := form{fields: fields, page: page{quiet: true}, keys: formKeys{
		Next:  bind("enter", "next", "enter"),
		Down:  bind("tab ↓", "next field", "tab", "down"),
		Up:    bind("shift+tab ↑", "field before", "shift+tab", "up"),
		Leave: bind("esc", "leave", "esc"),
	}}
	f.fields[0].input.Focus()
	return f
}

func (f *form) value(name string) string {
	for i := range f.fields {
		if f.fields[i].name == name {
			return f.fields[i].input.Value()
		}
	}
	return ""
}

func (f *form) setSize(w, h int) {
	f.width, f.page.height = w, h
	for i := range f.fields {
		f.fields[i].input.SetWidth(max(4, w-f.indent()-3))
	}
}

// indent is where the inputs begin.
func (f *form) indent() int {
	labels := 0
	for _, x := range f.fields {
		labels = max(labels, width(x.label))
	}
	return labels + 4
}

// update handles a key; send is whether the form is complete and wanted.
func (f *form) update(msg tea.Msg) (send bool, cmd tea.Cmd) {
	if f.sending != 0 {
		return false, nil
	}
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(k, f.keys.Next):
			if f.at == len(f.fields)-1 {
				return true, nil
			}
			return false, f.focus(f.at + 1)
		case key.Matches(k, f.keys.Down):
			return false, f.focus((f.at + 1) % len(f.fields))
		case key.Matches(k, f.keys.Up):
			return false, f.focus((f.at + len(f.fields) - 1) % len(f.fields))
		}
	}
	x := &f.fields[f.at]
	before := x.input.Value()
	x.replace(msg)
	cmd = typeInto(&x.input, msg)
	if x.input.Value() != before {
		f.touched, x.wrong = true, ""
	}
	return false, cmd
}

// replace empties a field whose value was only offered, when something else is
// typed; a key that moves the cursor or deletes keeps it, to be changed.
func (f *field) replace(msg tea.Msg) {
	if !f.ready {
		return
	}
	k, isKey := msg.(tea.KeyPressMsg)
	_, isPaste := msg.(tea.PasteMsg)
	if isPaste || isKey && k.Text != "" {
		f.input.SetValue("")
	}
	if isKey || isPaste {
		f.ready = false
	}
}

func (f *form) focus(i int) tea.Cmd {
	f.fields[f.at].input.Blur()
	f.at = i
	return f.fields[i].input.Focus()
}

// failed shows what is wrong beside each field, and goes to the first; what is
// about none is told below.
func (f *form) failed(s *surroundings, err error) transition {
	f.sending = 0
	if f.blame(err) == nil {
		return s.failure(err)
	}
	f.focus(slices.IndexFunc(f.fields, func(x field) bool { return x.wrong != "" }))
	return stay.say(plain, "")
}

// blame notes what is wrong with each field, and returns those where something
// is.
func (f *form) blame(err error) (wrong []*field) {
	said := map[string]*model.Error{}
	for _, m := range model.Mistakes(err) {
		said[m.Field] = m
	}
	for i := range f.fields {
		x := &f.fields[i]
		x.wrong = ""
		if m := said[x.name]; m != nil {
			wrong = append(wrong, x)
			x.wrong = wrongWords(m)
			if errors.Is(m, model.ErrAlike) {
				x.alike = x.input.Value()
			}
		}
	}
	return wrong
}

func (f *form) restyle(s *styles) {
	for i := range f.fields {
		styleInput(&f.fields[i].input, s)
	}
}

// view draws the fields, with the hint of the one in use and what is wrong
// under each. Where they do not fit, the last line names those below.
func (f *form) view(s *styles) string {
	lines, starts := f.lines(s)
	room := f.page.height
	if len(lines) <= room {
		return f.page.view(lines, s)
	}
	defer func() { f.page.height = room }()
	f.page.height = max(1, room-1)
	end := len(lines)
	if f.at+1 < len(starts) {
		end = starts[f.at+1]
	}
	f.reveal(end - 1)
	f.reveal(starts[f.at])
	if f.top+room >= len(lines) {
		f.page.height = room
		return f.page.view(lines, s)
	}
	return f.page.view(lines, s) + "\n" + s.paint(dim, fit(f.below(starts), f.width))
}

// below names the fields that the window has no room for.
func (f *form) below(starts []int) string {
	var names []string
	for i, start := range starts {
		if start >= f.top+f.page.height {
			names = append(names, f.fields[i].label)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("  %d more below: %s", len(names), strings.Join(names, ", "))
}

// lines draws the fields; starts are the first line of each.
func (f *form) lines(s *styles) (lines []string, starts []int) {
	indent, under := f.indent(), f.indent()
	if f.width < narrow {
		under = 4
	}
	for i, x := range f.fields {
		starts = append(starts, len(lines))
		label, marker := s.paint(dim, left(x.label, indent-4)), "  "
		if i == f.at {
			label, marker = s.paint(accent, left(x.label, indent-4)), s.paint(accent, "> ")
		}
		value := strings.TrimRight(x.input.View(), " ")
		switch {
		case x.ready:
			value = s.paint(dim, fit(model.Printable(x.given), f.width-indent))
		case x.input.Value() == "" && width(x.input.Placeholder) > x.input.Width(): // the input would cut it without a sign
			value = s.paint(dim, fit(x.input.Placeholder, f.width-indent))
		}
		if units := x.units(); units != "" && i != f.at {
			value += s.paint(dim, fit(" "+units, f.width-indent-width(value)))
		}
		lines = append(lines, marker+label+"  "+value)
		switch {
		case x.wrong != "":
			lines = append(lines, indented(s, bad, x.wrong, under, f.width)...)
		case x.note != "":
			lines = append(lines, indented(s, warning, x.note, under, f.width)...)
		case i == f.at && x.hint != "":
			lines = append(lines, indented(s, dim, x.hint, under, f.width)...)
		}
	}
	return lines, starts
}

// fieldAt is the field that is drawn on a line of the window, -1 for none.
func (f *form) fieldAt(s *styles, y int) int {
	lines, starts := f.lines(s)
	at, line := -1, y+f.top
	if line < 0 || line >= len(lines) {
		return -1
	}
	for i, start := range starts {
		if start <= line {
			at = i
		}
	}
	return at
}

func indented(s *styles, t tone, text string, by, w int) []string {
	lines := wrap(model.Printable(text), max(10, w-by-2))
	for i := range lines {
		lines[i] = strings.Repeat(" ", by) + s.paint(t, lines[i])
	}
	return lines
}

// cursor is where the next letter goes, relative to the form.
func (f *form) cursor(s *styles) *tea.Cursor {
	c := cursorOf(f.fields[f.at].input)
	if c == nil || f.sending != 0 {
		return nil
	}
	_, starts := f.lines(s)
	c.X += f.indent()
	c.Y = starts[f.at] - f.top
	return c
}

func (f *form) shortHelp(send string) []key.Binding {
	if f.sending != 0 {
		return nil
	}
	next := f.keys.Next
	if f.at == len(f.fields)-1 {
		next = short(next, send)
	}
	before := short(f.keys.Up, "field before")
	before.SetEnabled(len(f.fields) > 1)
	return []key.Binding{next, before, f.keys.Leave}
}
