package cli

import (
	"fmt"
	"strings"
	"time"

	"empress/model"
)

// keyJSON is a key as scripts see it.
type keyJSON struct {
	APIKey          string           `json:"api_key"`
	APISecret       string           `json:"api_secret,omitempty"`
	SecretFile      string           `json:"secret_file,omitempty"`
	Application     string           `json:"application"`
	Owner           string           `json:"owner"`
	Purpose         string           `json:"purpose"`
	State           string           `json:"state"`
	Scopes          []string         `json:"scopes"`
	Networks        []string         `json:"networks"`
	Rate            *string          `json:"rate"`
	Generation      model.Generation `json:"generation"`
	CreatedAt       *string          `json:"created_at"`
	SecretCreatedAt *string          `json:"secret_created_at"`
	ExpiresAt       *string          `json:"expires_at"`
	*UsedJSON
	WeakSecret      bool         `json:"weak_secret,omitempty"`      // it was imported
	SecretConfirmed *bool        `json:"secret_confirmed,omitempty"` // absent while a secret is being handed over
	Due             string       `json:"due,omitempty"`              // what was noted of the secret, in words
	Reasons         []reasonJSON `json:"reasons,omitempty"`          // why it is in a list of those that want attention
}

// UsedJSON is when a key was last used, null for never. Where the usage is not
// shown to whoever asks both fields are absent. It is exported to be read, too:
// encoding/json sets no embedded pointer to an unexported type.
type UsedJSON struct {
	LastUsedAt   *string `json:"last_used_at"`
	LastUsedFrom *string `json:"last_used_from"`
}

func newUsedJSON(u model.Usage) *UsedJSON {
	if u.Hidden {
		return nil
	}
	return &UsedJSON{stamp(u.At), text(u.Address)}
}

func newKeyJSON(k model.Key, now time.Time) keyJSON {
	confirmed := k.Confirmed >= k.Generation
	return keyJSON{
		APIKey:          model.Printable(string(k.ID)),
		Application:     model.Printable(k.Application),
		Owner:           model.Printable(k.Owner),
		Purpose:         model.Printable(k.Purpose),
		State:           model.Printable(string(k.StateAt(now))),
		Scopes:          printables(k.Scopes),
		Networks:        networks(k),
		Rate:            text(k.Rate.String()),
		Generation:      k.Generation,
		CreatedAt:       stamp(k.CreatedAt),
		SecretCreatedAt: stamp(k.SecretAt),
		ExpiresAt:       stamp(k.ExpiresAt),
		UsedJSON:        newUsedJSON(k.Usage),
		WeakSecret:      k.Weak,
		SecretConfirmed: &confirmed,
		Due:             dueWords(k),
	}
}

// printables is a list in JSON, which is never null.
func printables(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = model.Printable(s)
	}
	return out
}

func networks(k model.Key) []string {
	out := make([]string, len(k.Networks))
	for i, p := range k.Networks {
		out[i] = p.String()
	}
	return out
}

// secretLine is where keyFacts speaks of the secret.
const secretLine = 2

// keyFacts is a key as people see it.
func keyFacts(k model.Key, now time.Time) []fact {
	facts := []fact{
		{"Application", k.Application},
		{"API key", string(k.ID)},
		{"API secret", secretFact(k)},
		{"State", string(k.StateAt(now))},
		{"Owner", k.Owner},
		{"Purpose", orWord(k.Purpose, "none given")},
		{"Scopes", orWord(strings.Join(k.Scopes, ", "), "none")},
		{"Networks", orWord(strings.Join(networks(k), ", "), "anywhere")},
		{"Rate", orWord(k.Rate.String(), "no limit")},
		{"Created", shown(k.CreatedAt, "")},
		{"Expires", shown(k.ExpiresAt, "never")},
		{"Last used", lastUse(k.Usage)},
	}
	if due := dueWords(k); due != "" {
		facts = append(facts, fact{"Due", "a new secret: " + due})
	}
	return facts
}

// dueWords is what was noted of the secret of a key that is not revoked, ""
// where it was nothing.
func dueWords(k model.Key) string {
	if k.State == model.Revoked {
		return ""
	}
	return k.Due.String()
}

func secretFact(k model.Key) string {
	s := fmt.Sprintf("%s (number %d, made %s)", model.Mask, k.Generation, shown(k.SecretAt, ""))
	if k.Weak {
		s += ", " + k.Weakness() + ": regenerate it soon"
	}
	switch {
	case k.Unconfirmed() && k.Due&model.NotDelivered != 0:
		s += ", " + model.NotDelivered.String() + ": rotate or regenerate it"
	case k.Unconfirmed():
		s += ", not confirmed: regenerate it if it was not stored"
	}
	return s
}

func lastUse(u model.Usage) string {
	if u.At.IsZero() || u.Address == "" {
		return usedAt(u)
	}
	return usedAt(u) + " from " + u.Address
}

func usedAt(u model.Usage) string {
	if u.Hidden {
		return "not shown"
	}
	return shown(u.At, "never")
}
