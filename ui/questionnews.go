package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// meanwhileMsg says in words what others did to that which a question is about.
type meanwhileMsg struct {
	id   int
	done []string
}

// reread asks what others did since the question was put.
func (q *question) reread() tea.Cmd {
	if q.meanwhile == nil || q.sending != 0 {
		return nil
	}
	id, meanwhile := q.request(), q.meanwhile
	q.reading = id
	return q.query(id, func(ctx context.Context) (tea.Msg, error) {
		done, err := meanwhile(ctx)
		return meanwhileMsg{id, done}, err
	})
}

// hear notes what others did, for the person to see before they answer; more is
// whether they have not seen it yet.
func (q *question) hear(done []string) (more bool) {
	before := q.news
	if len(done) > 0 {
		q.news = "Meanwhile " + strings.Join(done, ", and ") + "."
	}
	return q.news != before
}

// hears tells what others did since a question was put, where there is more
// than was told already. What cannot be read fails the change, too, which says so.
func (c *conversation) hears(ctx context.Context, q *question) (more bool) {
	if q.meanwhile == nil {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	done, err := q.meanwhile(limited)
	if err != nil || !q.hear(done) {
		return false
	}
	c.tell(q.news)
	return true
}

// about makes a question one about a key.
func (q *question) about(k model.Key) *question {
	q.meanwhile = func(ctx context.Context) ([]string, error) {
		now, es, err := keyNow(ctx, q.session, k.ID)
		return meanwhile(es, int(now.Revision-k.Revision)), err
	}
	return q
}

// aboutMember makes a question one about a member. Whoever may not see the trail
// is not told who it was.
func (q *question) aboutMember(f memberFile) *question {
	q.meanwhile = func(ctx context.Context) ([]string, error) {
		now := memberFile{}
		var err error
		if now.member, err = memberOf(ctx, q.session, f.member.ID); err != nil {
			return nil, err
		}
		if err := now.readTrail(ctx, q.session); err != nil {
			return nil, err
		}
		done := newerEvents(now.events, f)
		if len(done) == 0 && (now.member.Role != f.member.Role || now.member.Status != f.member.Status) {
			done = []string{"somebody changed " + f.member.Name}
		}
		return done, nil
	}
	return q
}

// newerEvents are what was done with a member since f was read, in words.
func newerEvents(es []model.Event, f memberFile) []string {
	var seen int64
	if len(f.events) > 0 {
		seen = f.events[0].Seq
	}
	var done []string
	for _, e := range es {
		if e.Seq > seen && e.Outcome == model.Done && e.Member == f.member.Email {
			done = append([]string{e.Sentence()}, done...)
		}
	}
	return done
}
