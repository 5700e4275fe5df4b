package ui

import (
	"slices"

	"empress/model"
)

// receive fits an answer in; ok is whether it was the one that is awaited.
func (l *keyList) receive(m keysReadMsg) (ok bool) {
	if m.id != l.asked {
		return false
	}
	chosen := l.chosen()
	l.asked, l.loaded, l.shown = 0, true, m.query
	l.count, l.over, l.asMade = m.page.Count, m.page.Over, m.page.AsMade
	switch m.how {
	case afresh, atTop:
		l.keys, l.before, l.after = m.page.Keys, false, m.page.More
		l.onwards, l.upwards = m.page.Next, nil
		l.cursor, l.top = l.first(), l.first()
		if m.how == afresh && !l.follow(chosen) && filters(l.query) && len(l.keys) > 0 {
			l.cursor = 0 // the first match
		}
	case atEnd:
		l.keys, l.before, l.after = m.page.Keys, m.page.More, false
		l.onwards, l.upwards = nil, m.page.Next
		l.cursor = len(l.keys) - 1
	case onward:
		l.keys, l.after = append(l.keys, m.page.Keys...), m.page.More
		l.onwards = m.page.Next
		if over := len(l.keys) - most; over > 0 { // forget what is far above
			l.keys, l.before = slices.Clone(l.keys[over:]), true
			l.upwards = nil
			l.cursor, l.top = l.cursor-over, l.top-over
		}
	case upward:
		l.keys, l.before = append(m.page.Keys, l.keys...), m.page.More
		l.upwards = m.page.Next
		l.cursor, l.top = l.cursor+len(m.page.Keys), l.top+len(m.page.Keys)
		if len(l.keys) > most { // forget what is far below
			l.keys, l.after = slices.Clone(l.keys[:most]), true
			l.onwards = nil
		}
	case renewed:
		l.renew(m.page, chosen)
	}
	l.move(0)
	return true
}

// renew puts the same stretch, read again, in place of the old one, and keeps
// the cursor on the key that it was on.
func (l *keyList) renew(page model.KeyPage, chosen *model.Key) {
	if l.before && l.after {
		page.Keys = append(l.keys[:1:1], page.Keys...)
	}
	if l.before && !l.after {
		l.before, l.upwards = page.More, page.Next
	} else {
		l.after, l.onwards = page.More, page.Next
	}
	l.keys = page.Keys
	l.follow(chosen)
}

// follow puts the cursor on the key that it was on, where that is still there.
func (l *keyList) follow(chosen *model.Key) bool {
	for i := range l.keys {
		if chosen != nil && l.keys[i].ID == chosen.ID {
			l.cursor = i
			return true
		}
	}
	return false
}
