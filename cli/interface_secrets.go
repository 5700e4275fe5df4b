package cli

import (
	"context"

	"empress/model"
	"empress/ui"
)

// secretsOfRotation is the file that a rotation on the screen writes to.
type secretsOfRotation struct{ file *secretsFile }

func newSecretsOfRotation(path string) (ui.SecretsFile, error) {
	f, err := newSecretsFile(path, false)
	if err != nil {
		return nil, err
	}
	return secretsOfRotation{f}, nil
}

func (f secretsOfRotation) Deliver(k model.Key, secret model.Secret) error {
	return f.file.deliver(k, secret)
}
func (f secretsOfRotation) Settle() error { return f.file.settle() }
func (f secretsOfRotation) Accept()       { f.file.accept() }
func (f secretsOfRotation) Undo() error   { return f.file.undo() }
func (f secretsOfRotation) Leave() error  { return f.file.leave() }

// toCommandOf hands a secret of a rotation on the screen to a command.
func (t *tree) toCommandOf(ctx context.Context, team, command string, k model.Key, secret model.Secret) error {
	if amiss := (delivery{command, t.Environ, team, deliveryLimit}).deliver(ctx, k, secret); amiss != nil {
		return &ui.Undelivered{Why: amiss.why, Said: amiss.said}
	}
	return nil
}
