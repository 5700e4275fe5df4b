package ui

import (
	"context"
	"time"

	"empress/model"
)

// usage tells the requests that a page of them shows, one span after the other.
func (c *conversation) usage(ctx context.Context, title string, p *usagePage) error {
	return repeat(ctx, func(ctx context.Context) error {
		var r model.UsageReport
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			r, err = p.read(ctx, c.session, p.span)
			return err
		}); err != nil {
			return err
		}
		c.title(title + ", the last " + spanWords(r.Span))
		c.tellUsage(r)
		var ways []way
		for _, span := range model.UsageSpans() {
			ways = append(ways, way{name: "The last " + spanWords(span), open: func(context.Context) error {
				p.span = span
				return nil
			}})
		}
		return c.choose(ctx, orBack(numbered(ways...)...))
	})
}

// tellUsage tells what is known of requests: the hours or days in which there
// were some, the latest last.
func (c *conversation) tellUsage(r model.UsageReport) {
	now := c.session.Now()
	c.tell(totalWords(r, now))
	c.tell(keysWords(r))
	form := "2006-01-02 15:04 UTC"
	if r.Span.Step() != time.Hour {
		form = time.DateOnly
	}
	for _, b := range r.Buckets {
		if b.Count != (model.Count{}) {
			c.facts(Fact{b.From.Format(form), allowedWords(b.Count)})
		}
	}
	for _, x := range r.Superseded {
		c.tell(sightingWords(r, x, now))
	}
	for _, d := range r.Denials {
		c.facts(Fact{"Denied", d.Reason.Words() + ", " + times(d.Count)})
	}
	for _, one := range r.Callers {
		words := addressWords(one.Address) + ", " + callerWords(r, one, now)
		if one.Outside {
			words += ", " + outsideNetworks
		}
		c.facts(Fact{"Caller", words})
	}
	if n := r.Unlisted(); n > 0 {
		c.tell(unlistedWords(n))
	}
}
