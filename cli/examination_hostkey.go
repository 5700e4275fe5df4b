package cli

import (
	"errors"

	"golang.org/x/crypto/ssh"

	"empress/model"
	"empress/storage"
)

// hostKey looks at the key by which the SSH server is known. Who does not serve
// over SSH has none.
func (e *examination) hostKey() {
	key, err := storage.ReadHostKey(e.paths.hostKey())
	switch {
	case errors.Is(err, model.ErrNotFound):
		e.fine("SSH host key", "There is none yet: `empress serve` makes it.")
	case err != nil:
		e.wrong("SSH host key", model.Sentence(err))
	default:
		e.fine("SSH host key", "Members who come over SSH see %s.", ssh.FingerprintSHA256(key.PublicKey()))
	}
}
