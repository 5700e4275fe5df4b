package cli

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"empress/model"
)

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                                 nil,
		" \t ":                             nil,
		"keys list":                        {"keys", "list"},
		"\tkeys  list ":                    {"keys", "list"},
		`''`:                               {""},
		`a''b`:                             {"ab"},
		`--name='Ada L' x`:                 {"--name=Ada L", "x"},
		`'a"b\$(c)*;'`:                     {`a"b\$(c)*;`},
		`"a'b" "c\"d" "e\\f" "g\$h" "i\j"`: {"a'b", `c"d`, `e\f`, "g$h", `i\j`},
		`a\ b \' \" \\ \;`:                 {"a b", "'", `"`, `\`, ";"},
		`~ # {a,b} ! =`:                    {"~", "#", "{a,b}", "!", "="}, // as they are
		"é 日本\u00a0x":                      {"é", "日本\u00a0x"},
	} {
		if got, err := splitWords(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", line, got, err, want)
		}
	}
}

func TestSplitWordsRefuses(t *testing.T) {
	for line, mend := range map[string]string{
		`'`: "another pair", `a "b`: "another pair", `"a\"`: "another pair", `a\`: "another pair",
		"a\nb": "one line", "'a\nb'": "one line", "a\r": "one line", "a\x00b": "one line", "\"\x1b[m\"": "one line", "a\u009bb": "one line", "\\\n": "one line",
		"a\x80b": "one line", "\xc2\\\x9b": "one line", "\xc2''\x9b": "one line", "'\xc2'\x9b": "one line",
		"a;b": "between '", "a&&b": "between '", "a|b": "between '", "a>b": "between '", "a<b": "between '", "$A": "between '", "`a`": "between '",
		`"$A"`: "between '", "\"`a`\"": "between '", "a*": "between '", "a?": "between '", "[a]": "between '", "(a)": "between '",
	} {
		words, err := splitWords(line)
		if words != nil || model.CodeOf(err) != codeUsage || !strings.Contains(model.Sentence(err), mend) {
			t.Errorf("%q: %q, %v", line, words, err)
		}
	}
}

// inQuotes writes words so that they are split into the same words again.
func inQuotes(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i%2 == 0 {
			b.WriteString("'" + strings.ReplaceAll(w, "'", `'\''`) + "' ")
		} else {
			b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(w) + "\"\t")
		}
	}
	return b.String()
}

func FuzzSplitWords(f *testing.F) {
	for _, line := range []string{"", "keys list", `--name 'Ada "L"' "a\"b" c\ d ''`, `'`, `"\`, "a\x80b", "$(id)"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := splitWords(line)
		if err != nil && (words != nil || model.CodeOf(err) != codeUsage) {
			t.Fatalf("%q and %v", words, err)
		}
		again, err := splitWords(inQuotes(words))
		if err != nil || !slices.Equal(words, again) {
			t.Fatalf("%q became %q: %v", words, again, err)
		}
		text := strings.Map(func(r rune) rune { // a word of anything that may be in one
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(line, "?"))
		if got, err := splitWords(inQuotes([]string{text, text})); err != nil || !slices.Equal(got, []string{text, text}) {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
	})
}
