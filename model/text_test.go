package model

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// hostile holds text that commands a terminal, hides, reorders or draws over
// other text. None of it may get in as a name, and none of it may get out as
// it is.
var hostile = map[string]string{
	"escape, colour":          "bill\x1b[31ming",
	"escape, clear screen":    "\x1b[2J\x1b[Hbilling",
	"escape, title":           "billing\x1b]0;owned\x07",
	"escape, clipboard":       "\x1b]52;c;ZXZpbA==\x1b\\billing",
	"escape, device control":  "\x1bP+q544e\x1b\\",
	"escape, APC":             "\x1b_Gi=1\x1b\\",
	"escape, PM":              "\x1b^x\x1b\\",
	"C1 CSI":                  "bill\u009b31ming",
	"C1 OSC":                  "bill\u009d0;owned\u009c",
	"C1 DCS":                  "bill\u0090qing",
	"C1 next line":            "bill\u0085ing",
	"raw C1 byte":             "bill\x9b31ming",
	"bell":                    "billing\a",
	"backspace":               "billing\b\b\b\b\b\b\bfoo",
	"carriage return":         "billing\rfoo",
	"newline":                 "billing\nfoo",
	"tab":                     "billing\tfoo",
	"vertical tab":            "billing\vfoo",
	"form feed":               "billing\ffoo",
	"delete":                  "billing\x7f",
	"NUL":                     "bill\x00ing",
	"shift out":               "bill\x0eing",
	"bidi override":           "bill\u202egni",
	"bidi embedding":          "bill\u202agni\u202c",
	"bidi isolate":            "bill\u2067gni\u2069",
	"left-to-right mark":      "bill\u200eing",
	"right-to-left mark":      "bill\u200fing",
	"Arabic letter mark":      "bill\u061cing",
	"zero-width space":        "bill\u200bing",
	"zero-width joiner":       "bill\u200ding",
	"zero-width non-joiner":   "bill\u200cing",
	"word joiner":             "bill\u2060ing",
	"invisible times":         "bill\u2062ing",
	"byte order mark":         "\ufeffbilling",
	"soft hyphen":             "bill\u00ading",
	"tag characters":          "billing\U000e0065\U000e0076",
	"language tag":            "billing\U000e0001",
	"variation selector":      "billing\ufe0f",
	"variation selector 17":   "billing\U000e0100",
	"Mongolian selector":      "billing\u180b",
	"Mongolian vowel mark":    "bill\u180eing",
	"Hangul filler":           "bill\u3164ing",
	"halfwidth Hangul filler": "bill\uffa0ing",
	"Hangul choseong filler":  "bill\u115fing",
	"Khmer inherent vowel":    "bill\u17b4ing",
	"grapheme joiner":         "bill\u034fing",
	"no-break space":          "bill\u00a0ing",
	"em space":                "bill\u2003ing",
	"ideographic space":       "bill\u3000ing",
	"line separator":          "bill\u2028ing",
	"paragraph separator":     "bill\u2029ing",
	"private use":             "bill\ue000ing",
	"noncharacter":            "bill\ufffeing",
	"unassigned":              "bill\u0378ing",
	"replacement character":   "bill\ufffding",
	"broken UTF-8":            "bill\xc3(ing",
	"overlong UTF-8":          "bill\xc0\x9bing",
	"surrogate in UTF-8":      "bill\xed\xa0\x80ing",
	"many marks":              "bi" + strings.Repeat("\u0301", 40) + "lling",
	"three marks":             "q\u0301\u0302\u0303",
	"mark first":              "\u0301billing",
	"enclosing first":         "\u20ddbilling",
}

func TestHostileTextIsRefused(t *testing.T) {
	inputs := map[string]func(string) (string, error){
		"name":    func(s string) (string, error) { return cleanName("name", s) },
		"purpose": cleanPurpose,
		"login":   cleanLogin,
		"email":   func(s string) (string, error) { return cleanEmail(s + "@example.com") },
		"scope": func(s string) (string, error) {
			out, err := parseScopes([]string{s + "x"})
			return strings.Join(out, " "), err
		},
	}
	for what, text := range hostile {
		for input, clean := range inputs {
			got, err := clean(text)
			if err == nil {
				t.Errorf("%s: %s %q is accepted as %q", what, input, text, got)
				continue
			}
			if got != "" {
				t.Errorf("%s: %s returns %q beside its error", what, input, got)
			}
			wantAdvice(t, err)
		}
	}
}

// wantAdvice checks that an error about an input names the field, is safe to
// print, and tells a person what to do.
func wantAdvice(t *testing.T, err error) {
	t.Helper()
	words := Sentence(err)
	if !errors.Is(err, ErrInvalid) || FieldOf(err) == "" {
		t.Errorf("%q has code %s and field %q", words, CodeOf(err), FieldOf(err))
	}
	if Printable(words) != words {
		t.Errorf("%q holds what it complains about", words)
	}
	for _, verb := range []string{"Use ", "Write ", "Type ", "Give ", "Choose ", "Copy ", "it starts with"} {
		if strings.Contains(words, verb) {
			return
		}
	}
	t.Errorf("%q does not say what to do", words)
}

func TestPrintableLeavesNothingHostile(t *testing.T) {
	for what, text := range hostile {
		got := Printable(text)
		if got == text {
			t.Errorf("%s: %q comes out as it is", what, text)
		}
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
			t.Errorf("%s: comes out as %q", what, got)
		}
	}
	for in, want := range map[string]string{
		"\x1b[31m":            `\u{1b}[31m`,
		"\u202e":              `\u{202e}`,
		"\x9b":                `\x9b`,
		"a\nb":                `a\u{a}b`,
		"\U000e0041":          `\u{e0041}`,
		"e\u0301\u0302":       "e\u0301\u0302",
		"e\u0301\u0302\u0303": "e\u0301\u0302" + `\u{303}`,
		"日本語 Ürün العربية":    "日本語 Ürün العربية",
		"":                    "",
	} {
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"billing":                     "billing",
		"  Ada   Lovelace ":           "Ada Lovelace",
		"e\u0301clair":                "éclair", // NFC
		"A\u030angstro\u0308m":        "Ångström",
		"\u212bngstrom":               "Ångstrom",
		"O'Neil & Sons (Berlin)":      "O'Neil & Sons (Berlin)",
		"команда":                     "команда",
		"支払い":                         "支払い",
		"פיתוח":                       "פיתוח",
		"हिन्दी":                      "हिन्दी",
		strings.Repeat("é", 64):       strings.Repeat("é", 64),
		strings.Repeat("x\u0331", 64): strings.Repeat("x\u0331", 64), // marks are not counted
	} {
		if got, err := cleanName("application", in); err != nil || got != want {
			t.Errorf("cleanName(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", " ", "     ", strings.Repeat("a", 65), strings.Repeat("é", 65), "a;b", "a|b", "a\"b", "a<b", "a$b", "a`b", "a\\b", "a=b", "😀", "a*"} {
		got, err := cleanName("application", in)
		if err == nil {
			t.Errorf("cleanName(%q) = %q, want an error", in, got)
			continue
		}
		wantAdvice(t, err)
	}
}

func TestCleanPurpose(t *testing.T) {
	if got, err := cleanPurpose("  "); got != "" || err != nil {
		t.Errorf("an empty purpose is %q, %v", got, err)
	}
	long := strings.Repeat("a", 200)
	if got, err := cleanPurpose(long); got != long || err != nil {
		t.Errorf("200 characters are %q, %v", got, err)
	}
	if _, err := cleanPurpose(long + "a"); err == nil {
		t.Error("201 characters are accepted")
	}
	if got, err := cleanPurpose(`Sends "invoices"; asks why? 100%`); err != nil || got == "" {
		t.Errorf("a sentence is refused: %v", err)
	}
}

func TestCleanEmail(t *testing.T) {
	for in, want := range map[string]string{
		"ada@example.com":           "ada@example.com",
		" Ada@Example.COM ":         "ada@example.com",
		"ada.b+test@sub.example.io": "ada.b+test@sub.example.io",
		"o'brien@example.ie":        "o'brien@example.ie",
	} {
		if got, err := cleanEmail(in); err != nil || got != want {
			t.Errorf("cleanEmail(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "ada", "@example.com", "ada@", "ada@@example.com", "ada@example.com, eve@example.com", "Ada <ada@example.com>",
		"\"ada\"@example.com", "ada@exa mple.com", "ada@example.com\nbcc:eve@example.com", "ädä@example.com", "ada@exämple.com", "ada@example.com(x)",
		".ada@example.com", "ada.@example.com", "a..b@example.com", "ada\\@example.com", "ada`id`@example.com", "ada$x@example.com", "ada&b@example.com", "ada*@example.com", strings.Repeat("a", 250) + "@x.de"} {
		got, err := cleanEmail(in)
		if err == nil {
			t.Errorf("cleanEmail(%q) = %q, want an error", in, got)
			continue
		}
		wantAdvice(t, err)
	}
}

func TestCleanLogin(t *testing.T) {
	for _, in := range []string{"ada", "ada.lovelace", "ACME\\ada", "ada@ACME.LOCAL", "svc-billing$", "_www", "jürgen"} {
		if got, err := cleanLogin(" " + in + " "); err != nil || got != in {
			t.Errorf("cleanLogin(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", " ", "a b", "a/b", "a:b", "a;b", "a\"b", strings.Repeat("a", 65)} {
		got, err := cleanLogin(in)
		if err == nil {
			t.Errorf("cleanLogin(%q) = %q, want an error", in, got)
			continue
		}
		wantAdvice(t, err)
	}
}

func TestFold(t *testing.T) {
	alike := []string{"Billing API", "billing-api", "BILLING_API", "billingapi", "b-i l_ling API"}
	for _, a := range alike {
		if Fold(a) != "billingapi" {
			t.Errorf("Fold(%q) = %q", a, Fold(a))
		}
	}
	if Fold("e\u0301clair") != Fold("ÉCLAIR") {
		t.Error("two spellings of the same letter fold apart")
	}
	for _, other := range []string{"billing.api", "billing2api", "bi11ingapi", "billingapis"} {
		if Fold(other) == "billingapi" {
			t.Errorf("%q folds to another name", other)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Printable(s)
		if Printable(got) != got {
			t.Errorf("Printable(%q) = %q, which is not printable", s, got)
		}
		if strings.ContainsFunc(got, hazardous) || !utf8.ValidString(got) {
			t.Errorf("Printable(%q) = %q", s, got)
		}
	})
}

func FuzzCleanName(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Add("Ada Lovelace")
	f.Add("\uf91c\u212b") // letters that NFC replaces
	f.Fuzz(func(t *testing.T, s string) {
		for _, clean := range []func(string) (string, error){
			func(s string) (string, error) { return cleanName("name", s) }, cleanPurpose, cleanLogin, cleanEmail,
		} {
			got, err := clean(s)
			if err != nil {
				wantAdvice(t, err)
				continue
			}
			if again, err := clean(got); err != nil || again != got {
				t.Errorf("%q is clean as %q, and that as %q, %v", s, got, again, err)
			}
			if Printable(got) != got {
				t.Errorf("%q is clean as %q, which is not fit to print", s, got)
			}
		}
		// A login stays as the operating system spells it, a name does not.
		if got, err := cleanName("name", s); err == nil && !norm.NFC.IsNormalString(got) {
			t.Errorf("%q is clean as %q, which is not in NFC", s, got)
		}
	})
}
