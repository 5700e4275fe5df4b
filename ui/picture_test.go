package ui

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// TestPictures holds the pictures in docs/ against the frames that the program
// draws; with -update it draws them anew.
func TestPictures(t *testing.T) {
	for _, p := range []struct {
		name string
		seed func(*driver)
		walk func(*driver)
	}{
		{"list", someKeys, walkTo("2", "down")},
		{"secret", someKeys, func(d *driver) {
			d.press("2", "n")
			d.write("nightly-report")
			d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "enter")
		}},
	} {
		t.Run(p.name, func(t *testing.T) {
			d := newDriver(t, p.seed)
			d.send(tea.BackgroundColorMsg{Color: ansi.Black})
			d.resize(80, 20)
			p.walk(d)
			got := picture(d.root.View().Content, 80, 20)
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

const (
	cellWidth  = 8.43
	cellHeight = 18.0
	margins    = 14.0
)

// colours are what the terminal's sixteen look like in a picture.
var colours = map[string]string{"91": "#ff7b72", "92": "#7ee787", "93": "#e3b341", "96": "#76e3ea"}

var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// picture draws a frame as SVG, one text element for each run of cells that
// look alike.
func picture(frame string, columns, rows int) []byte {
	w, h := float64(columns)*cellWidth+2*margins, float64(rows)*cellHeight+2*margins
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">`+"\n", w, h)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" rx="8" fill="#0d1117"/>`+"\n", w, h)
	for y, line := range strings.Split(frame, "\n") {
		x, look := 0, ""
		for len(line) > 0 {
			at := sgr.FindStringSubmatchIndex(line)
			text := line
			if at != nil {
				text = line[:at[0]]
			}
			x = drawRuns(&b, text, x, y, look)
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
func drawRuns(b *bytes.Buffer, text string, x, y int, look string) int {
	for _, at := range phrase.FindAllStringIndex(text, -1) {
		drawRun(b, text[at[0]:at[1]], x+ansi.StringWidth(text[:at[0]]), y, look)
	}
	return x + ansi.StringWidth(text)
}

func drawRun(b *bytes.Buffer, text string, x, y int, look string) {
	fill, attrs := "#e6edf3", ""
	for _, code := range strings.Split(look, ";") {
		switch code {
		case "1":
			attrs += ` font-weight="bold"`
		case "2":
			fill = "#8b949e"
		default:
			if c, ok := colours[code]; ok {
				fill = c
			}
		}
	}
	fmt.Fprintf(b, `<text xml:space="preserve" x="%.1f" y="%.1f" textLength="%.1f" fill="%s"%s>%s</text>`+"\n", margins+float64(x)*cellWidth,
		margins+float64(y+1)*cellHeight-5, float64(ansi.StringWidth(text))*cellWidth, fill, attrs, html.EscapeString(text))
}
