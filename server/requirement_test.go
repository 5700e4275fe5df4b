package server

import (
	"net/http"
	"net/url"
	"testing"

	"empress/model"
)

func TestRequirements(t *testing.T) {
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing", Scopes: []string{"read", "write"}})
	x.create(model.KeySpec{Application: "Büro 東"})
	const application, scope = headerRequireApplication, headerRequireScope
	for _, c := range []struct {
		target  string
		headers []string
		status  int
		reason  model.Reason
	}{
		{"/verify", nil, 200, "ok"},
		{"/verify?application=billing", nil, 200, "ok"},
		{"/verify?application=billing&scope=read&scope=write&limit_status=403", nil, 200, "ok"},
		{"/verify?application=edge", nil, 403, "wrong_application"},
		{"/verify?application=B%C3%BCro+%E6%9D%B1", nil, 403, "wrong_application"},
		{"/verify?scope=read&scope=admin", nil, 403, "missing_scope"},

		// What an operator can only have got wrong.
		{"/verify?aplication=billing", nil, 400, "bad_request"},
		{"/verify?application=", nil, 400, "bad_request"},
		{"/verify?application=billing&application=edge", nil, 400, "bad_request"},
		{"/verify?application=billing&application=billing", nil, 400, "bad_request"},
		{"/verify?application=%20billing", nil, 400, "bad_request"},
		{"/verify?application=%FF", nil, 400, "bad_request"},
		{"/verify?application=a%0Ab", nil, 400, "bad_request"},
		{"/verify?scope=", nil, 400, "bad_request"},
		{"/verify?scope=read,write", nil, 400, "bad_request"},
		{"/verify?scope=Read", nil, 400, "bad_request"},
		{"/verify?limit_status=500", nil, 400, "bad_request"},
		{"/verify?limit_status=403&limit_status=403", nil, 400, "bad_request"},
		{"/verify?application=billing;scope=read", nil, 400, "bad_request"},
		{"/verify?application=%zz", nil, 400, "bad_request"},
		{"/verify?" + url.Values{"token": {good}}.Encode(), nil, 400, "bad_request"},

		// Below it the query is the client's.
		{"/verify/", nil, 200, "ok"},
		{"/verify/invoices?application=edge&scope=admin&limit_status=500&%zz;", nil, 200, "ok"},
		{"/verify//", nil, 200, "ok"},
		{"/verify/../../x", nil, 200, "ok"},
		{"/verify/invoices", []string{application, "billing", scope, "read"}, 200, "ok"},
		{"/verify/invoices", []string{application, "edge"}, 403, "wrong_application"},
		{"/verify/invoices", []string{scope, "admin"}, 403, "missing_scope"},
		{"/verify/invoices?scope=read", []string{scope, "admin"}, 403, "missing_scope"},

		// Headers demand more, never less.
		{"/verify?application=billing", []string{application, "billing"}, 200, "ok"},
		{"/verify?application=billing", []string{application, "edge"}, 403, "wrong_application"},
		{"/verify?application=edge", []string{application, "billing"}, 403, "wrong_application"},
		{"/verify?scope=read", []string{scope, "write"}, 200, "ok"},
		{"/verify?scope=read", []string{scope, "admin"}, 403, "missing_scope"},
		{"/verify", []string{application, "billing", application, "billing"}, 200, "ok"},
		{"/verify", []string{application, "billing", application, "edge"}, 403, "wrong_application"},
		{"/verify", []string{application, "billing, billing"}, 403, "wrong_application"},
		{"/verify", []string{application, ""}, 403, "wrong_application"},
		{"/verify", []string{application, "%"}, 403, "wrong_application"},
		{"/verify", []string{application, "%62illing"}, 200, "ok"},
		{"/verify", []string{scope, "read write", scope, "read,write"}, 200, "ok"},
		{"/verify", []string{scope, "read", scope, "admin"}, 403, "missing_scope"},
		{"/verify", []string{scope, ""}, 403, "missing_scope"},
		{"/verify", []string{scope, " , "}, 403, "missing_scope"},
		{"/verify", []string{scope, "Read"}, 403, "missing_scope"},
	} {
		a := x.ask(c.target, append(c.headers, "Authorization", "token "+good)...)
		if a.status != c.status || a.Reason != c.reason {
			t.Errorf("%s %q: answered %d %s, want %d %s", c.target, c.headers, a.status, a.text, c.status, c.reason)
		}
	}
}

// TestRequirementNames demands applications whose names are not ASCII, as they
// are and percent-encoded.
func TestRequirementNames(t *testing.T) {
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "Büro 東"})
	for _, name := range []string{"Büro 東", "B%C3%BCro%20%E6%9D%B1", ascii("Büro 東")} {
		a := x.ask("/verify/", headerRequireApplication, name, "Authorization", "token "+good)
		a.is(t, http.StatusOK, "ok")
		if got := a.header.Get(headerApplication); got != "B%C3%BCro %E6%9D%B1" {
			t.Errorf("the application is %q", got)
		}
	}
}

// TestPaths asks at other paths than the verifier's.
func TestPaths(t *testing.T) {
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	for _, path := range []string{"/", "/verif", "/verifyx", "/Verify", "/%76erify", "/verify%2f", "//verify", "/x/../verify", "/metrics/", "/healthz/x"} {
		x.ask(path, "Authorization", "token "+good).is(t, http.StatusNotFound, "not_found")
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
		for _, path := range []string{"/verify", "/verify/deep/down"} {
			r := newRequest(method, path)
			r.Header.Set("Authorization", "token "+good)
			x.send(r).is(t, http.StatusOK, "ok")
		}
	}
	x.send(newRequest("POST", "/healthz")).is(t, http.StatusMethodNotAllowed, "method_not_allowed")
}
