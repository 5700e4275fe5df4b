package model

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// The texts were computed apart from the program, with arbitrary-precision
// integers and zlib's crc32.
var secretVectors = []struct{ raw, text string }{
	{"0000000000000000000000000000000000000000000000000000000000000000", "emps_00000000000000000000000000000000000000000004HVjpd"},
	{"0000000000000000000000000000000000000000000000000000000000000001", "emps_00000000000000000000000000000000000000000012uNwvT"},
	{"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "emps_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf3bTRin"},
	{"64646fbc4b7b5a8e31ba9f701573f34fe7f6f7fef0d1a76652c377ddcda8a1cb", "emps_NnyhPYYFidhKKOdRSEhuUhoxutstIFfC4ZyeAh2aDYx00p78y"},
	{"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "emps_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp11DKE85"},
}

func TestSecretVectors(t *testing.T) {
	for _, v := range secretVectors {
		raw, err := hex.DecodeString(v.raw)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newSecret(bytes.NewReader(raw))
		if err != nil || s.Reveal() != v.text {
			t.Errorf("secret of %s is %s, %v; want %s", v.raw, s.Reveal(), err, v.text)
		}
		back, err := ParseSecret(v.text)
		if err != nil || back.Reveal() != v.text {
			t.Errorf("ParseSecret(%s) = %s, %v", v.text, back.Reveal(), err)
		}
	}
}

// Leak scanners find a secret by this expression.
var leakScanner = regexp.MustCompile(`\bemps_[0-9A-Za-z]{49}\b`)

// Every 256-bit number has one spelling and comes back from it, so no digit
// is favoured by a modulus.
func TestSecretHoldsEveryBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "raw")
		s, err := newSecret(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		text := s.Reveal()
		if found := leakScanner.FindString("key=" + text + "\n"); found != text {
			t.Fatalf("the leak scanner finds %q in %q", found, text)
		}
		n := new(big.Int)
		for _, c := range text[len("emps_") : len(text)-6] {
			n.Mul(n, big.NewInt(62)).Add(n, big.NewInt(int64(strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", c))))
		}
		if got := n.FillBytes(make([]byte, 32)); !bytes.Equal(got, raw) {
			t.Fatalf("%x came back as %x", raw, got)
		}
	})
}

func TestParseSecretRefuses(t *testing.T) {
	good := secretVectors[3].text
	bad := map[string]string{
		"empty":            "",
		"prefix alone":     "emps_",
		"key's prefix":     "empk_" + good[5:],
		"upper prefix":     "EMPS_" + good[5:],
		"short":            good[:53],
		"long":             good + "0",
		"blank before":     " " + good,
		"newline after":    good + "\n",
		"dash":             good[:20] + "-" + good[21:],
		"non-ASCII":        good[:20] + "é" + good[22:],
		"NUL":              good[:20] + "\x00" + good[21:],
		"above 2^256":      "emps_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz2XPXBs",
		"exactly 2^256":    "emps_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp2414iMJ",
		"the mask":         Mask,
		"swapped case":     "emps_nNYHpyyfIDHkkoDrsEHUuHOXUTSTifFc4zYEaH2AdyX00P78Y",
		"digits exchanged": good[:6] + good[7:8] + good[6:7] + good[8:],
	}
	for name, s := range bad {
		got, err := ParseSecret(s)
		if err == nil || !got.Empty() {
			t.Errorf("%s: %q is accepted", name, s)
		}
		if err != nil && len(s) > 10 && strings.Contains(fmt.Sprintf("%+v %#v", err, err), s[5:15]) {
			t.Errorf("%s: the error repeats what was given: %v", name, err)
		}
	}
}

// Every error of one character is caught by the checksum. One before what it
// covers leaves what empress did not make.
func TestSecretTypingErrors(t *testing.T) {
	good := secretVectors[3].text
	for i := range len(good) {
		for _, c := range []byte(base62) {
			if c == good[i] {
				continue
			}
			if s, err := ParseSecret(good[:i] + string(c) + good[i+1:]); err == nil && (i >= len(SecretPrefix) || !s.weak()) {
				t.Fatalf("position %d changed to %c is accepted", i, c)
			}
		}
	}
}

func TestRandomSourceFails(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"at once":   iotest.ErrReader(errors.New("no entropy")),
		"too short": bytes.NewReader(make([]byte, 5)),
		"empty":     bytes.NewReader(nil),
	} {
		s, err := newSecret(r)
		wantNoRandom(t, name+": secret", err)
		if !s.Empty() || s.Reveal() != "" {
			t.Errorf("%s: there is a secret nevertheless", name)
		}
		id, err := newKeyID(r)
		wantNoRandom(t, name+": api_key", err)
		if id != "" {
			t.Errorf("%s: there is an api_key nevertheless", name)
		}
		k, err := NewSealingKey(r)
		wantNoRandom(t, name+": sealing key", err)
		if k != nil {
			t.Errorf("%s: there is a sealing key nevertheless", name)
		}
	}
}

func wantNoRandom(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: no error", name)
	}
	if !strings.Contains(Sentence(err), "random") || strings.Contains(Sentence(err), "no entropy") {
		t.Errorf("%s: the sentence is %q", name, Sentence(err))
	}
}

// holder has secrets in every place where a formatter may go round the
// methods of Secret.
type holder struct {
	Open     Secret
	Pointer  *Secret
	Any      any
	List     []Secret
	Array    [1]Secret
	Map      map[string]Secret
	hidden   Secret
	inside   struct{ deep Secret }
	pointer  *Secret
	anything any
	list     []Secret
	table    map[string]Secret
}

func hold(s Secret) holder {
	h := holder{Open: s, Pointer: &s, Any: s, List: []Secret{s}, Array: [1]Secret{s}, Map: map[string]Secret{"k": s},
		hidden: s, pointer: &s, anything: s, list: []Secret{s}, table: map[string]Secret{"k": s}}
	h.inside.deep = s
	return h
}

func TestFormattersShowNoSecret(t *testing.T) {
	s, err := newSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := hold(s)
	values := map[string]any{
		"value": s, "pointer": &s, "struct": h, "pointer to struct": &h, "slice": []any{s, &s}, "map": map[string]any{"secret": s},
		"key of map": map[*Secret]int{&s: 1}, "request": Request{Key: "empk_x", Secret: s}, "pointer to request": &Request{Secret: s},
		"error": fmt.Errorf("regenerate: %v", s), "wrapped": errors.Join(fmt.Errorf("%+v", h), fmt.Errorf("%q", s)),
		"domain error": Errorf(CodeFailed, "no %s %d %x", s, s, s).Because(fmt.Errorf("%#v", h)),
	}
	for name, v := range values {
		for _, verb := range []string{"v", "s", "x", "X", "q", "d", "o", "b", "c", "U", "e", "g", "t", "T", "p"} {
			for _, flag := range []string{"", "+", "#", " ", "0", "-", "80", ".3", "#+"} {
				wantNoSecret(t, name+" as %"+flag+verb, fmt.Sprintf("%"+flag+verb, v), s)
			}
		}
		wantNoSecret(t, name+" printed", fmt.Sprint(v)+fmt.Sprintln(v), s)
		if j, err := json.Marshal(v); err == nil {
			wantNoSecret(t, name+" as JSON", string(j), s)
		}
		if x, err := xml.Marshal(v); err == nil {
			wantNoSecret(t, name+" as XML", string(x), s)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v, slog.Group("g", slog.Any("v", v)))
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", v, slog.Group("g", slog.Any("v", v)))
		wantNoSecret(t, name+" logged", log.String(), s)
	}
	if got := fmt.Sprintf("%v %s %d %+v %#v", s, s, s, s, s); got != strings.Repeat(" "+Mask, 5)[1:] {
		t.Errorf("a secret shows as %q", got)
	}
	if j, err := json.Marshal(s); err != nil || string(j) != `"`+Mask+`"` {
		t.Errorf("a secret in JSON is %s, %v", j, err)
	}
}

// wantNoSecret looks for the secret, or a telling part of it, in the clear and
// in the encodings in which it might hide.
func wantNoSecret(t *testing.T, where, text string, s Secret) {
	t.Helper()
	clearText := s.Reveal()
	for i := len("emps_"); i+10 <= len(clearText); i++ {
		part := clearText[i : i+10]
		for _, form := range []string{part, hex.EncodeToString([]byte(part)), strings.ToUpper(hex.EncodeToString([]byte(part))),
			strings.Trim(fmt.Sprint([]byte(part)), "[]"), base64.StdEncoding.EncodeToString([]byte(clearText))[8:40]} {
			if strings.Contains(text, form) {
				t.Fatalf("%s shows the secret: %s", where, text)
			}
		}
	}
}

func TestWipe(t *testing.T) {
	s, err := newSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, other := s.Reveal(), s
	if s.Empty() || !s.Matches(text) || s.Matches(text[:53]) || s.Matches("") {
		t.Error("a fresh secret does not match itself alone")
	}
	s.Wipe()
	for name, c := range map[string]Secret{"the wiped one": s, "its copy": other} {
		if !c.Empty() || c.Reveal() != "" || c.Matches(text) || c.Matches("") || c.Matches(strings.Repeat("\x00", SecretLen)) {
			t.Errorf("%s is not empty: %q", name, c.Reveal())
		}
	}
	s.Wipe() // twice is fine
	var none Secret
	if !none.Empty() || none.Reveal() != "" || none.Matches("") {
		t.Error("the zero secret is not empty")
	}
}

func TestKeyIDForm(t *testing.T) {
	id, err := newKeyID(bytes.NewReader([]byte{0, 1, 9, 10, 17, 18, 19, 20, 21, 22, 26, 27, 31, 32, 255, 64, 100, 128, 200, 7}))
	if err != nil || id != "empk_019ahjkmnptvz0z04087" {
		t.Errorf("the api_key of fixed bytes is %s, %v", id, err)
	}
	seen := map[rune]int{}
	for range 400 {
		id, err := newKeyID(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseKeyID(string(id)); err != nil || back != id {
			t.Fatalf("ParseKeyID(%s) = %s, %v", id, back, err)
		}
		for _, r := range id[5:] {
			seen[r]++
		}
	}
	if len(seen) != 32 {
		t.Errorf("8000 characters used %d of the 32 of the alphabet", len(seen))
	}
	for _, r := range "ilou" {
		if seen[r] > 0 {
			t.Errorf("%c is easily misread and must not occur", r)
		}
	}
}

func TestParseKeyIDRefuses(t *testing.T) {
	for _, s := range []string{"", "empk_", "empk_0123456789abcdefghj", "empk_0123456789abcdefghjkm", "EMPK_0123456789abcdefghjk",
		"empk_0123456789ABCDEFGHJK", "empk_0123456789abcdefghji", "empk_0123456789abcdefghjl", "empk_0123456789abcdefghjo", "empk_0123456789abcdefghju",
		"emps_0123456789abcdefghjk", " empk_0123456789abcdefghjk", "empk_0123456789abcdefghjk\n", "empk_0123456789abcdefgh\x00k", "empk_0123456789abcdefghé"} {
		if id, err := ParseKeyID(s); err == nil || id != "" || !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseKeyID(%q) = %q, %v", s, id, err)
		}
	}
}

func TestKeyIDShort(t *testing.T) {
	if got := KeyID("empk_7f3c456789abcdef9q2d").Short(); got != "empk_7f3c…9q2d" {
		t.Errorf("shortened to %q", got)
	}
	if got := KeyID("0123456789abcde").Short(); got != "012345678…bcde" {
		t.Errorf("shortened to %q", got)
	}
	if got := KeyID("x").Short(); got != "x" {
		t.Errorf("shortened to %q", got)
	}
}
