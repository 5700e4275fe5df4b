package ui

import (
	"math"
	"strings"
	"testing"
	"time"
)

// A scale ends with a round number that the greatest value fits on, in few
// cells.
func TestScale(t *testing.T) {
	for n, want := range map[int64]string{1: "1", 2: "2", 7: "8", 9: "10", 11: "15", 100: "100", 312: "400", 1_204: "1,500", 9_000: "10k",
		12_040: "15k", 1_204_000: "1.5M", 70_000_000: "80M", 2_000_000_000: "2G"} {
		if got := scaleWords(scaleTop(n)); got != want {
			t.Errorf("%d: a scale to %s, not %s", n, got, want)
		}
	}
	for n := int64(1); n < math.MaxInt64/100; n = n*3 + 1 {
		if top := scaleTop(n); top < n || top > 2*n || width(scaleWords(top)) > scaleWidth {
			t.Errorf("%d: a scale to %d, written %s", n, top, scaleWords(top))
		}
	}
}

// One request can be seen beside a million, and nothing where there was none;
// neither is wider than its room.
func TestChart(t *testing.T) {
	s := newStyles(look{Appearance: Appearance{Lines: DrawnLines, Colours: Off}})
	values := make([]int64, 30)
	values[0], values[29] = 1, 1_000_000
	days := make([]time.Time, len(values))
	for i := range days {
		days[i] = start.AddDate(0, 0, i)
	}
	for _, c := range []chart{{40, 30, 1}, {80, 30, 3}, {120, 30, 6}, {200, 30, 2}} {
		lines := append(c.draw(s, plain, values), c.times(s, days, "2 Jan"))
		for _, l := range lines {
			if width(l) > c.room {
				t.Errorf("%d cells for %+v: %q", width(l), c, l)
			}
		}
		last := lines[c.rows-1]
		if got := strings.Count(last, "▁"); got != max(1, c.cell()-1) || !strings.HasSuffix(last, "█") || strings.Count(lines[0], "█") != got {
			t.Errorf("%+v draws\n%s", c, strings.Join(lines, "\n"))
		}
		if c.rows > 1 && (!strings.Contains(lines[0], "1M") || !strings.Contains(last, "0 │")) {
			t.Errorf("%+v has the scale\n%s", c, strings.Join(lines, "\n"))
		}
		if !strings.Contains(lines[c.rows], "2 Mar") {
			t.Errorf("%+v begins at %q", c, lines[c.rows])
		}
	}
}
