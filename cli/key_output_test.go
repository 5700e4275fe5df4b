package cli

import (
	"encoding/json"
	"testing"
	"time"

	"empress/model"
)

// A use that is not shown is absent in JSON, where null means that there was
// none, and said to be not shown in words.
func TestUsageNotShown(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		usage      model.Usage
		words      string
		json, from any
	}{
		{model.Usage{}, "never", nil, nil},
		{model.Usage{At: at, Address: "192.0.2.8"}, "2026-03-01 12:00 UTC from 192.0.2.8", "2026-03-01T12:00:00Z", "192.0.2.8"},
		{model.Usage{Hidden: true}, "not shown", "absent", "absent"},
	} {
		if got := lastUse(c.usage); got != c.words {
			t.Errorf("%+v: %q, want %q", c.usage, got, c.words)
		}
		text, err := json.Marshal(newKeyJSON(model.Key{Usage: c.usage}, at))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{"last_used_at": "absent", "last_used_from": "absent"}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if got["last_used_at"] != c.json || got["last_used_from"] != c.from {
			t.Errorf("%+v: %s", c.usage, text)
		}
	}
}
