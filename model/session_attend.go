package model

import (
	"context"
	"maps"
	"slices"
	"time"
)

// unusedWindows bounds how many windows are looked through for keys that nobody
// used.
const unusedWindows = 20

// keysToAttend reads one window of keys that ask for attention, and says why each
// does.
func (s *Session) keysToAttend(ctx context.Context, q KeyQuery) (KeyPage, error) {
	p, err := s.Policy(ctx)
	if err != nil {
		return KeyPage{}, err
	}
	q.SecretDueUntil = p.secretDueUntil(s.Now())
	old, err := s.oldSecrets(ctx)
	if err != nil && q.Attention == OldSecretUsed {
		return KeyPage{}, err // without what was counted, the other reasons can still be told
	}
	if q.Attention == OldSecretUsed {
		q.IDs = slices.Sorted(maps.Keys(old)) // in order, so that a bound keeps the same ones
		if q.IDs = q.IDs[:min(len(q.IDs), MaxCount)]; len(q.IDs) == 0 {
			return KeyPage{}, nil
		}
	}
	var page KeyPage
	if q.Attention == Unused {
		page, err = s.unusedKeys(ctx, q, p)
	} else if page, err = s.keys(ctx, &q); err == nil {
		s.addUsage(ctx, page.Keys)
	}
	if err != nil {
		return KeyPage{}, err
	}
	now := s.Now()
	for i, k := range page.Keys {
		page.Keys[i].Findings = p.attention(k, old[k.ID], now)
		if !q.ExpiresBy.IsZero() {
			page.Keys[i].Findings = withExpiry(page.Keys[i].Findings, k, now)
		}
	}
	return page, nil
}

// attention says all that asks for attention in a key, the most urgent first.
func (p Policy) attention(k Key, oldUsed bool, now time.Time) []Finding {
	fs := p.Due(k, now)
	if oldUsed {
		fs = append(fs, Finding{RuleOldSecretUsed, "somebody still uses a secret that was replaced"})
	}
	if unused := p.unused(k, now); unused != "" {
		fs = append(fs, Finding{RuleUnused, unused})
	}
	return fs
}

// withExpiry adds to what was found of a key when it expires, however long that
// is ahead.
func withExpiry(fs []Finding, k Key, now time.Time) []Finding {
	if slices.ContainsFunc(fs, func(f Finding) bool { return f.Rule == RuleExpiring }) {
		return fs
	}
	return append(fs, expiring(k, now))
}

// oldSecrets are the keys of which somebody presented a secret in the last day
// that was replaced, and whose usage the member may see.
func (s *Session) oldSecrets(ctx context.Context) (map[KeyID]bool, error) {
	xs, err := s.teamSightings(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[KeyID]bool, len(xs))
	for _, x := range xs {
		found[x.Key] = true
	}
	return found, nil
}

// unusedKeys looks through windows of keys that work for some that nobody used.
func (s *Session) unusedKeys(ctx context.Context, q KeyQuery, p Policy) (KeyPage, error) {
	want := q.Limit
	if want < 1 || want > MaxWindow {
		want = MaxWindow
	}
	if q.State == "" {
		q.State = Active
	}
	var found KeyPage
	for range unusedWindows {
		q.Limit = MaxWindow
		page, err := s.keys(ctx, &q)
		if err != nil {
			return KeyPage{}, err
		}
		if err := s.withUsage(ctx, page.Keys); err != nil {
			return KeyPage{}, err // a key whose use cannot be read is not called unused
		}
		found.More, found.Next = page.More, page.Next
		used := func(k Key) bool { return p.unused(k, s.Now()) == "" }
		page.Keys = slices.DeleteFunc(page.Keys, used)
		if q.Backward {
			found.Keys = append(page.Keys, found.Keys...)
		} else {
			found.Keys = append(found.Keys, page.Keys...)
		}
		if !page.More || len(found.Keys) >= want {
			break
		}
		q.From = page.Next
	}
	found.cut(want, q.Backward)
	found.Count, found.Over = len(found.Keys), found.More || q.From != nil
	return found, nil
}

// cut keeps the first n keys, or the last where backward.
func (p *KeyPage) cut(n int, backward bool) {
	if len(p.Keys) <= n {
		return
	}
	p.More = true
	if backward {
		p.Keys = p.Keys[len(p.Keys)-n:]
		p.Next = &p.Keys[0]
		return
	}
	p.Keys = p.Keys[:n]
	p.Next = &p.Keys[n-1]
}
