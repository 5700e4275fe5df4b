package cli_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// screen is what a person's terminal makes of the bytes that it gets: xterm's
// main and alternate screen, as far as programs use them. What it does not
// know it notes, so that no test is judged by a picture that may be wrong.
type screen struct {
	width, height int
	grids         [2][][]string // main and alternate; a cell is a character, "" the second half of a wide one
	alternate     int           // 1 while the alternate screen shows
	x, y          int
	wrapping      bool // the cursor stands behind the last cell of its row
	top, bottom   int  // rows that scroll
	saved         [2][2]int
	last          string // for REP
	modes         map[int]bool
	keyboard      [2]int // entries on kitty's stack, of each screen
	otherKeys     int    // xterm's modifyOtherKeys
	colours       map[int]bool
	copied        []string // what OSC 52 put on the clipboard
	queries       int
	scrolled      []string // lines that left the main screen at its top
	unknown       []string
	answer        func(string) // nil for a terminal that never answers
	parser        *ansi.Parser
}

// The private modes that programs change.
const (
	modeWrap      = 7
	modeCursor    = 25
	modeFocus     = 1004
	modeAlternate = 1049
	modePaste     = 2004
	modeSync      = 2026
	modeClusters  = 2027
)

var modesAtRest = map[int]bool{modeWrap: true, modeCursor: true}

func newScreen(width, height int, answer func(string)) *screen {
	s := &screen{answer: answer, parser: ansi.NewParser(), modes: maps.Clone(modesAtRest), colours: map[int]bool{}}
	s.parser.SetHandler(ansi.Handler{
		Print: s.print, Execute: s.control, HandleEsc: s.escape, HandleCsi: s.sequence, HandleOsc: s.command,
		HandleDcs: func(cmd ansi.Cmd, _ ansi.Params, data []byte) { s.note("DCS %c %q", cmd.Final(), data) },
		HandleApc: func(data []byte) { s.note("APC %q", data) },
		HandlePm:  func(data []byte) { s.note("PM %q", data) },
		HandleSos: func(data []byte) { s.note("SOS %q", data) },
	})
	s.resize(width, height)
	return s
}

func (s *screen) note(format string, args ...any) {
	s.unknown = append(s.unknown, fmt.Sprintf(format, args...))
}

// resize keeps the upper left corner, as terminals do with the alternate
// screen.
func (s *screen) resize(width, height int) {
	for i, old := range s.grids {
		s.grids[i] = make([][]string, height)
		for y := range s.grids[i] {
			s.grids[i][y] = blanks(width)
			if y < len(old) {
				copy(s.grids[i][y], old[y])
			}
		}
	}
	s.width, s.height, s.top, s.bottom, s.wrapping = width, height, 0, height-1, false
	s.move(s.x, s.y)
}

func blanks(n int) []string { return strings.Split(strings.Repeat(" ", n), "") }

func (s *screen) write(p []byte) { s.parser.Parse(p) }

// text is what the screen shows, without the blanks at the ends of lines.
func (s *screen) text() string { return drawn(s.grids[s.alternate]) }

// kept is what a person finds in the main screen and above it.
func (s *screen) kept() string {
	return strings.Join(append(s.scrolled[:len(s.scrolled):len(s.scrolled)], drawn(s.grids[0])), "\n")
}

func drawn(grid [][]string) string {
	lines := make([]string, len(grid))
	for y, row := range grid {
		lines[y] = strings.TrimRight(strings.Join(row, ""), " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func (s *screen) row() []string { return s.grids[s.alternate][s.y] }

func (s *screen) move(x, y int) {
	s.x, s.y, s.wrapping = max(0, min(x, s.width-1)), max(0, min(y, s.height-1)), false
}

func (s *screen) print(r rune) { s.put(string(r)) }

func (s *screen) put(character string) {
	w := ansi.StringWidth(character)
	if w == 0 { // it joins the character before it
		if x := s.x - 1; x >= 0 {
			s.row()[x] += character
		}
		return
	}
	if s.wrapping || s.x+w > s.width {
		if s.modes[modeWrap] {
			s.x = 0
			s.lineFeed()
		} else {
			s.x = max(0, s.width-w)
		}
	}
	s.last = character
	s.row()[s.x] = character
	if w == 2 && s.x+1 < s.width {
		s.row()[s.x+1] = ""
	}
	s.x += w
	if s.wrapping = s.x >= s.width; s.wrapping {
		s.x = s.width - 1
	}
}

func (s *screen) lineFeed() {
	s.wrapping = false
	if s.y == s.bottom {
		s.scroll(s.top, 1)
	} else {
		s.move(s.x, s.y+1)
	}
}

// scroll moves the rows from one to the bottom up by n; down, when negative.
func (s *screen) scroll(from, n int) {
	grid := s.grids[s.alternate]
	if from > s.bottom {
		return
	}
	for ; n > 0; n-- {
		if s.alternate == 0 && from == 0 {
			s.scrolled = append(s.scrolled, strings.TrimRight(strings.Join(grid[0], ""), " "))
		}
		copy(grid[from:], grid[from+1:s.bottom+1])
		grid[s.bottom] = blanks(s.width)
	}
	for ; n < 0; n++ {
		copy(grid[from+1:s.bottom+1], grid[from:])
		grid[from] = blanks(s.width)
	}
}

func (s *screen) control(b byte) {
	switch b {
	case '\a', 0:
	case '\b':
		s.move(s.x-1, s.y)
	case '\t':
		s.move(s.x/8*8+8, s.y)
	case '\n':
		s.lineFeed()
	case '\r':
		s.move(0, s.y)
	default:
		s.note("control %#x", b)
	}
}

func (s *screen) escape(cmd ansi.Cmd) {
	switch cmd.Final() {
	case '7':
		s.saved[s.alternate] = [2]int{s.x, s.y}
	case '8':
		s.move(s.saved[s.alternate][0], s.saved[s.alternate][1])
	case 'M':
		if s.y == s.top {
			s.scroll(s.top, -1)
		} else {
			s.move(s.x, s.y-1)
		}
	case '\\', '=', '>':
	default:
		s.note("ESC %c", cmd.Final())
	}
}

// sequence obeys a control sequence (CSI).
func (s *screen) sequence(cmd ansi.Cmd, params ansi.Params) {
	name := strings.ReplaceAll(string([]byte{cmd.Prefix(), cmd.Intermediate(), cmd.Final()}), "\x00", "")
	param := func(i, def int) int {
		n, _, _ := params.Param(i, def)
		return n
	}
	n := max(1, param(0, 1))
	switch name {
	case "A":
		s.move(s.x, s.y-n)
	case "B", "e":
		s.move(s.x, s.y+n)
	case "C", "a":
		s.move(s.x+n, s.y)
	case "D":
		s.move(s.x-n, s.y)
	case "E":
		s.move(0, s.y+n)
	case "F":
		s.move(0, s.y-n)
	case "G", "`":
		s.move(n-1, s.y)
	case "d":
		s.move(s.x, n-1)
	case "H", "f":
		s.move(max(1, param(1, 1))-1, n-1)
	case "I":
		s.move((s.x/8+n)*8, s.y)
	case "Z":
		s.move(((s.x+7)/8-n)*8, s.y)
	case "@", "P", "X":
		s.shift(name, min(n, s.width-s.x))
	case "b":
		for range n {
			s.put(s.last)
		}
	case "J":
		s.eraseScreen(param(0, 0))
	case "K":
		s.eraseRow(param(0, 0))
	case "L":
		s.scroll(s.y, -n)
	case "M":
		s.scroll(s.y, n)
	case "S":
		s.scroll(s.top, n)
	case "T":
		s.scroll(s.top, -n)
	case "r":
		s.top, s.bottom = n-1, min(s.height, param(1, s.height))-1
		s.move(0, 0)
	case "m":
		params.ForEach(0, func(_, p int, _ bool) { s.colours[p] = true })
	case "?h", "?l":
		params.ForEach(0, func(_, p int, _ bool) { s.set(p, name == "?h") })
	case ">u":
		s.keyboard[s.alternate]++
	case "<u":
		s.keyboard[s.alternate] = max(0, s.keyboard[s.alternate]-n)
	case ">m":
		s.otherKeys = param(1, 0)
	case "?W", " q":
	case "?$p":
		s.reply("\x1b[?" + strconv.Itoa(param(0, 0)) + ";" + s.modeState(param(0, 0)) + "$y")
	case "c":
		s.reply("\x1b[?62;22c")
	case "?u":
		s.reply("\x1b[?0u")
	default:
		s.note("CSI %s", name)
	}
}

// shift inserts (@), deletes (P) or erases (X) n cells at the cursor.
func (s *screen) shift(name string, n int) {
	s.wrapping = false
	rest := s.row()[s.x:]
	switch name {
	case "@":
		copy(rest[n:], rest)
		copy(rest, blanks(n))
	case "P":
		copy(rest, rest[n:])
		copy(rest[len(rest)-n:], blanks(n))
	default:
		copy(rest, blanks(n))
	}
}

func (s *screen) eraseRow(how int) {
	s.wrapping = false
	from, to := 0, s.width
	switch how {
	case 0:
		from = s.x
	case 1:
		to = s.x + 1
	}
	copy(s.row()[from:to], blanks(to-from))
}

func (s *screen) eraseScreen(how int) {
	if how < 2 {
		s.eraseRow(how)
	}
	for y, row := range s.grids[s.alternate] {
		if how >= 2 || how == 0 && y > s.y || how == 1 && y < s.y {
			copy(row, blanks(s.width))
		}
	}
}

func (s *screen) set(mode int, on bool) {
	if mode == modeAlternate && on != s.modes[mode] {
		if on {
			s.saved[0] = [2]int{s.x, s.y}
			s.alternate = 1
			s.eraseScreen(2)
		} else {
			s.alternate = 0
			s.move(s.saved[0][0], s.saved[0][1])
		}
	}
	s.modes[mode] = on
}

// modeState answers DECRQM for the modes that matter: 1 set, 2 reset.
func (s *screen) modeState(mode int) string {
	switch {
	case mode != modeSync && mode != modeClusters:
		return "0"
	case s.modes[mode]:
		return "1"
	}
	return "2"
}

// command obeys an operating system command (OSC).
func (s *screen) command(cmd int, data []byte) {
	_, value, _ := strings.Cut(string(data), ";")
	switch {
	case cmd == 52:
		_, encoded, _ := strings.Cut(value, ";")
		text, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			s.note("OSC 52 %q", value)
		}
		s.copied = append(s.copied, string(text))
	case cmd == 11 && value == "?":
		s.reply("\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\")
	default:
		s.note("OSC %d", cmd)
	}
}

func (s *screen) reply(text string) {
	s.queries++
	if s.answer != nil {
		s.answer(text)
	}
}

// wrong lists what a program that ended has left changed.
func (s *screen) wrong() (found []string) {
	for mode, on := range s.modes {
		if on != modesAtRest[mode] {
			found = append(found, fmt.Sprintf("mode %d is %v", mode, on))
		}
	}
	if s.keyboard != [2]int{} {
		found = append(found, fmt.Sprintf("kitty's keyboard has %d entries left", s.keyboard))
	}
	if s.otherKeys != 0 {
		found = append(found, fmt.Sprintf("modifyOtherKeys is %d", s.otherKeys))
	}
	if s.top != 0 || s.bottom != s.height-1 {
		found = append(found, fmt.Sprintf("only rows %d to %d scroll", s.top, s.bottom))
	}
	return found
}
