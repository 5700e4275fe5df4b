package ui

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"empress/model"
)

// width is how many cells text takes.
func width(s string) int { return ansi.StringWidth(s) }

// fit cuts text to at most w cells and marks the cut.
func fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return ansi.Truncate(s, w, "…")
}

// left and right bring text to exactly w cells.
func left(s string, w int) string {
	s = fit(s, w)
	return s + strings.Repeat(" ", max(0, w-width(s)))
}

func right(s string, w int) string {
	s = fit(s, w)
	return strings.Repeat(" ", max(0, w-width(s))) + s
}

// wrap breaks text into lines of at most w cells, at blanks where it can: a
// date, a name, an address and a number with its unit stay in one piece.
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	wrapped := ansi.Wrap(unbreakable.Replace(quantity.ReplaceAllString(s, "$1\u00a0$2")), w, "")
	return strings.Split(breakable.Replace(wrapped), "\n")
}

var (
	quantity    = regexp.MustCompile(`\b(\d+) (s|min|h|d)\b`)
	unbreakable = strings.NewReplacer("-", "\u2011")
	breakable   = strings.NewReplacer("\u2011", "-", "\u00a0", " ")
)

// longestWord is how many cells the widest word takes.
func longestWord(s string) int {
	longest := 0
	for word := range strings.FieldsSeq(s) {
		longest = max(longest, width(word))
	}
	return longest
}

// ago says how long before now something was: "just now", "2 min", "3 h",
// "94 d".
func ago(at, now time.Time) string {
	if at.IsZero() {
		return "never"
	}
	if d := now.Sub(at); d >= time.Minute {
		return span(d)
	}
	return "just now"
}

// span says how long something takes, in the one unit that matters.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

// until says how long it is to an instant, to the nearest unit: a key made for
// 90 days has 90 days a second later.
func until(at, now time.Time) string {
	d := at.Sub(now)
	for _, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if d >= unit {
			return span(d.Round(unit))
		}
	}
	return span(d)
}

// exactly shows an instant in full, in UTC.
func exactly(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format(model.MinuteForm)
}

// since shows an instant in full, and how long ago that was.
func since(at, now time.Time) string { return exactly(at) + " (" + agoWords(at, now) + ")" }

// agoWords says how long ago something was, in a sentence.
func agoWords(at, now time.Time) string {
	words := ago(at, now)
	if at.IsZero() || now.Sub(at) < time.Minute {
		return words
	}
	return words + " ago"
}

// usedAgo says when a key was last used, as far as whoever looks may know it.
func usedAgo(k model.Key, now time.Time, words func(at, now time.Time) string) string {
	if k.Usage.Hidden {
		return "not shown"
	}
	return words(k.Usage.At, now)
}

// usedWords says in a row when a key was last used.
func usedWords(k model.Key, now time.Time) string {
	switch {
	case k.Usage.Hidden:
		return "use not shown"
	case k.Usage.At.IsZero():
		return "never used"
	}
	return "used " + agoWords(k.Usage.At, now)
}

// expiry shows when a key stops working.
func expiry(k model.Key, now time.Time) string {
	if k.ExpiresAt.IsZero() {
		return "never"
	}
	if !k.ExpiresAt.After(now) {
		return fmt.Sprintf("%s (%s ago)", exactly(k.ExpiresAt), ago(k.ExpiresAt, now))
	}
	return fmt.Sprintf("%s (in %s)", exactly(k.ExpiresAt), until(k.ExpiresAt, now))
}

// stateWords says in a word or two how a key is doing, what matters most
// first.
func stateWords(k model.Key, now time.Time) (string, tone) {
	switch state := k.StateAt(now); {
	case state == model.Revoked:
		return "revoked", dim
	case state == model.Expired:
		return "expired", bad
	case state == model.Suspended:
		return "suspended", warning
	case k.Unconfirmed() && k.Due&model.NotDelivered != 0:
		return "not delivered", warning
	case k.Unconfirmed():
		return notConfirmed, warning
	case k.Weak:
		return k.Weakness(), warning
	case !k.ExpiresAt.IsZero() && k.ExpiresAt.Sub(now) < model.ExpiringSoon:
		return "expires in " + until(k.ExpiresAt, now), warning
	}
	return "active", good
}

// count writes a number with its noun: "1 key", "1,200 keys".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// listWords joins words as a sentence does.
func listWords(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// sentenceCase writes the first letter as a capital.
func sentenceCase(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
