package server

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// NewHostKey makes a key by which an SSH server is known, Ed25519, and returns it
// as OpenSSH writes private keys to files.
func NewHostKey() ([]byte, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(key, "empress")
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(block), nil
}

// ParseHostKey reads a key that [NewHostKey] made.
func ParseHostKey(text []byte) (ssh.Signer, error) {
	key, err := ssh.ParsePrivateKey(text)
	if err == nil {
		err = acceptable(key.PublicKey())
	}
	if err != nil {
		return nil, model.Errorf(model.CodeDamaged, "The file of the SSH server's key holds no key that it can use. Put back its backup; or remove it, and the next start makes another, of which every visitor is warned.").Because(err)
	}
	return key, nil
}

// Fingerprint is how OpenSSH shows a key: "SHA256:" and the unpadded base64 of
// the hash of its public half.
func Fingerprint(key ssh.Signer) string { return ssh.FingerprintSHA256(key.PublicKey()) }
