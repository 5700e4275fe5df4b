package cli

import (
	"errors"
	"fmt"
	"strings"

	"empress/model"
)

// rotationJSON is the result of a rotation as scripts see it.
type rotationJSON struct {
	Rotated      int          `json:"rotated"` // delivered or not
	Delivered    int          `json:"delivered"`
	NotDelivered int          `json:"not_delivered"`
	LeftOut      int          `json:"left_out"`
	Failed       int          `json:"failed"`
	Unknown      int          `json:"unknown"`
	Remaining    int          `json:"remaining"` // that it did not come to
	SecretsFile  string       `json:"secrets_file,omitempty"`
	Keys         []rotatedKey `json:"keys"`
}

// print says what was done and what was not.
func (r *rotation) print() error {
	if r.t.json {
		j := rotationJSON{r.rotated(), r.tally[delivered], r.tally[notDelivered], r.tally[leftOut], r.tally[failed], r.tally[unknown], r.todo, "", r.keys}
		if r.rotated()+r.tally[unknown] > 0 {
			j.SecretsFile = model.Printable(r.flags.secrets)
		}
		if j.Keys == nil {
			j.Keys = []rotatedKey{}
		}
		return encoder(r.t.out).Encode(j)
	}
	if _, err := fmt.Fprintln(r.t.out, r.sentence()); err != nil {
		return err
	}
	if err := errors.Join(r.printUndone(), r.t.out.Flush()); err != nil {
		return err
	}
	r.advise()
	return nil
}

const nothingDue = "No key is due for a new secret, so nothing was changed."

// sentence is the result for people.
func (r *rotation) sentence() string {
	if len(r.keys)+r.todo == 0 {
		return nothingDue
	}
	parts := []string{count(r.rotated(), "key") + " rotated"}
	for _, p := range []struct {
		n     int
		words string
	}{{r.tally[notDelivered], "not delivered"}, {r.tally[failed], "failed"}, {r.tally[unknown], "unknown"}, {r.tally[leftOut], "left out"}, {r.todo, "not begun"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.words))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// printUndone lists the keys with which something is still to be done.
func (r *rotation) printUndone() error {
	rows := newTable(r.t.out, "APPLICATION", "API KEY", "OUTCOME", "WHY")
	for _, k := range r.keys {
		if k.Outcome != delivered {
			rows.add(k.Application, k.APIKey, strings.ReplaceAll(string(k.Outcome), "_", " "), k.Reason)
		}
	}
	if len(rows.rows) == 1 {
		return nil
	}
	return rows.flush()
}

// advise says what is to be done next.
func (r *rotation) advise() {
	if f := r.flags.secrets; f != "" && r.rotated()+r.tally[unknown] > 0 {
		r.t.note("The new secrets are in %s. Take them to where they are used, then delete it.", f)
	}
	if n := r.tally[notDelivered]; n > 0 {
		r.t.note("Nobody has the secrets that were not delivered. Mend the command, then run it again with --due: those keys are due again.")
	}
	if r.tally[unknown] > 0 {
		r.t.note("Of keys whose outcome is unknown, `empress keys show` tells which secret they have. Rotate them again to be sure.")
	}
	if r.todo > 0 {
		r.t.note("The keys that were not begun have the secrets that they had. %s", r.goOn())
	}
}

// goOn says how what was not begun is done.
func (r *rotation) goOn() string {
	switch {
	case !r.flags.due:
		return "Name them alone to go on."
	case r.flags.secrets != "":
		return "Run the same command with another file to go on."
	}
	return "Run the same command again to go on."
}
