package cli

import (
	"empress/model"
	"empress/ui"
)

// secretsOfRotation is the file that a rotation on the screen writes to.
type secretsOfRotation struct {
	*secretsFile
	accepted bool // it holds secrets that work
}

func newSecretsOfRotation(path string) (ui.SecretsFile, error) {
	f, err := newSecretsFile(keyImport{secrets: path})
	if err != nil {
		return nil, err
	}
	return &secretsOfRotation{secretsFile: f}, nil
}

// Deliver adds a line KEY:SECRET.
func (f *secretsOfRotation) Deliver(k model.Key, secret model.Secret) error {
	return f.deliver(k, secret)
}

// Settle makes the lines durable.
func (f *secretsOfRotation) Settle() error { return f.settle() }

// Accept says that the keys of all lines were changed.
func (f *secretsOfRotation) Accept() { f.accepted = true }

// Undo forgets the lines that were not made durable.
func (f *secretsOfRotation) Undo() error {
	f.w.Reset(f.file)
	return nil
}

// Leave ends the file; one that holds no secret that works does not stay.
func (f *secretsOfRotation) Leave() error {
	if !f.accepted {
		f.discard()
		return nil
	}
	return f.keep()
}
