package model

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newKey(tb testing.TB) *SealingKey {
	tb.Helper()
	k, err := NewSealingKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// Every field of what is sealed changes the seal, but for those named here: a
// new field must be sealed, or its name be added with a reason.
func TestSealsCoverEveryField(t *testing.T) {
	k := newKey(t)
	previous := []byte("previous MAC")
	for _, c := range []struct {
		of     any
		seal   func(any) []byte
		except string // fields that neither a decision nor a permission depends on
	}{
		{Credential{}, func(v any) []byte { return k.sealCredential(v.(Credential)) }, "Seal"},
		{Member{}, func(v any) []byte { return k.sealMember(v.(Member)) }, "CreatedAt Seal Damaged"},
		{Grant{}, func(v any) []byte { return k.sealGrant(v.(Grant)) }, "CreatedAt Seal"},
		{SSHKey{}, func(v any) []byte { return k.sealSSHKey(v.(SSHKey)) }, "CreatedAt UsedAt UseUnknown Seal"},
		{FormerName{}, func(v any) []byte { return k.sealFormerName(v.(FormerName)) }, "Seal"},
		{Application{}, func(v any) []byte { return k.sealApplication(v.(Application)) }, "Purpose CreatedAt Seal Keys Active Partly Former Damaged"},
		{Team{}, func(v any) []byte { return k.sealTeam(v.(Team)) }, "CreatedAt Seal"},
		{Policy{}, func(v any) []byte { return k.sealPolicy(v.(Policy)) }, "Seal"},
		{Head{}, func(v any) []byte { return k.sealHead(v.(Head)) }, "Seal"},
		{Event{}, func(v any) []byte { return k.link(previous, v.(Event)) }, "MAC"},
	} {
		base := filled(reflect.TypeOf(c.of))
		before := c.seal(base.Interface())
		for i := range base.NumField() {
			name := base.Type().Field(i).Name
			altered := filled(base.Type())
			alter(t, altered.Field(i))
			changed := !bytes.Equal(c.seal(altered.Interface()), before)
			if free := strings.Contains(" "+c.except+" ", " "+name+" "); changed == free {
				t.Errorf("%T.%s: changing it changes the seal: %v", c.of, name, changed)
			}
		}
	}
}

// The seal over a key's row covers all of the key that matters.
func TestKeyFieldsReachTheSeal(t *testing.T) {
	k := newKey(t)
	free := " Purpose CreatedAt SecretAt Confirmed Revision Due Seal Usage Findings " // shown, but nothing depends on them
	base := filled(reflect.TypeOf(Key{}))
	before := k.sealCredential(base.Interface().(Key).credential())
	for i := range base.NumField() {
		name := base.Type().Field(i).Name
		altered := filled(base.Type())
		alter(t, altered.Field(i))
		changed := !bytes.Equal(k.sealCredential(altered.Interface().(Key).credential()), before)
		if changed == strings.Contains(free, " "+name+" ") {
			t.Errorf("Key.%s: changing it changes the seal: %v", name, changed)
		}
	}
}

// filled returns an addressable value with something in every field.
func filled(typ reflect.Type) reflect.Value {
	v := reflect.New(typ).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(time.UnixMilli(1_800_000_000_000)))
		case Rate:
			f.Set(reflect.ValueOf(Rate{100, time.Minute}))
		case []Change:
			f.Set(reflect.ValueOf([]Change{{"scopes", "a", "b"}}))
		case []byte:
			f.SetBytes([]byte("bytes"))
		default:
			switch f.Kind() {
			case reflect.String:
				f.SetString("text")
			case reflect.Int, reflect.Int64:
				f.SetInt(7)
			}
		}
	}
	return v
}

func alter(t *testing.T, f reflect.Value) {
	switch v := f.Interface().(type) {
	case time.Time:
		f.Set(reflect.ValueOf(v.Add(time.Millisecond)))
	case Rate:
		f.Set(reflect.ValueOf(Rate{v.Count + 1, v.Per}))
	case []Change:
		f.Set(reflect.ValueOf(append(v, Change{"x", "", ""})))
	case []byte:
		f.SetBytes([]byte("byteS"))
	case []string:
		f.Set(reflect.ValueOf([]string{"a"}))
	case []Finding:
		f.Set(reflect.ValueOf([]Finding{{RuleUnused, "x"}}))
	case Usage:
		f.Set(reflect.ValueOf(Usage{Allowed: 1}))
	default:
		switch f.Kind() {
		case reflect.String:
			f.SetString(f.String() + "x")
		case reflect.Int, reflect.Int64:
			f.SetInt(f.Int() + 1)
		case reflect.Slice:
			if ps, err := parseNetworks([]string{"10.0.0.0/8"}); err == nil {
				f.Set(reflect.ValueOf(ps))
			}
		case reflect.Bool:
			f.SetBool(!f.Bool())
		default:
			t.Fatalf("the test cannot alter a field of kind %s", f.Kind())
		}
	}
}

// Seals of different kinds never stand in for each other, nor do those of
// another sealing key.
func TestSealsAreApart(t *testing.T) {
	k, other := newKey(t), newKey(t)
	seen := map[string]string{}
	for name, seal := range map[string][]byte{
		"credential": k.sealCredential(Credential{}), "member": k.sealMember(Member{}), "grant": k.sealGrant(Grant{}),
		"ssh key": k.sealSSHKey(SSHKey{}), "former name": k.sealFormerName(FormerName{}), "policy": k.sealPolicy(Policy{}),
		"application": k.sealApplication(Application{}), "team": k.sealTeam(Team{}), "check": k.check(), "head": k.sealHead(Head{}), "former link": k.linkAs(unsealedHeadForm, nil, Event{}),
		"link": k.link(nil, Event{}), "secret": k.hashSecret("", 0, Secret{}),
		"another key's credential": other.sealCredential(Credential{}), "another key's check": other.check(),
	} {
		if twin, ok := seen[string(seal)]; ok || len(seal) != 32 {
			t.Errorf("the seals of %s and %q are the same, or not 32 bytes", name, twin)
		}
		seen[string(seal)] = name
	}
}

func TestSecretHashIsBound(t *testing.T) {
	k := newKey(t)
	a, err := ParseSecret(secretVectors[0].text)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseSecret(secretVectors[1].text)
	if err != nil {
		t.Fatal(err)
	}
	base := k.hashSecret("empk_a", 1, a)
	for name, h := range map[string][]byte{
		"another key": k.hashSecret("empk_b", 1, a), "another generation": k.hashSecret("empk_a", 2, a), "another secret": k.hashSecret("empk_a", 1, b),
		"another sealing key": newKey(t).hashSecret("empk_a", 1, a),
	} {
		if bytes.Equal(h, base) {
			t.Errorf("%s has the same hash", name)
		}
	}
	if !bytes.Equal(k.hashSecret("empk_a", 1, a), base) {
		t.Error("hashing twice gives two hashes")
	}
}

// A list of fields can be read back from its encoding, so no two lists share
// one.
func TestFieldsAreUnambiguous(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.String()).Draw(t, "texts")
		var f fields
		for i, s := range texts {
			if i%3 == 2 {
				f = f.bytes([]byte(s))
			} else {
				f = f.text(s)
			}
		}
		rest := []byte(f)
		for i, want := range texts {
			n, used := binary.Uvarint(rest)
			if used <= 0 || n > uint64(len(rest)-used) {
				t.Fatalf("field %d cannot be read back", i)
			}
			if got := string(rest[used : used+int(n)]); got != want {
				t.Fatalf("field %d is %q, want %q", i, got, want)
			}
			rest = rest[used+int(n):]
		}
		if len(rest) > 0 {
			t.Fatalf("%d bytes are left over", len(rest))
		}
	})
	if got := (fields{}).number(-2); len(got) != 9 || got[0] != 8 || binary.BigEndian.Uint64(got[1:]) != ^uint64(1) {
		t.Errorf("a number is written % x", got)
	}
}

func TestSealsTellNeighboursApart(t *testing.T) {
	k := newKey(t)
	for _, pair := range [][2][]byte{
		{k.sealCredential(Credential{Scopes: "ab", Networks: "c"}), k.sealCredential(Credential{Scopes: "a", Networks: "bc"})},
		{k.sealMember(Member{Name: "ab", Email: "c"}), k.sealMember(Member{Name: "a", Email: "bc"})},
		{k.link(nil, Event{Changes: []Change{{"a", "b", "c"}}}), k.link(nil, Event{Changes: []Change{{"ab", "", "c"}}})},
		{k.link(nil, Event{Changes: []Change{{"a", "b", "c"}}, Note: ""}), k.link(nil, Event{Changes: nil, Note: "abc"})},
		{k.link([]byte("x"), Event{}), k.link([]byte("y"), Event{})},
	} {
		if bytes.Equal(pair[0], pair[1]) {
			t.Error("text moved from one field to the next leaves the seal as it was")
		}
	}
}

func TestSealingKeyShowsNothing(t *testing.T) {
	k, err := newKey(t).Next(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := k.root()
	line := strings.SplitAfter(string(k.Encode()), "\n")[1]
	body := strings.Fields(line)[2]
	type holder struct {
		Open, hidden *SealingKey
		inside       struct{ deep *SealingKey }
		any          any
		copied       SealingKey
	}
	h := holder{Open: k, hidden: k, any: k, copied: *k}
	h.inside.deep = k
	for name, v := range map[string]any{"pointer": k, "value": *k, "struct": h, "pointer to struct": &h, "service": NewService(nil, k, time.Now), "error": fmt.Errorf("seal %v %+v", k, h)} {
		var out strings.Builder
		for _, verb := range []string{"v", "s", "x", "X", "q", "d", "c", "e", "t"} {
			for _, flag := range []string{"", "+", "#", " "} {
				fmt.Fprintf(&out, "%"+flag+verb+"\n", v)
			}
		}
		j, _ := json.Marshal(v)
		out.Write(j)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
		for i := 0; i+4 <= len(root); i++ {
			part := root[i : i+4]
			for _, form := range []string{fmt.Sprintf("%x", part), fmt.Sprintf("%X", part), strings.Trim(fmt.Sprint(part), "[]"), body[:12]} {
				if strings.Contains(out.String(), form) {
					t.Fatalf("%s shows key material: %s", name, out.String())
				}
			}
		}
	}
	if got := fmt.Sprint(k); got != "sealing key 2" {
		t.Errorf("it prints as %q", got)
	}
}

// A file of several keys is read and written as it is, and each key in it seals by
// itself.
func TestSealingKeyRing(t *testing.T) {
	first := newKey(t)
	second, err := first.Next(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	third, err := second.Next(rand.Reader)
	if err != nil || !bytes.HasPrefix(third.Encode(), first.Encode()) || bytes.Count(third.Encode(), []byte("\n")) != 3 {
		t.Fatalf("three keys are written %q, %v", third.Encode(), err)
	}
	back, err := ParseSealingKey(string(third.Encode()))
	if err != nil || back.Number() != 3 || !slices.Equal(back.Numbers(), []int{1, 2, 3}) {
		t.Fatalf("they came back as %v, %v", back, err)
	}
	back, err = back.For([]byte("database"))
	if err != nil {
		t.Fatal(err)
	}
	for n, k := range map[int]*SealingKey{1: first, 2: second, 3: third} {
		same, err := k.For([]byte("database"))
		if err != nil || !bytes.Equal(back.numbered(n).sealMember(Member{}), same.sealMember(Member{})) || bytes.Equal(same.sealMember(Member{}), k.sealMember(Member{})) {
			t.Errorf("key %d seals otherwise, %v", n, err)
		}
	}
	if back.numbered(4) != nil || back.numbered(0) != nil {
		t.Error("there is a key of another number")
	}
	lines := strings.SplitAfter(string(third.Encode()), "\n")
	for _, text := range []string{lines[1] + lines[0], lines[0] + lines[0], lines[0] + strings.Replace(lines[1], " 2 ", " 1 ", 1), lines[0] + "\n" + lines[1],
		lines[0] + "x\n", strings.Replace(lines[0], " 1 ", " 1000001 ", 1), "\n" + lines[0], strings.ReplaceAll(lines[0]+lines[1], "\n", "\r\n"), lines[0] + lines[1][:30]} {
		if k, err := ParseSealingKey(text); err == nil || k != nil {
			t.Errorf("%q is read as %v", text, k)
		}
	}
	if k, err := ParseSealingKey(lines[0] + lines[2]); err != nil || !slices.Equal(k.Numbers(), []int{1, 3}) {
		t.Errorf("without the second: %v, %v", k, err)
	}
}

func TestSealingKeyEncoding(t *testing.T) {
	k := newKey(t)
	back, err := ParseSealingKey(string(k.Encode()))
	if err != nil || !bytes.Equal(back.check(), k.check()) || back.Number() != 1 {
		t.Fatalf("it came back as %v, %v", back, err)
	}
	body := strings.Fields(string(k.Encode()))[2]
	for _, s := range []string{"", "\n", body, "empress-sealing-key", "empress-sealing-key 1", "empress-sealing-key 0 " + body, "empress-sealing-key -1 " + body, "empress-sealing-key 01 " + body,
		"empress-sealing-key 1 " + body[:42], "empress-sealing-key 1 " + body + "A", "empress-sealing-key 1 " + body + "=", "empress-sealing-key 1  " + body, "empress-sealing-key 1 " + body + " x",
		"Empress-sealing-key 1 " + body, " empress-sealing-key 1 " + body, "empress-sealing-key 1 " + body + "\n\nx"} {
		if got, err := ParseSealingKey(s); err == nil || got != nil {
			t.Errorf("ParseSealingKey(%q) = %v, %v", s, got, err)
		} else if strings.Contains(fmt.Sprintf("%+v", err), body[:10]) {
			t.Errorf("the error repeats the key: %v", err)
		}
	}
}
