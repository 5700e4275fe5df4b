package storage

import (
	"fmt"
	"math"
	"time"

	"empress/model"
)

// The clock may run ahead by years for a while, and be put right again. What is
// counted meanwhile neither drives out what was counted before, nor stands for
// the latest use from then on.
const (
	// believedHours is of how many hours something must have been counted before
	// the earliest of the latest so many ages what is kept: a clock that runs
	// ahead for no more than a day in all has nothing removed. Hours beyond what
	// the clock says at the time do not count.
	believedHours = 25
	// clockSlack is how far a stored instant may be ahead of what the clock said
	// last before it is taken for one of a clock that ran ahead, in milliseconds.
	// Batches are folded, and several processes write, well within it.
	clockSlack = int64(time.Hour / time.Millisecond)
)

// present is what the clock said when something was last counted, in
// milliseconds: not the latest instant, as the clock may have run ahead. A batch
// that tells of no time, where nothing else does, makes it the end of all time.
func (w *usageWriter) present() int64 {
	told := model.Millis(w.latest)
	if w.latest.IsZero() {
		told = math.MaxInt64 - clockSlack
	}
	return w.number("SELECT coalesce((SELECT at FROM moments ORDER BY mark DESC LIMIT 1), ?)", told)
}

// later yields the later of a stored and an added instant, or the added one when
// the stored one is of a clock that ran ahead. An added 0 is none.
func (w *usageWriter) later(stored, added string) string {
	return fmt.Sprintf("CASE WHEN %[1]s > %[3]d AND %[2]s > 0 THEN %[2]s WHEN %[1]s > %[2]s THEN %[1]s ELSE %[2]s END", stored, added, w.present()+clockSlack)
}

// lesser yields the lesser of two values.
func lesser(a, b string) string {
	return fmt.Sprintf("CASE WHEN %[1]s < %[2]s THEN %[1]s ELSE %[2]s END", a, b)
}

// maxPruned is how many hours one batch removes: keeping house holds nothing up.
const maxPruned = 500

// prune removes what is kept no longer.
func (w *usageWriter) prune() {
	if w.latest.IsZero() {
		return
	}
	believed := w.number("SELECT coalesce((SELECT DISTINCT hour FROM team_hours WHERE hour <= ? ORDER BY hour DESC LIMIT 1 OFFSET ?), 0)", w.present(), believedHours-1)
	old := believed - model.KeepHours.Milliseconds()
	w.exec("DELETE FROM hours WHERE (key_id, hour, reason) IN (SELECT key_id, hour, reason FROM hours WHERE hour < ? LIMIT ?)", old, maxPruned)
	w.exec("DELETE FROM team_hours WHERE hour < ?", old)
	w.exec("DELETE FROM moments WHERE mark <= (SELECT max(mark) FROM moments) - ?", model.MaxMoments)
	w.exec("DELETE FROM moments WHERE mark < coalesce((SELECT mark FROM moments WHERE at >= ? ORDER BY mark LIMIT 1), ?)", model.Millis(w.latest.Add(-model.KeepMoments)), int64(math.MaxInt64))
	w.expire(believed)
}
