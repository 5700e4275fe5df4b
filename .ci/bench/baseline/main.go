// Baseline is the least that a list in a terminal can be: Bubble Tea, a
// thousand plain lines, a cursor and a window that follows it. What the
// product's list costs is told as a multiple of what this one costs.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
)

const lines = 1000

type list struct {
	rows        []string
	cursor, top int
	height      int
}

func newList() *list {
	l := &list{rows: make([]string, lines)}
	for i := range l.rows {
		l.rows[i] = fmt.Sprintf("line %04d of a plain list that nothing was done to", i)
	}
	return l
}

func (l *list) Init() tea.Cmd { return nil }

func (l *list) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		l.height = msg.Height
		l.move(0)
	case tea.KeyPressMsg:
		switch msg.String() {
		case "j", "down":
			l.move(1)
		case "k", "up":
			l.move(-1)
		case "q", "ctrl+c":
			return l, tea.Quit
		}
	}
	return l, nil
}

// move takes the cursor by rows up or down and the window with it.
func (l *list) move(by int) {
	l.cursor = min(max(l.cursor+by, 0), len(l.rows)-1)
	l.top = min(max(l.top, l.cursor-l.height+1), l.cursor)
}

func (l *list) View() tea.View {
	var b strings.Builder
	for i := l.top; i < min(l.top+l.height, len(l.rows)); i++ {
		if i > l.top {
			b.WriteByte('\n')
		}
		if i == l.cursor {
			b.WriteString("> ")
		} else {
			b.WriteString("  ")
		}
		b.WriteString(l.rows[i])
	}
	v := tea.NewView(b.String())
	v.AltScreen = true
	return v
}

func main() {
	fps := flag.Int("fps", 0, "frames a second; 0 is Bubble Tea's own choice, 60")
	flag.Parse()
	if _, err := tea.NewProgram(newList(), tea.WithFPS(*fps)).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "baseline:", err)
		os.Exit(1)
	}
}
