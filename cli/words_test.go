package cli

import (
	"slices"
	"strings"
	"testing"

	"empress/model"
)

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"": nil, "  \t ": nil, "keys list": {"keys", "list"}, " keys\t list ": {"keys", "list"}, "''": {""}, `a''b""c`: {"abc"}, `'two words' "and \"more\""`: {"two words", `and "more"`},
		`a\ b \' \"`: {"a b", "'", `"`}, `'$HOME *'`: {"$HOME *"}, `"\$x \n"`: {`$x \n`}, "--purpose='a;b'": {"--purpose=a;b"}, "Büro": {"Büro"}, "~ {a,b} #x": {"~", "{a,b}", "#x"},
	} {
		if got, err := splitWords(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", line, got, err)
		}
	}
	for _, line := range []string{"a;b", "a|b", "a&b", "a>b", "a<b", "$a", "`a`", "(a)", "*", "a?", "[a]", "a\nb", "a\rb", "a\x00b", `"$a"`, "\"`a`\"", "'a", `"a`, `a\`} {
		if got, err := splitWords(line); model.CodeOf(err) != codeUsage || strings.ContainsAny(model.Sentence(err), "\n\r\x00") {
			t.Errorf("%q: %q, %v", line, got, err)
		}
	}
}

// FuzzSplitWords holds that words, each between ', are read as they are, and
// that no line makes it stumble.
func FuzzSplitWords(f *testing.F) {
	f.Add("keys", `two 'words'`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if got, err := splitWords(sheltered(a) + " " + sheltered(b)); err != nil || !slices.Equal(got, []string{a, b}) {
			t.Errorf("%q and %q are %q, %v", a, b, got, err)
		}
		_, _ = splitWords(a)
	})
}

// sheltered is a word as a shell reads it.
func sheltered(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
