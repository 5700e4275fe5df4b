package cli

import (
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
)

// eventFilter holds the flags that narrow the trail.
type eventFilter struct {
	query                     model.EventQuery
	key, action, since, until string
}

func (t *tree) addEventFilter(cmd *cobra.Command, e *eventFilter) {
	f := cmd.Flags()
	f.StringVar(&e.key, "key", "", "only events of this API `key`")
	f.StringVar(&e.query.Application, "application", "", "only events of this application, by its exact `name`")
	f.StringVar(&e.action, "action", "", "only this `action`, such as key.created")
	f.StringVar(&e.query.Member, "member", "", "only what this member did, or what was done to them, by `email` or login")
	f.StringVar(&e.since, "since", "", "only from this `time` on: 24h, 7d, a date or an instant")
	f.StringVar(&e.until, "until", "", "only before this `time`")
	f.StringVar(&e.query.Text, "filter", "", "only events with all of these `words`")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"key": t.completeKey, "application": t.completeApplication, "member": t.completeMember})
}

// parsed returns the query that the flags make.
func (e *eventFilter) parsed(cmd *cobra.Command) (model.EventQuery, error) {
	q := e.query
	if err := filled(cmd, "key", "application", "action", "member", "since", "until"); err != nil {
		return q, err
	}
	if e.action != "" && !regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`).MatchString(e.action) {
		return q, usage(cmd, "--action takes the name of an action, such as key.created, not %s.", quoted(e.action))
	}
	q.Action = model.Action(e.action)
	if e.key != "" {
		id, err := model.ParseKeyID(e.key)
		if err != nil {
			return q, err
		}
		q.Key = id
	}
	now := time.Now()
	for _, bound := range []struct {
		name, text string
		to         *time.Time
	}{{"since", e.since, &q.Since}, {"until", e.until, &q.Until}} {
		if bound.text == "" {
			continue
		}
		at, err := model.ParsePast(bound.name, bound.text, now)
		if err != nil {
			return q, err
		}
		*bound.to = at
	}
	return q, nil
}
