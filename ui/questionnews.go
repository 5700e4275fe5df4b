package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// news is what became of that which a question is about, in words.
type news struct {
	done []string // what others did since it was put
	used string   // when it was last used, "" where nothing is said of that
}

type meanwhileMsg struct {
	id int
	news
}

// telling makes a question say when that was last used which it is about, once
// that was read: what the screen beneath shows may be out of date.
func (q *question) telling(tell func(used string) []string) *question {
	q.tell, q.text = tell, tell("")
	return q
}

// joined puts sentences after one another, without those that are empty.
func joined(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

// reread asks what became of it since the question was put.
func (q *question) reread() tea.Cmd {
	if q.meanwhile == nil || q.sending != 0 {
		return nil
	}
	id, meanwhile := q.request(), q.meanwhile
	q.reading = id
	return q.query(id, func(ctx context.Context) (tea.Msg, error) {
		now, err := meanwhile(ctx)
		return meanwhileMsg{id, now}, err
	})
}

// hear notes the news, for the person to see before they answer; more is whether
// others did something that they have not seen yet.
func (q *question) hear(n news) (more bool) {
	if q.tell != nil {
		q.text, q.told = q.tell(n.used), true
	}
	before := q.news
	if len(n.done) > 0 {
		q.news = "Meanwhile " + strings.Join(n.done, ", and ") + "."
	}
	return q.news != before
}

// hears finds out what became of it since a question was put; more is whether
// others did more than was told already. What cannot be read fails the change,
// too, which says so.
func (c *conversation) hears(ctx context.Context, q *question) (more bool) {
	if q.meanwhile == nil {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	now, err := q.meanwhile(limited)
	if err != nil {
		q.deaf()
		return false
	}
	return q.hear(now)
}

// deaf says that it could not be read when that was last used which the question
// is about, where it never was.
func (q *question) deaf() {
	if q.tell != nil && !q.told {
		q.text = q.tell("The latest use could not be read.")
	}
}

// about makes a question one about a key.
func (q *question) about(k model.Key) *question {
	q.meanwhile = func(ctx context.Context) (news, error) {
		now, es, err := keyNow(ctx, q.session, k.ID)
		return news{meanwhile(es, int(now.Revision-k.Revision)), lastUse(q.surroundings, now)}, err
	}
	return q
}

// aboutMember makes a question one about a member. Whoever may not see the trail
// is not told who it was.
func (q *question) aboutMember(f memberFile) *question {
	q.meanwhile = func(ctx context.Context) (news, error) {
		now := memberFile{}
		var err error
		if now.member, err = memberOf(ctx, q.session, f.member.ID); err != nil {
			return news{}, err
		}
		if err := now.readTrail(ctx, q.session); err != nil {
			return news{}, err
		}
		done := newerEvents(now.events, f)
		if len(done) == 0 && (now.member.Role != f.member.Role || now.member.Status != f.member.Status) {
			done = []string{"somebody changed " + f.member.Name}
		}
		return news{done: done}, nil
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
