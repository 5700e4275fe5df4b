package ui

import (
	"context"
	"testing"

	"empress/model"
)

// Whoever looks at a new secret is told when somebody else makes it worthless.
func TestSecretStanding(t *testing.T) {
	ctx := context.Background()
	for words, act := range map[string]func(s *model.Session, k model.Key) error{
		"Somebody regenerated the secret of billing meanwhile: this one does not work any more.": func(s *model.Session, k model.Key) error {
			_, _, err := s.RegenerateSecret(ctx, k.ID, k.Generation)
			return err
		},
		"Somebody revoked the key of billing meanwhile: no secret of it works any more.": func(s *model.Session, k model.Key) error {
			_, err := s.RevokeKey(ctx, k.ID)
			return err
		},
		"Somebody suspended the key of billing meanwhile: the secret works once it is resumed.": func(s *model.Session, k model.Key) error {
			_, err := s.SuspendKey(ctx, k.ID)
			return err
		},
	} {
		for _, size := range []struct{ width, height int }{{80, 24}, {40, 12}} {
			d := newDriver(t, nil)
			bo := d.second("bo", model.ITManager)
			secretWalk(d)
			d.resize(size.width, size.height)
			d.send(changedMsg{})
			d.missing("Somebody")
			d.must(act(bo, d.root.top().(*secretOverlay).key))
			d.press("enter") // a copy does not hide it
			d.send(changedMsg{})
			d.sees(words)
			d.press("d")
			d.missing("emps_0", "[error]")
		}
	}
}
