package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"empress/model"
)

// The headers by which a proxy demands something of a key. Whoever sends one
// can only demand more.
const (
	headerRequireApplication = "X-Empress-Require-Application"
	headerRequireScope       = "X-Empress-Require-Scope"
)

// requirement is what a request must fulfil to pass.
type requirement struct {
	applications []string // that the key must be of: more than one can never be met
	scopes       []string // all of them
	limitStatus  int      // of the answer to whoever is over a rate
}

// unmeetable is a demand that no application's name and no scope meets, as
// neither holds a line break.
const unmeetable = "\n"

// readRequirement collects the demands on a request. Only at exactly the
// verifier's own path are they read from the query, which an operator wrote
// there: a mistake in it is an error. Below it the query is the client's.
func readRequirement(r *http.Request, own bool) (requirement, error) {
	q := requirement{limitStatus: http.StatusTooManyRequests}
	if own {
		if err := q.addQuery(r.URL.RawQuery); err != nil {
			return q, err
		}
	}
	q.addHeaders(r.Header)
	return q, nil
}

func (q *requirement) addQuery(raw string) error {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return errors.New("its query cannot be read")
	}
	for name, vs := range values {
		switch name {
		case "application":
			q.applications = vs
		case "scope":
			q.scopes = vs
		case "limit_status":
			if len(vs) != 1 || vs[0] != "403" && vs[0] != "429" {
				return errors.New("limit_status is 403 or 429")
			}
			if vs[0] == "403" {
				q.limitStatus = http.StatusForbidden
			}
		default:
			return errors.New("its query has more than application, scope and limit_status")
		}
	}
	if len(q.applications) > 1 {
		return errors.New("application is named more than once")
	}
	if slices.Contains(q.applications, "") {
		return errors.New("application is empty")
	}
	return model.CheckDemand(q.application(), q.scopes)
}

// addHeaders adds what the headers demand. What is empty or cannot be read is
// a demand too, one that is never met.
func (q *requirement) addHeaders(h http.Header) {
	for _, v := range h[headerRequireApplication] {
		name, err := url.PathUnescape(v)
		if err != nil || name == "" {
			name = unmeetable
		}
		if !slices.Contains(q.applications, name) {
			q.applications = append(q.applications, name)
		}
	}
	for _, v := range h[headerRequireScope] {
		scopes := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
		if len(scopes) == 0 {
			scopes = []string{unmeetable}
		}
		q.scopes = append(q.scopes, scopes...)
	}
}

// application is the one that is demanded, "" for any.
func (q *requirement) application() string {
	switch len(q.applications) {
	case 0:
		return ""
	case 1:
		return q.applications[0]
	}
	return unmeetable // no key is of two
}
