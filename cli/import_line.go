package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"empress/model"
)

// importLine is a key as a line of an import has it. The fields of an export
// that no key can be made from are known, and left aside.
type importLine struct {
	APIKey      string       `json:"api_key"`
	APISecret   string       `json:"api_secret"`
	Application string       `json:"application"`
	Owner       string       `json:"owner"`
	Purpose     string       `json:"purpose"`
	State       string       `json:"state"`
	Scopes      importWords  `json:"scopes"`
	Networks    importWords  `json:"networks"`
	Rate        string       `json:"rate"`
	ExpiresAt   importExpiry `json:"expires_at"`

	Generation      json.RawMessage `json:"generation"`
	CreatedAt       json.RawMessage `json:"created_at"`
	SecretCreatedAt json.RawMessage `json:"secret_created_at"`
	LastUsedAt      json.RawMessage `json:"last_used_at"`
	LastUsedFrom    json.RawMessage `json:"last_used_from"`
	WeakSecret      json.RawMessage `json:"weak_secret"`
	SecretConfirmed json.RawMessage `json:"secret_confirmed"`
}

// importWords is a list, or one text with blanks or commas between the words.
type importWords []string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *importWords) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*w = listedWords(one)
		return nil
	}
	var list []string
	if json.Unmarshal(b, &list) != nil {
		return errors.New("no list of words")
	}
	*w = list
	return nil
}

func listedWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
}

// importExpiry is a time as --expires takes it; null in JSON is never, as in
// what empress writes.
type importExpiry string

// UnmarshalJSON implements [json.Unmarshaler].
func (e *importExpiry) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*e = "never"
		return nil
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return errors.New("no time")
	}
	*e = importExpiry(s)
	return nil
}

// parseImportJSON reads one line of JSON. No error repeats what is in it: that
// may be a secret.
func parseImportJSON(line []byte) (model.ImportKey, error) {
	var l importLine
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return model.ImportKey{}, wrongJSON(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return model.ImportKey{}, wrongLine("There is more on the line than one JSON object. Write each key on a line of its own.")
	}
	return l.key()
}

func wrongJSON(err error) error {
	if field, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		if strings.Trim(strings.ToLower(field), `"_abcdefghijklmnopqrstuvwxyz`) != "" { // no word, and maybe a secret
			field = "of that name"
		}
		return wrongLine("There is no field %s. The fields are %s.", field, strings.Join(importColumns, ", "))
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return wrongLine("The field %s is not a text. Put it in quotes.", wrong.Field)
	}
	return wrongLine("That is not a JSON object such as {\"application\":\"billing\",\"scopes\":[\"invoices:read\"]}.")
}

func wrongLine(format string, args ...any) error {
	return model.Errorf(model.CodeInvalid, format, args...)
}

// key is what the line asks for, once its credential and its state have a form
// that can be.
func (l importLine) key() (model.ImportKey, error) {
	k := model.ImportKey{State: model.State(l.State), Spec: model.KeySpec{Application: l.Application, Owner: l.Owner, Purpose: l.Purpose,
		Scopes: l.Scopes, Networks: l.Networks, Rate: l.Rate, Expires: string(l.ExpiresAt)}}
	switch k.State {
	case "", model.Active, model.Suspended, model.Expired, model.Revoked:
	default:
		return k, wrongLine("The state is one of active, suspended, expired and revoked, or is not given.")
	}
	if l.APISecret == "" {
		return k, nil // the API key of an export names no key here: a new one is made
	}
	var err error
	if k.ID, err = model.ParseKeyID(l.APIKey); err != nil {
		return k, wrongLine("The api_key is missing or has another form: 8 to 64 letters, digits, _ and -, or that of empress.")
	}
	if k.Secret, err = model.ParseSecret(l.APISecret); err != nil {
		return k, wrongLine("The api_secret has another form: 8 to 128 printable characters without blanks and colons, or that of empress.")
	}
	return k, nil
}
