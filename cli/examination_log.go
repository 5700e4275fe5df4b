package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"empress/model"
	"empress/storage"
)

// log compares the end of the log with the trail: each is a witness of the
// other.
func (e *examination) log() {
	path := e.paths.log
	if path == "" {
		e.fine("log", "No log is kept: EMPRESS_LOG is %s.", noLog)
		return
	}
	wrong := storage.InspectLog(path)
	if len(wrong) == 0 {
		latest, err := latestLogged(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			e.fine("log", "There is no log at %s yet. The next change begins one.", path)
			return
		case err != nil:
			wrong = []string{model.Sentence(err)}
		default:
			wrong = e.witness(latest)
		}
	}
	for _, sentence := range wrong {
		e.wrong("log", sentence)
	}
	switch {
	case len(wrong) > 0:
	case e.paths.server != nil:
		e.fine("log", "%s fits the trail. It has what was changed from this computer.", path)
	default:
		e.fine("log", "%s ends where the trail does.", path)
	}
}

// latestLogged reads the latest event of a log, whose last lines may not be in
// order when several processes wrote them. An empty log is no log yet.
func latestLogged(path string) (model.Entry, error) {
	lines, err := storage.LastLines(path)
	if err == nil && len(lines) == 0 {
		err = fs.ErrNotExist
	}
	var latest model.Entry
	for i, line := range lines {
		entry, err := model.ParseEntry(line)
		if err != nil && i == len(lines)-1 {
			return latest, model.Errorf(model.CodeFailed, "The last line of the log %s is no event. %s", path, newLog(path))
		}
		if err == nil && entry.Seq > latest.Seq {
			latest = entry
		}
	}
	return latest, err
}

// newLog is how to begin a log anew, with all that the trail has.
func newLog(path string) string {
	return "Move it away, then run: empress audit export --out " + path
}

// logPatience is how long a process may take from a change to its line.
const logPatience = 300 * time.Millisecond

// witness says how the latest line does not match the trail, which was read
// after it.
func (e *examination) witness(latest model.Entry) []string {
	var head model.Head
	var same []model.Event
	read := func() error {
		return e.store.Read(e.ctx, func(r model.Reader) (err error) {
			if head, err = r.Head(); err == nil {
				same, err = r.Events(model.EventQuery{Before: latest.Seq + 1, Limit: 1})
			}
			return err
		})
	}
	err := read()
	if err == nil && head.Seq > latest.Seq {
		time.Sleep(logPatience)
		if again, err := latestLogged(e.paths.log); err == nil && again.Seq > latest.Seq {
			latest = again
		}
		err = read()
	}
	switch {
	case err != nil:
		return []string{model.Sentence(err)}
	case latest.Seq > head.Seq:
		return []string{fmt.Sprintf("The log knows of event %d, but the trail ends at event %d: its end was cut off, or an older copy was put in its place. Find out which.", latest.Seq, head.Seq)}
	case len(same) != 1 || same[0].Seq != latest.Seq || !bytes.Equal(same[0].MAC, latest.MAC):
		return []string{fmt.Sprintf("Event %d is another one in the log than in the trail: one of them was changed. Run `empress audit verify`. If the trail is whole: %s", latest.Seq, newLog(e.paths.log))}
	case latest.Seq < head.Seq && e.paths.server == nil: // else another computer's log has the rest
		return []string{fmt.Sprintf("The log ends at event %d, but the trail at event %d. %s", latest.Seq, head.Seq, newLog(e.paths.log))}
	}
	return nil
}
