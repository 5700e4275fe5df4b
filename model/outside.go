package model

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Rule names why a key is outside the policy, or asks for attention otherwise.
type Rule string

// The rules: the policy's, and those of [Policy.Due] and [Attention].
const (
	RuleNeverExpires   Rule = "never_expires"
	RuleLongLifetime   Rule = "long_lifetime"
	RuleUnused         Rule = "unused"
	RuleSecretDue      Rule = "secret_due"
	RuleLeaver         Rule = "known_to_leaver"
	RuleNotDelivered   Rule = "not_delivered"
	RulePlanned        Rule = "planned"
	RuleFormerlySealed Rule = "formerly_sealed"
	RuleExpiring       Rule = "expiring"
	RuleOldSecretUsed  Rule = "old_secret_used"
)

// KeyFinding is a key that is outside the policy, and why.
type KeyFinding struct {
	Key     Key
	Reasons []Finding
}

// Finding is one rule that a key does not keep, in words: "its secret is 120
// days old, and is due after 90".
type Finding struct {
	Rule  Rule
	Words string
}

// OutsidePolicy lists, by application and api_key, the keys that the member may
// see, that could still be used, and that are outside the policy; at most
// MaxCount. It changes none of them: a policy binds what is set from now on.
func (s *Session) OutsidePolicy(ctx context.Context) ([]KeyFinding, error) {
	p, err := s.Policy(ctx)
	if err != nil {
		return nil, err
	}
	found, _, err := s.outsideAmong(ctx, p, p.outside(s.Now()), math.MaxInt)
	return found, err
}

// CountOutside counts the keys that [Session.OutsidePolicy] lists; least says that
// there may be more. In a team of very many keys not every one is looked at for
// whether it was used.
func (s *Session) CountOutside(ctx context.Context) (n int, least bool, err error) {
	p, err := s.Policy(ctx)
	if err != nil {
		return 0, false, err
	}
	q := p.outside(s.Now())
	q.Attention, q.Limit = Outside, 1
	page, err := s.keys(ctx, &q)
	if err != nil || p.UnusedAfter == 0 {
		return page.Count, page.Over, err
	}
	found, all, err := s.outsideAmong(ctx, p, p.outside(s.Now()), unusedWindows)
	if all {
		return len(found), len(found) == MaxCount, err
	}
	return max(page.Count, len(found)), true, err
}

// outside asks for the keys that could be outside the policy: where it says how
// long a key may be unused, for all of them.
func (p Policy) outside(now time.Time) KeyQuery {
	q := KeyQuery{SecretDueUntil: p.secretDueUntil(now), NeverOutside: !p.MayNeverExpire()}
	if p.LongestLifetime > 0 {
		q.LongestExpiry = p.latestExpiry(now)
	}
	if p.UnusedAfter == 0 {
		q.Attention = Outside
	}
	return q
}

// outsideAmong looks through windows of keys for some that are outside, and
// reports whether it looked at all of them.
func (s *Session) outsideAmong(ctx context.Context, p Policy, q KeyQuery, windows int) (found []KeyFinding, all bool, err error) {
	now := s.Now()
	for ; windows > 0; windows-- {
		page, err := s.keys(ctx, &q)
		if err != nil {
			return nil, false, err
		}
		ks := slices.DeleteFunc(page.Keys, func(k Key) bool { return k.StateAt(now) != Active && k.State != Suspended })
		if err := s.withUsage(ctx, ks); err != nil {
			return nil, false, err
		}
		for _, k := range ks {
			if reasons := p.findings(k, now); len(reasons) > 0 {
				found = append(found, KeyFinding{k, reasons})
			}
		}
		if !page.More || len(found) >= MaxCount {
			return found[:min(len(found), MaxCount)], true, nil
		}
		q.From = page.Next
	}
	return found, false, nil
}

// withUsage fills in what is known of requests, as far as the member, as read in
// the transaction just before, may see it, or fails: a key whose use cannot be
// read is not called unused.
func (s *Session) withUsage(ctx context.Context, ks []Key) error {
	for part := range slices.Chunk(ks, MaxWindow) {
		var ids []KeyID
		for _, k := range part {
			if s.Can(UsageView, k.On()) == nil {
				ids = append(ids, k.ID)
			}
		}
		us, err := s.service.store.Usages(ctx, ids)
		if err != nil {
			return err
		}
		for i, k := range part {
			if part[i].Usage = us[k.ID]; !slices.Contains(ids, k.ID) {
				part[i].Usage = Usage{Key: k.ID, Hidden: true}
			}
		}
	}
	return nil
}

// findings says which rules a key does not keep.
func (p Policy) findings(k Key, now time.Time) []Finding {
	var fs []Finding
	add := func(r Rule, format string, args ...any) {
		fs = append(fs, Finding{r, fmt.Sprintf(format, args...)})
	}
	old := func(since time.Time) int { return int(now.Sub(since) / days(1)) }
	switch {
	case k.ExpiresAt.IsZero() && !p.MayNeverExpire():
		add(RuleNeverExpires, "it never expires")
	case !k.ExpiresAt.IsZero() && p.outlasts(k.ExpiresAt, now):
		add(RuleLongLifetime, "it lasts %s more, and %d are the most", counted(int(k.ExpiresAt.Sub(now)/days(1)), "day"), p.LongestLifetime)
	}
	switch used := k.Usage.At; {
	case p.UnusedAfter == 0 || k.Usage.Hidden: // nobody learns from a rule what they may not see
	case used.IsZero() && old(k.CreatedAt) > p.UnusedAfter:
		add(RuleUnused, "it was not used since it was created %s ago", counted(old(k.CreatedAt), "day"))
	case !used.IsZero() && old(used) > p.UnusedAfter:
		add(RuleUnused, "it was last used %s ago", counted(old(used), "day"))
	}
	if old := p.oldSecret(k, now); old != "" {
		add(RuleSecretDue, "%s", old)
	}
	return fs
}
