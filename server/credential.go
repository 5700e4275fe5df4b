package server

import (
	"encoding/base64"
	"net/http"
	"strings"

	"empress/model"
)

// The headers that carry credentials.
const (
	headerAuthorization = "Authorization"
	headerAPIKey        = "X-Api-Key"
	headerAPISecret     = "X-Api-Secret"
)

// credential is what a client presents. The zero value is none that could be
// right.
type credential struct {
	key       model.KeyID
	secret    model.Secret
	presented bool // something was, well-formed or not
}

// readCredential finds the one credential among the headers:
//
//	Authorization: token KEY:SECRET
//	Authorization: Bearer KEY:SECRET
//	Authorization: Basic base64(KEY:SECRET)     RFC 7617
//	X-Api-Key: KEY and X-Api-Secret: SECRET
//
// Two at once, or half of one beside another, are none: a proxy and a backend
// could take different ones for the one that counts.
func readCredential(h http.Header) credential {
	authorization, keys, secrets := h[headerAuthorization], h[headerAPIKey], h[headerAPISecret]
	c := credential{presented: len(authorization)+len(keys)+len(secrets) > 0}
	switch {
	case len(authorization) == 1 && len(keys)+len(secrets) == 0:
		key, secret, _ := strings.Cut(authorized(authorization[0]), ":")
		c.take(key, secret)
	case len(authorization) == 0 && len(keys) == 1 && len(secrets) == 1:
		c.take(keys[0], secrets[0])
	}
	return c
}

// authorized returns KEY:SECRET from the value of an Authorization header, ""
// when it is in no form that is understood. The name of a scheme is written in
// any case (RFC 9110, 11.1).
func authorized(value string) string {
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimLeft(rest, " ")
	switch strings.ToLower(scheme) {
	case "token", "bearer":
		return rest
	case "basic":
		raw, err := base64.StdEncoding.Strict().DecodeString(rest)
		if err == nil && !strings.ContainsAny(rest, "\r\n") { // which the decoder skips
			return string(raw)
		}
	}
	return ""
}

func (c *credential) take(key, secret string) {
	if id, s, err := model.ParsePair(key, secret); err == nil {
		c.key, c.secret = id, s
	}
}
