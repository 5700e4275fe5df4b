package model

import (
	"fmt"
	"strings"
	"time"
)

// DueMarks are what was noted of the current secret of a key, and make it due to
// be replaced whatever its age. They end with the secret.
type DueMarks int64

// The marks, each a bit.
const (
	KnownToLeaver   DueMarks = 1 << iota // somebody who was removed was shown it, and it was not replaced
	RotationPlanned                      // somebody decided that it is to be replaced
	NotDelivered                         // a rotation made it, and nobody said that it arrived
	_                                    // stands for a weak secret in the database
	FormerlySealed                       // it is kept under a sealing key that was replaced
)

// dueWords are the words for each mark.
var dueWords = []struct {
	mark  DueMarks
	words string
}{{KnownToLeaver, "known to somebody who left"}, {RotationPlanned, "to be rotated"}, {NotDelivered, "not delivered"},
	{FormerlySealed, "kept under a former sealing key"}}

// String names the marks for people, "" for none.
func (m DueMarks) String() string {
	var words []string
	for _, w := range dueWords {
		if m&w.mark != 0 {
			words = append(words, w.words)
		}
	}
	return strings.Join(words, ", ")
}

// dueMarks are the marks that String names so.
func dueMarks(words string) (m DueMarks) {
	for _, w := range dueWords {
		if strings.Contains(words, w.words) {
			m |= w.mark
		}
	}
	return m
}

// Attention is why keys are looked for.
type Attention string

// The kinds of attention. What is due is a new secret: see [Policy.Due].
const (
	Due           Attention = "due"
	OldSecretUsed Attention = "old_secret_used" // in the last day somebody presented a secret that was replaced
	Outside       Attention = "outside"         // the policy, whether they are used or not
	Unused        Attention = "unused"          // never used, or not for the days of the policy, UnusedByDefault without
)

// UnusedByDefault is how many days a key is not used until it counts as unused,
// where the policy says nothing.
const UnusedByDefault = 90

// The notices that a key expires, in days before: at each of them its secret is
// due once.
var expiryNotices = [...]int{1, 7, 14, 30}

// lastNotice is when the latest notice of an expiry was given; zero for none yet.
func lastNotice(expires, now time.Time) time.Time {
	for _, n := range expiryNotices {
		if at := expires.Add(-days(n)); !expires.IsZero() && !at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// Due says why the secret of a key is to be replaced, nothing where it is not: a
// key that works, and whose secret is too old for the policy, weak or marked, or
// which expires within 30 days and was not rotated since the latest notice; and
// one that is suspended, and whose secret somebody knows who left, or is kept under
// a former sealing key.
func (p Policy) Due(k Key, now time.Time) []Finding {
	var fs []Finding
	add := func(r Rule, format string, args ...any) {
		fs = append(fs, Finding{r, fmt.Sprintf(format, args...)})
	}
	state := k.StateAt(now)
	if k.Due&KnownToLeaver != 0 && (state == Active || state == Suspended) {
		add(RuleLeaver, "somebody who left knows its secret")
	}
	if k.Due&FormerlySealed != 0 && (state == Active || state == Suspended) {
		add(RuleFormerlySealed, "its secret is kept under a former sealing key")
	}
	if state != Active {
		return fs
	}
	if k.Due&NotDelivered != 0 {
		add(RuleNotDelivered, "its new secret was not delivered")
	}
	if k.Due&RotationPlanned != 0 {
		add(RulePlanned, "it was chosen to be rotated")
	}
	if old := p.oldSecret(k, now); old != "" {
		add(RuleSecretDue, "%s", old)
	}
	if at := lastNotice(k.ExpiresAt, now); !at.IsZero() && (k.Generation == 1 || k.SecretAt.Before(at)) {
		fs = append(fs, expiring(k, now))
	}
	return fs
}

// expiring says in words when a key that works expires.
func expiring(k Key, now time.Time) Finding {
	return Finding{RuleExpiring, "it expires in " + until(k.ExpiresAt.Sub(now))}
}

// until is a time that is left, for people, to the nearest unit: a key made for 30
// days has 30 days a second later.
func until(d time.Duration) string {
	switch {
	case d < time.Hour:
		return "less than an hour"
	case d < days(2):
		return counted(int(d.Round(time.Hour)/time.Hour), "hour")
	}
	return counted(int(d.Round(days(1))/days(1)), "day")
}

// oldSecret says in words that the secret of a key is due by its age, or weak.
func (p Policy) oldSecret(k Key, now time.Time) string {
	if k.Weak {
		return "its secret was imported and may be weak, so it is due at once"
	}
	if p.SecretDueAfter == 0 || k.SecretAt.After(p.secretDueUntil(now)) {
		return ""
	}
	return fmt.Sprintf("its secret is %s old, and due after %d", counted(int(now.Sub(k.SecretAt)/days(1)), "day"), p.SecretDueAfter)
}

// secretDueUntil is the latest instant at which a secret was made that is due by
// its age at the instant now; zero where none is.
func (p Policy) secretDueUntil(now time.Time) time.Time {
	if p.SecretDueAfter == 0 {
		return time.Time{}
	}
	return now.Add(-days(p.SecretDueAfter + 1))
}

// unused says in words that nobody used a key that works, "" where somebody did
// or it is not known.
func (p Policy) unused(k Key, now time.Time) string {
	limit := p.UnusedAfter
	if limit == 0 {
		limit = UnusedByDefault
	}
	switch used := k.Usage.At; {
	case k.Usage.Hidden || k.StateAt(now) != Active:
		return ""
	case used.IsZero():
		return "it was never used"
	case now.Sub(used) >= days(limit+1):
		return fmt.Sprintf("it was last used %s ago", counted(int(now.Sub(used)/days(1)), "day"))
	}
	return ""
}
