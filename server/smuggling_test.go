package server

import (
	"fmt"
	"strings"
)

// smuggle sends requests and looks at what reaches the backend.
func (f *front) smuggle(attempts []string) {
	f.Helper()
	reached := 0
	for _, a := range attempts {
		f.raw(a)
		for _, r := range f.take() {
			reached++
			f.clean(a, r)
		}
	}
	f.Logf("%d attempts, of which %d reached the backend", len(attempts), reached)
	if len(attempts) < 40 || reached < len(attempts)/2 {
		f.Errorf("%d attempts, of which %d reached the backend: too few to show anything", len(attempts), reached)
	}
}

// get is a request with more header lines.
func get(target, lines string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\n" + lines + "\r\n"
}

// smuggling lists requests that try to reach the backend with a header of
// theirs, or with another request inside.
func smuggling(auth string) (requests []string) {
	header := func(lines string) { requests = append(requests, get("/", lines+auth), get("/", auth+lines)) }
	for name := range strings.FieldsSeq("X-Empress-Key X-Empress-Application X-Empress-Owner X-Empress-Team X-Empress-Scopes X-Empress-Require-Scope") {
		header(name + ": evil\r\n")
	}
	for name := range strings.FieldsSeq("x-empress-owner X-EMPRESS-OWNER x-EmPrEsS-oWnEr X_Empress_Owner x_empress_owner X-Empress_Owner X_Empress-Owner X_EMPRESS_KEY") {
		header(name + ": evil\r\n")
	}
	for _, lines := range []string{
		"X-Empress-Owner: evil\r\nX-Empress-Owner: worse\r\n",
		"X-Empress-Owner:\r\n",
		"X-Empress-Owner:evil,\t ada@example.com\r\n",
		"X-Fold: a\r\n X-Empress-Owner: evil\r\n",
		"X-Empress-Owner:\r\n evil\r\n",
		"X-Empress-Owner : evil\r\n",
		"X-Empress-Owner\t: evil\r\n",
		"X-Bare: a\nX-Empress-Owner: evil\r\n",
		"X-Return: a\rX-Empress-Owner: evil\r\n",
		"X-Null: a\x00\r\nX-Empress-Owner: evil\r\n",
		"X-Empress-Require-Scope: read\r\nX-Empress-Require-Application: billing\r\n",
		"Connection: X-Empress-Owner, X-Empress-Key\r\nX-Empress-Owner: evil\r\n",
		"X-Forwarded-For: 10.0.0.1\r\nX-Real-Ip: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\n",
		"X-Http-Method-Override: PUT\r\nX-Original-Uri: /hidden\r\nX-Rewrite-Url: /hidden\r\nX-Forwarded-Uri: /hidden\r\n",
	} {
		header(lines)
	}
	hidden := "GET /hidden HTTP/1.1\r\nHost: app.example.com\r\nX-Empress-Owner: evil\r\n\r\n"
	post := "POST / HTTP/1.1\r\nHost: app.example.com\r\n" + auth
	return append(requests,
		fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", post, len(hidden), hidden),
		post+"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"+hidden,
		fmt.Sprintf("%sContent-Length: %d\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n%s", post, len(hidden)+5, hidden),
		fmt.Sprintf("%sContent-Length: 0\r\nContent-Length: %d\r\n\r\n%s", post, len(hidden), hidden),
		post+"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"+hidden,
		post+"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"+hidden,
		post+"Connection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Empress-Owner\r\n\r\n1\r\nx\r\n0\r\nX-Empress-Owner: evil\r\nX-Empress-Key: evil\r\n\r\n",
		post+"Content-Length: +5\r\n\r\nhello"+hidden,
		strings.Replace(get("/", auth+"X-Empress-Owner: evil\r\n"), "HTTP/1.1", "HTTP/1.0", 1),
		get("http://app.example.com/", auth+"X-Empress-Owner: evil\r\n"),
		get("//x/../y;z?application=edge&limit_status=200", auth+"X-Empress-Owner: evil\r\n"),
		get("/_empress", auth+"X-Empress-Owner: evil\r\n"),
		get("/", auth+"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nX-Empress-Owner: evil\r\n"),
	)
}
