package ui

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"empress/model"
)

// shots are the pictures in docs/: each main screen, and what is special.
var shots = []struct {
	name          string
	width, height int
	light         bool
	seed          func(*driver)
	walk          func(*driver)
}{
	{"dashboard", 80, 24, false, usedKeys, walkTo()},
	{"settings", 80, 20, false, someKeys, walkTo("1")},
	{"team", 80, 20, false, someKeys, walkTo("1", "1")},
	{"list", 80, 20, false, someKeys, walkTo("2", "down")},
	{"list-wide", 120, 24, false, someKeys, walkTo("2", "down")},
	{"list-light", 80, 20, true, someKeys, walkTo("2", "down")},
	{"list-narrow", 40, 16, false, someKeys, walkTo("2", "down")},
	{"marks", 80, 20, false, someKeys, walkTo("2", "down", "space", "j", "space", "p")},
	{"create", 80, 20, false, someKeys, func(d *driver) { d.press("2", "n"); d.write("nightly-report") }},
	{"secret", 80, 20, false, someKeys, func(d *driver) {
		d.press("2", "n")
		d.write("nightly-report")
		d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "enter")
	}},
	{"regenerate", 80, 20, false, someKeys, walkTo("2", "down", "r")},
	{"details", 80, 24, false, someKeys, walkTo("2", "down", "enter")},
	{"usage", 80, 24, false, usedKeys, walkTo("2", "down", "enter", "u")},
	{"live", 80, 20, false, usedKeys, (*driver).watchRequests},
	{"application", 80, 24, false, someApplications, func(d *driver) { d.openApplication("billing") }},
	{"activity", 80, 20, false, someKeys, walkTo("3", "j", "j")},
	{"event", 80, 20, false, someKeys, func(d *driver) {
		page, err := d.session.Keys(context.Background(), model.KeyQuery{Text: "billing"})
		d.must(err)
		rate := "50/min"
		_, err = d.second("kim", model.ITManager).EditKey(context.Background(), page.Keys[0].ID, 0, model.KeyEdit{Rate: &rate, Networks: &[]string{"10.0.0.0/16"}})
		d.must(err)
		d.press("3", "enter")
	}},
	{"palette", 80, 20, false, someKeys, func(d *driver) { d.press("2", "down", ":"); d.write("re") }},
	{"help", 80, 24, false, someKeys, walkTo("2", "down", "?", "pgdown", "pgdown")},
	{"appearance", 80, 20, false, someKeys, walkTo("1", "2")},
}

// TestPictures holds the pictures in docs/ against the frames that the program
// draws; with -update it draws them anew.
func TestPictures(t *testing.T) {
	for _, p := range shots {
		t.Run(p.name, func(t *testing.T) {
			d := newDriver(t, p.seed)
			on, colours := color.Color(ansi.Black), darkColours
			if p.light {
				on, colours = ansi.BrightWhite, lightColours
			}
			d.send(tea.BackgroundColorMsg{Color: on})
			d.resize(p.width, p.height)
			p.walk(d)
			got := picture(d.root.View().Content, p.width, p.height, colours)
			path := filepath.Join("..", "docs", p.name+".svg")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(want, got) {
				t.Errorf("%s is not what the program draws (%v); run: go test ./ui -run TestPictures -update", path, err)
			}
		})
	}
}

// No picture is left over from what was.
func TestPicturesAreAllDrawn(t *testing.T) {
	drawn := map[string]bool{}
	for _, p := range shots {
		drawn[p.name+".svg"] = true
	}
	there, err := filepath.Glob(filepath.Join("..", "docs", "*.svg"))
	if err != nil || len(there) == 0 {
		t.Fatal(there, err)
	}
	for _, path := range there {
		if !drawn[filepath.Base(path)] {
			t.Errorf("nothing draws %s", path)
		}
	}
}

const (
	cellWidth  = 8.43
	cellHeight = 18.0
	margins    = 14.0
)

// colours are what a terminal looks like in a picture: its background, its
// letters, faint ones, and those of its sixteen colours that are used.
type colours struct {
	background, letters, faint string
	sixteen                    map[string]string // by the SGR code
}

var (
	darkColours  = colours{"#0d1117", "#e6edf3", "#8b949e", map[string]string{"91": "#ff7b72", "92": "#7ee787", "93": "#e3b341", "96": "#76e3ea"}}
	lightColours = colours{"#ffffff", "#1f2328", "#6e7781", map[string]string{"31": "#cf222e", "32": "#1a7f37", "34": "#0550ae", "35": "#8250df"}}
)

var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// picture draws a frame as SVG, one text element for each run of cells that
// look alike.
func picture(frame string, columns, rows int, in colours) []byte {
	w, h := float64(columns)*cellWidth+2*margins, float64(rows)*cellHeight+2*margins
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">`+"\n", w, h)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" rx="8" fill="%s"/>`+"\n", w, h, in.background)
	for y, line := range strings.Split(frame, "\n") {
		x, look := 0, ""
		for len(line) > 0 {
			at := sgr.FindStringSubmatchIndex(line)
			text := line
			if at != nil {
				text = line[:at[0]]
			}
			x = drawRuns(&b, text, x, y, look, in)
			if at == nil {
				break
			}
			look, line = line[at[2]:at[3]], line[at[1]:]
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

var phrase = regexp.MustCompile(`\S+( \S+)*`)

// drawRuns draws text that looks alike and returns the cell after it. What is
// set apart by more than one blank begins at its own cell exactly.
func drawRuns(b *bytes.Buffer, text string, x, y int, look string, in colours) int {
	for _, at := range phrase.FindAllStringIndex(text, -1) {
		drawRun(b, text[at[0]:at[1]], x+ansi.StringWidth(text[:at[0]]), y, look, in)
	}
	return x + ansi.StringWidth(text)
}

func drawRun(b *bytes.Buffer, text string, x, y int, look string, in colours) {
	fill, attrs := in.letters, ""
	for _, code := range strings.Split(look, ";") {
		switch code {
		case "1":
			attrs += ` font-weight="bold"`
		case "2":
			fill = in.faint
		default:
			if c, ok := in.sixteen[code]; ok {
				fill = c
			}
		}
	}
	fmt.Fprintf(b, `<text xml:space="preserve" x="%.1f" y="%.1f" textLength="%.1f" fill="%s"%s>%s</text>`+"\n", margins+float64(x)*cellWidth,
		margins+float64(y+1)*cellHeight-5, float64(ansi.StringWidth(text))*cellWidth, fill, attrs, html.EscapeString(text))
}
