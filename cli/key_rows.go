package cli

import (
	"strings"

	"empress/model"
)

// keyRows is a list of keys.
type keyRows struct {
	*listing
	why bool // each with what was found of it
}

func keyColumns() []string {
	return []string{"APPLICATION", "API KEY", "OWNER", "LAST USED", "EXPIRES", "STATE"}
}

func (t *tree) newKeyRows() keyRows {
	return keyRows{t.newListing("There are no such keys. `empress keys create --application NAME` makes one.", keyColumns()...), false}
}

// newAttentionRows is a list of keys that want attention, and why.
func (t *tree) newAttentionRows() keyRows {
	return keyRows{t.newListing("There are no such keys among those that you may see.", append(keyColumns(), "WHY")...), true}
}

func (r keyRows) add(k model.Key, s *model.Session) error {
	j := newKeyJSON(k, s.Now())
	cells := []string{k.Application, string(k.ID), k.Owner, usedAt(k.Usage), shown(k.ExpiresAt, "never"), stateWords(k, s)}
	if r.why {
		j.Reasons = newReasonsJSON(k.Findings)
		cells = append(cells, reasonWords(k.Findings))
	}
	return r.listing.add(j, cells...)
}

// stateWords is the state of a key, and what is to be known of its secret.
func stateWords(k model.Key, s *model.Session) string {
	words := []string{string(k.StateAt(s.Now()))}
	switch {
	case k.Unconfirmed() && k.Due&model.NotDelivered != 0:
		words = append(words, model.NotDelivered.String())
	case k.Unconfirmed():
		words = append(words, "secret not confirmed")
	}
	if k.Weak {
		words = append(words, k.Weakness())
	}
	return strings.Join(words, ", ")
}

// reasonJSON is why a key is in a list, as scripts see it.
type reasonJSON struct {
	Rule  model.Rule `json:"rule"`
	Words string     `json:"words"`
}

func newReasonsJSON(fs []model.Finding) []reasonJSON {
	out := make([]reasonJSON, len(fs))
	for i, f := range fs {
		out[i] = reasonJSON{f.Rule, model.Printable(f.Words)}
	}
	return out
}

// reasonWords is why a key is in a list, for people.
func reasonWords(fs []model.Finding) string {
	words := make([]string, 0, len(fs))
	for _, f := range fs {
		words = append(words, f.Words)
	}
	return strings.Join(words, "; ")
}
