package model_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"empress/model"
)

// hostile is text that somebody may have got into an event.
var hostile = []string{"", "=1+1", "\x1b]0;x\x07", "\u009b2J", "a\u202eb", "\u200b", "\U000e0041", "a\u0301\u0301\u0301\u0301", "\u2028", "\x7f",
	"\xff\xfe", "half \xe2\x82", "\ufffd", `"quoted\`, "line\nbreak\r", "\x00", "<&>", "{\"mac\":1}", `\u202e`}

func drawEntry(t *rapid.T) model.Entry {
	text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	valid := rapid.Map(text, func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }) // changes are kept as JSON
	draw := func(what string) string { return text.Draw(t, what) }
	bytes := rapid.SliceOfN(rapid.Byte(), 32, 32)
	e := model.Entry{Event: model.Event{
		Seq: rapid.Int64Range(1, 1<<62).Draw(t, "seq"), At: model.FromMillis(rapid.Int64Range(0, 253402300799999).Draw(t, "at")),
		Actor: model.MemberID(rapid.Int64().Draw(t, "actor")), ActorEmail: draw("email"), Via: model.Via(draw("via")), From: draw("from"),
		Action: model.Action(draw("action")), Outcome: model.Outcome(draw("outcome")), Key: model.KeyID(draw("key")), Application: draw("application"),
		Member: draw("member"), Generation: model.Generation(rapid.Int64().Draw(t, "generation")), State: model.State(draw("state")), Note: draw("note"),
		MAC: bytes.Draw(t, "mac")}, Previous: bytes.Draw(t, "previous")}
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		e.Changes = append(e.Changes, model.Change{Field: valid.Draw(t, "field"), Before: valid.Draw(t, "before"), After: valid.Draw(t, "after")})
	}
	return e
}

// A line holds one entry, whatever is in it, draws nothing and reads back as
// it was.
func TestLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t)
		line, err := e.Line()
		if err != nil || strings.Count(string(line), "\n") != 1 || !strings.HasSuffix(string(line), "}\n") || !json.Valid(line) {
			t.Fatalf("%q, %v", line, err)
		}
		if bare := strings.TrimSuffix(string(line), "\n"); model.Printable(bare) != bare {
			t.Fatalf("raw text in %q", bare)
		}
		back, err := model.ParseEntry(line)
		if err != nil || !cmp.Equal(back, e) {
			t.Fatalf("%v: %s", err, cmp.Diff(e, back))
		}
	})
}

// FuzzParseEntry reads lines that anybody may have written: what is accepted
// is the same when it is written and read again.
func FuzzParseEntry(f *testing.F) {
	x := model.Entry{Event: model.Event{Seq: 1, At: time.UnixMilli(1).UTC(), Note: "\xff", MAC: make([]byte, 32)}}
	line, err := x.Line()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(line), "", "null", "{}", "[]", strings.Replace(string(line), `"changes":[]`, `"changes":[{"field":"\ud800"}]`, 1)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := model.ParseEntry(line)
		if err != nil {
			return
		}
		again, err := e.Line()
		if err != nil {
			t.Fatal(err)
		}
		back, err := model.ParseEntry(again)
		if err != nil || !cmp.Equal(back, e) {
			t.Errorf("%v: %s", err, cmp.Diff(e, back))
		}
	})
}

// Entries of a real trail carry the chain: each names the MAC before it.
func TestEntries(t *testing.T) {
	x := newTeam(t)
	for _, name := range []string{"billing", "shop"} {
		k, _ := x.create(model.KeySpec{Application: name})
		if _, err := x.ada.SuspendKey(ctx, k.ID); err != nil {
			t.Fatal(err)
		}
	}
	all, err := x.ada.Entries(ctx, model.EventQuery{})
	if err != nil || int64(len(all)) != x.head().Seq {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	var before []byte
	for i, e := range all {
		if e.Seq != int64(i+1) || string(e.Previous) != string(before) {
			t.Errorf("entry %d: %+v", i, e)
		}
		line, err := e.Line()
		if err != nil {
			t.Fatal(err)
		}
		back, err := model.ParseEntry(line)
		if err != nil || string(x.service.Seals().Link(back)) != string(e.MAC) {
			t.Errorf("entry %d does not fit the chain any more when it is read back: %v", i, err)
		}
		before = e.MAC
	}
	some, err := x.ada.Entries(ctx, model.EventQuery{Application: "shop", After: all[2].Seq, Limit: 2})
	if err != nil || len(some) != 2 || some[0].Application != "shop" || string(some[0].Previous) != string(all[some[0].Seq-2].MAC) {
		t.Errorf("narrowed: %+v, %v", some, err)
	}
	_, err = x.join("pat", model.PlainMember, model.MemberActive).Entries(ctx, model.EventQuery{Key: some[0].Key})
	wantCode(t, "without audit.view", err, model.CodeDenied)
}
