package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"empress/model"
)

// keyTrafficJSON is a key in the list of usage as scripts see it. Where the usage
// is not shown to whoever asks the numbers are absent.
type keyTrafficJSON struct {
	APIKey      string `json:"api_key"`
	Application string `json:"application"`
	Allowed     *int64 `json:"allowed,omitempty"`
	Denied      *int64 `json:"denied,omitempty"`
	*UsedJSON
	Superseded *int64 `json:"superseded_requests,omitempty"`
	Outside    *int   `json:"callers_outside,omitempty"`
}

func newKeyTrafficJSON(r model.KeyTraffic) keyTrafficJSON {
	j := keyTrafficJSON{APIKey: model.Printable(string(r.Key.ID)), Application: model.Printable(r.Key.Application), UsedJSON: newUsedJSON(r.Key.Usage)}
	if !r.Key.Usage.Hidden {
		j.Allowed, j.Denied, j.Superseded, j.Outside = &r.Allowed, &r.Denied, &r.Superseded, &r.Outside
	}
	return j
}

// usageRows is a list of what happened with each key.
type usageRows struct{ *listing }

func (t *tree) newUsageRows() usageRows {
	return usageRows{t.newListing("There are no keys yet. `empress keys create --application NAME` makes one.", "APPLICATION", "API KEY", "ALLOWED", "DENIED", "LAST USED", "ATTENTION")}
}

func (l usageRows) add(r model.KeyTraffic) error {
	allowed, denied := number(r.Allowed), number(r.Denied)
	if r.Key.Usage.Hidden {
		allowed, denied = "-", "-"
	}
	return l.listing.add(newKeyTrafficJSON(r), r.Key.Application, string(r.Key.ID), allowed, denied, usedAt(r.Key.Usage), attention(r))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func attention(r model.KeyTraffic) string {
	var found []string
	if r.Superseded > 0 {
		found = append(found, count(r.Superseded, "request")+" with a replaced secret")
	}
	if r.Outside > 0 {
		found = append(found, count(r.Outside, "caller")+" outside its networks")
	}
	return strings.Join(found, ", ")
}

// usageJSON is what is known of the requests of a key or an application as
// scripts see it.
type usageJSON struct {
	Application string       `json:"application"`
	APIKeys     []string     `json:"api_keys"`
	Since       string       `json:"since"`
	Allowed     int64        `json:"allowed"`
	Denied      int64        `json:"denied"`
	Series      []bucketJSON `json:"series"`
	Denials     []denialJSON `json:"denials"`
	UsedJSON
	Callers    []callerJSON   `json:"callers"`
	Unlisted   int64          `json:"unlisted_requests"`
	Superseded []sightingJSON `json:"superseded"`
}

type bucketJSON struct {
	From    *string `json:"from"`
	Allowed int64   `json:"allowed"`
	Denied  int64   `json:"denied"`
}

type denialJSON struct {
	Reason model.Reason `json:"reason"`
	Count  int64        `json:"count"`
}

type callerJSON struct {
	APIKey      string  `json:"api_key"`
	Address     *string `json:"address"`
	UserAgent   *string `json:"user_agent"`
	FirstSeenAt *string `json:"first_seen_at"`
	LastSeenAt  *string `json:"last_seen_at"`
	Allowed     int64   `json:"allowed"`
	Denied      int64   `json:"denied"`
	Outside     bool    `json:"outside"`
}

type sightingJSON struct {
	APIKey      string           `json:"api_key"`
	Generation  model.Generation `json:"generation"`
	Address     *string          `json:"address"`
	FirstSeenAt *string          `json:"first_seen_at"`
	LastSeenAt  *string          `json:"last_seen_at"`
	Count       int64            `json:"count"`
}

func newUsageJSON(r model.UsageReport) usageJSON {
	j := usageJSON{Application: model.Printable(r.Application.Name), APIKeys: make([]string, len(r.Keys)), Since: string(r.Span),
		Allowed: r.Allowed, Denied: r.Denied, UsedJSON: *newUsedJSON(r.LastUsed()), Unlisted: r.Unlisted(),
		Series: make([]bucketJSON, len(r.Buckets)), Denials: make([]denialJSON, len(r.Denials)),
		Callers: make([]callerJSON, len(r.Callers)), Superseded: make([]sightingJSON, len(r.Superseded))}
	for i, k := range r.Keys {
		j.APIKeys[i] = model.Printable(string(k.ID))
	}
	for i, b := range r.Buckets {
		j.Series[i] = bucketJSON{stamp(b.From), b.Allowed, b.Denied}
	}
	for i, d := range r.Denials {
		j.Denials[i] = denialJSON{model.Reason(model.Printable(string(d.Reason))), d.Count}
	}
	for i, c := range r.Callers {
		j.Callers[i] = callerJSON{model.Printable(string(c.Key)), text(c.Address), text(c.UserAgent), stamp(c.First), stamp(c.Last), c.Allowed, c.Denied, c.Outside}
	}
	for i, x := range r.Superseded {
		j.Superseded[i] = sightingJSON{model.Printable(string(x.Key)), x.Generation, text(x.Address), stamp(x.First), stamp(x.Last), x.Count}
	}
	return j
}

// printUsage leaves out, for people, what there is none of.
func (t *tree) printUsage(r model.UsageReport) error {
	if t.json {
		return encoder(t.out).Encode(newUsageJSON(r))
	}
	err := writeFacts(t.out, append([]fact{{"Application", r.Application.Name}}, usageFacts(r)...)...)
	tables := []*table{t.seriesTable(r.Series), t.denialTable(r.Denials), t.callerTable(r.Callers), t.sightingTable(r.Superseded)}
	for _, rows := range tables {
		if len(rows.rows) == 1 { // the titles alone
			continue
		}
		if err == nil {
			_, err = io.WriteString(t.out, "\n")
		}
		if err == nil {
			err = rows.flush()
		}
	}
	if n := r.Unlisted(); n > 0 && err == nil {
		t.note("%s made by callers that are not listed any more.", haveBeen(n))
	}
	return err
}

func haveBeen(n int64) string {
	if n == 1 {
		return "1 request was"
	}
	return fmt.Sprintf("%d requests were", n)
}

func usageFacts(r model.UsageReport) []fact {
	keys := fact{"Keys", strconv.Itoa(len(r.Keys))}
	if len(r.Keys) == 1 {
		keys = fact{"API key", string(r.Keys[0].ID)}
	}
	return []fact{keys, {"Since", shown(r.Buckets[0].From, "")}, {"Allowed", number(r.Allowed)}, {"Denied", number(r.Denied)}, {"Last used", lastUse(r.LastUsed())}}
}

// seriesTable has the hours or days in which there were requests.
func (t *tree) seriesTable(s model.Series) *table {
	title, form := "DAY", time.DateOnly
	if s.Span.Step() == time.Hour {
		title, form = "HOUR", "2006-01-02 15:04 UTC"
	}
	rows := newTable(t.out, title, "ALLOWED", "DENIED")
	for _, b := range s.Buckets {
		if b.Count != (model.Count{}) {
			rows.add(b.From.Format(form), number(b.Allowed), number(b.Denied))
		}
	}
	return rows
}

func (t *tree) denialTable(ds []model.Denial) *table {
	rows := newTable(t.out, "DENIED", "BECAUSE")
	for _, d := range ds {
		rows.add(number(d.Count), d.Reason.Words())
	}
	return rows
}

func (t *tree) callerTable(cs []model.Caller) *table {
	rows := newTable(t.out, "CALLER", "USER AGENT", "FIRST SEEN", "LAST SEEN", "ALLOWED", "DENIED", "NETWORKS")
	for _, c := range cs {
		where := ""
		if c.Outside {
			where = "outside"
		}
		rows.add(orWord(c.Address, "unknown"), orWord(c.UserAgent, "-"), shown(c.First, ""), shown(c.Last, ""), number(c.Allowed), number(c.Denied), where)
	}
	return rows
}

func (t *tree) sightingTable(xs []model.Sighting) *table {
	rows := newTable(t.out, "REPLACED SECRET", "STILL USED BY", "REQUESTS", "FIRST SEEN", "LAST SEEN")
	for _, x := range xs {
		rows.add(fmt.Sprintf("number %d", x.Generation), orWord(x.Address, "unknown"), number(x.Count), shown(x.First, ""), shown(x.Last, ""))
	}
	return rows
}
