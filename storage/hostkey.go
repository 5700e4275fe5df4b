package storage

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io/fs"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

var hostKeyFile = privateFile{what: "SSH host key", mend: "Move it away: the server makes another, and clients have to be told its fingerprint."}

// ReadHostKey reads the private key by which an SSH server is known. A file
// that others can read, or that is theirs, is refused, as is one with a second
// name and a symbolic link; a missing one is ErrNotFound.
func ReadHostKey(path string) (ssh.Signer, error) {
	text, err := hostKeyFile.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, model.Errorf(model.CodeNotFound, "There is no SSH host key %s yet. `empress serve` makes it.", path).Because(err)
	}
	if err != nil {
		return nil, err
	}
	defer clear(text)
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, model.Errorf(model.CodeFailed, "The SSH host key %s cannot be understood. %s", path, hostKeyFile.mend).Because(err)
	}
	return key, nil
}

// HostKey is ReadHostKey that makes an Ed25519 key where there is none, in the
// form of OpenSSH and of mode 0600. What is there already is never overwritten.
func HostKey(path string) (ssh.Signer, error) {
	key, err := ReadHostKey(path)
	if !errors.Is(err, model.ErrNotFound) {
		return key, err
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, model.Errorf(model.CodeFailed, "This computer gives no random numbers, so no SSH host key can be made.").Because(err)
	}
	defer clear(private)
	block, err := ssh.MarshalPrivateKey(private, "empress")
	if err != nil {
		return nil, model.Errorf(model.CodeFailed, "The SSH host key cannot be written down.").Because(err)
	}
	defer clear(block.Bytes)
	text := pem.EncodeToMemory(block)
	defer clear(text)
	if err := placeNewFile(path, text); err != nil && !errors.Is(err, model.ErrConflict) { // another server made one just now
		return nil, err
	}
	return ReadHostKey(path)
}
