package model_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// A mark that empress did not store denies every key that expires, in whichever
// process, is told by the audit, and is mended by a reset alone.
func TestSpoiltMark(t *testing.T) {
	for what, sql := range map[string]string{
		"lowered to that of the trail":                "UPDATE head SET mark = (SELECT max(at) FROM events)",
		"raised":                                      "UPDATE head SET mark = mark + 1",
		"its seal taken away":                         "UPDATE head SET seal = x''",
		"of the trail, its seal taken away":           "UPDATE head SET seal = x'', mark = (SELECT max(at) FROM events)",
		"of before an event":                          "UPDATE head SET (mark, seal) = (SELECT mark, seal FROM old_head)",
		"of before an event, with the end of then":    "UPDATE head SET (seq, mac, mark, seal) = (SELECT seq, mac, mark, seal FROM old_head)",
		"with the number of another event in its row": "UPDATE head SET seq = seq + 1",
		"with a trail that is gone":                   "DELETE FROM events",
	} {
		t.Run(what, func(t *testing.T) {
			x := newTeam(t)
			x.tamper("CREATE TABLE old_head AS SELECT * FROM head")
			k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
			lasting, l := x.create(model.KeySpec{Application: "billing", Expires: "never"})
			running := x.reopened()
			x.clock.move(25 * time.Hour)
			x.keep(running)
			x.clock.move(-2 * time.Hour)
			x.tamper(sql)
			x.clock.move(2*time.Hour + time.Second)
			for _, verifier := range []*model.Service{running, x.reopened()} {
				x.keepRefused(verifier)
				x.decides(verifier, model.Request{Key: k.ID, Secret: s}, model.ReasonClockDoubtful)
				x.decides(verifier, model.Request{Key: lasting.ID, Secret: l}, model.ReasonOK)
				if err := verifier.Ready(ctx); !errors.Is(err, model.ErrUnavailable) || !errors.Is(err, model.ErrClockDoubtful) || !strings.Contains(model.Sentence(err), "changed outside empress") {
					t.Errorf("it is ready: %v", err)
				}
			}
			x.clock.move(-time.Second)
			x.decides(running, model.Request{Key: k.ID, Secret: s}, model.ReasonClockDoubtful)
			if report, err := x.service.CheckAudit(ctx); err != nil || report.Found == 0 {
				t.Errorf("the audit says %q, %v", report.Problems, err)
			}
		})
	}
}

// Events do not make a spoilt mark whole; a reset does, in every process.
func TestSpoiltMarkIsMended(t *testing.T) {
	for what, sql := range map[string]string{
		"lowered": "UPDATE head SET mark = 1", "raised by years": "UPDATE head SET mark = mark + 315360000000", "its seal taken away": "UPDATE head SET seal = x''",
	} {
		t.Run(what, func(t *testing.T) {
			x := newTeam(t)
			k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
			request, running := model.Request{Key: k.ID, Secret: s}, x.reopened()
			x.tamper(sql)
			spoilt := x.head()
			x.keepRefused(running)
			x.create(model.KeySpec{Application: "shop"})
			if h := x.head(); !h.Mark.Equal(spoilt.Mark) || string(h.Seal) != string(spoilt.Seal) || h.Seq <= spoilt.Seq {
				t.Errorf("an event makes of %v %v", spoilt, h)
			}
			restarted := x.reopened()
			x.decides(restarted, request, model.ReasonClockDoubtful)
			if report, err := x.service.CheckAudit(ctx); err != nil || report.Found != 1 || !strings.Contains(report.Problems[0], "doctor --reset-clock") {
				t.Errorf("the audit says %q, %v", report.Problems, err)
			}
			x.clock.move(time.Second)
			if err := x.ada.ResetClock(ctx); err != nil {
				t.Fatal(err)
			}
			x.wantSound()
			x.wantReason("where it was mended", request, model.ReasonOK)
			if err := x.service.ClockDoubt(); err != nil {
				t.Errorf("where it was mended: %v", err)
			}
			x.keep(running)
			x.decides(running, request, model.ReasonOK)
			x.keep(restarted)
			x.decides(restarted, request, model.ReasonOK)
			x.decides(x.reopened(), request, model.ReasonOK)
			if h := x.head(); !h.Mark.Equal(x.clock.now()) {
				t.Errorf("the mark is %s", h.Mark)
			}
		})
	}
}

// The process that mends a spoilt mark judges by the new one at once.
func TestResetMendsTheProcessItself(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	x.tamper("UPDATE head SET mark = mark + 1")
	x.keepRefused(x.service)
	request := model.Request{Key: k.ID, Secret: s}
	x.wantReason("spoilt", request, model.ReasonClockDoubtful)
	if err := x.ada.ResetClock(ctx); err != nil {
		t.Fatal(err)
	}
	if err := x.service.ClockDoubt(); err != nil {
		t.Error(err)
	}
	x.wantReason("mended", request, model.ReasonOK)
}

// A grant until a date counts for nothing while the mark is spoilt.
func TestSpoiltMarkDoubtsGrants(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	kim := x.join("kim", model.PlainMember, model.MemberActive)
	if _, err := x.ada.GiveGrant(ctx, "kim", model.KeysCreate, "", x.clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := kim.CreateKey(ctx, model.KeySpec{Application: "billing"}); err != nil {
		t.Fatal(err)
	}
	x.tamper("UPDATE head SET mark = mark - 1")
	x.keepRefused(x.service)
	if _, _, err := kim.CreateKey(ctx, model.KeySpec{Application: "billing"}); !errors.Is(err, model.ErrDenied) {
		t.Errorf("with a spoilt mark: %v", err)
	}
}

// keepRefused lets s store its mark, which leaves a spoilt one as it is.
func (x *team) keepRefused(s *model.Service) {
	x.Helper()
	before := x.head()
	x.keep(s)
	if after := x.head(); !after.Mark.Equal(before.Mark) || string(after.Seal) != string(before.Seal) {
		x.Errorf("a spoilt mark became %s", after.Mark)
	}
}

// What an empress left that sealed no mark is taken in once, as long as the mark
// is that of the trail and nothing has happened since.
func TestMarkOfBeforeSeals(t *testing.T) {
	for _, c := range []struct {
		what  string
		spoil string
		want  model.Reason
	}{
		{"as it was left", "", model.ReasonOK},
		{"ahead of the trail", "UPDATE head SET mark = mark + 1", model.ReasonClockDoubtful},
		{"behind the trail", "UPDATE head SET mark = mark - 1", model.ReasonClockDoubtful},
		{"of an event before the end", "UPDATE head SET seq = seq - 1", model.ReasonClockDoubtful},
		{"beyond the end", "UPDATE head SET seq = seq + 1", model.ReasonClockDoubtful},
		{"with a latest event that was changed", "UPDATE events SET note = 'x' WHERE seq = (SELECT seq FROM head)", model.ReasonClockDoubtful},
	} {
		t.Run(c.what, func(t *testing.T) {
			x := newTeam(t)
			x.clock.move(time.Hour)
			x.create(model.KeySpec{Application: "billing"})
			x.clock.move(-time.Hour)
			if err := x.ada.ResetClock(ctx); err != nil {
				t.Fatal(err)
			}
			ivan := x.join("ivan", model.ITManager, model.MemberActive)
			x.clock.move(2 * time.Minute)
			x.create(model.KeySpec{Application: "billing"})
			x.clock.move(-2 * time.Minute)
			if err := ivan.ResetClock(ctx); !errors.Is(err, model.ErrDenied) {
				t.Fatal(err)
			}
			x.service.Flush(ctx)
			k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
			request := model.Request{Key: k.ID, Secret: s}
			x.unseal()
			if c.spoil != "" {
				x.tamper(c.spoil)
			}
			x.decides(x.reopened(), request, c.want)
			x.decides(x.reopened(), request, c.want)
			if taken := len(x.head().Seal) > 0; taken != (c.want == model.ReasonOK) {
				t.Errorf("it carries a seal: %v", taken)
			}
			if c.want != model.ReasonOK {
				return
			}
			x.wantSound()
			x.create(model.KeySpec{Application: "shop"})
			x.wantSound()
			x.tamper("UPDATE head SET seal = x''") // as if it had never been sealed
			x.decides(x.reopened(), request, model.ReasonClockDoubtful)
		})
	}
}

// Two processes that open such a database at once both trust the mark, though it
// is ahead of the trail when the second comes to seal it.
func TestMarkIsTakenInByTwo(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	x.unseal()
	m := &meddler{Store: x.store}
	m.before = func() {
		first := x.reopened()
		x.clock.move(time.Minute)
		x.keep(first)
	}
	second := model.NewService(m, x.seal, x.clock.now)
	if _, err := second.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if err := second.ClockDoubt(); err != nil {
		t.Error(err)
	}
	x.decides(second, model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
}

// A head that is put right again by whoever spoilt it ends no doubt of its own,
// though the mark was once reset before.
func TestSpoiltMarkPutRightResetsNothing(t *testing.T) {
	x := newTeam(t)
	if err := x.ada.ResetClock(ctx); err != nil {
		t.Fatal(err)
	}
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	x.tamper("UPDATE head SET mark = mark + 1")
	verifier := x.reopened()
	request := model.Request{Key: k.ID, Secret: s}
	x.clock.move(25 * time.Hour)
	x.decides(verifier, request, model.ReasonClockDoubtful)
	x.clock.move(-2 * time.Hour)
	x.tamper("UPDATE head SET mark = mark - 1")
	x.keep(verifier)
	if verifier.MarkSpoilt() {
		t.Error("it is still called spoilt")
	}
	x.decides(verifier, request, model.ReasonClockDoubtful)
}

// unseal makes the database one that an empress left which sealed no mark.
func (x *team) unseal() {
	x.Helper()
	var mac []byte
	for _, e := range x.events(0) {
		mac = x.service.Seals().FormerLink(mac, e)
		x.tamper("UPDATE events SET mac = ? WHERE seq = ?", mac, e.Seq)
	}
	x.tamper("UPDATE head SET mac = ?, seal = x''", mac)
}
