package server

import (
	"errors"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// sshConfig is how clients prove which key is theirs: in no other way than by a
// signature, and with nothing but modern algorithms.
func sshConfig(host ssh.Signer) *ssh.ServerConfig {
	c := &ssh.ServerConfig{
		Config: ssh.Config{
			KeyExchanges: []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519, ssh.KeyExchangeECDHP256, ssh.KeyExchangeECDHP384},
			Ciphers:      []string{ssh.CipherChaCha20Poly1305, ssh.CipherAES256GCM, ssh.CipherAES128GCM, ssh.CipherAES256CTR, ssh.CipherAES128CTR},
			MACs:         []string{ssh.HMACSHA256ETM, ssh.HMACSHA512ETM},
		},
		PublicKeyAuthAlgorithms: []string{ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384,
			ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512},
		MaxAuthTries:  6,
		ServerVersion: "SSH-2.0-empress",
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			return nil, acceptable(key)
		},
		VerifiedPublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey, _ *ssh.Permissions, _ string) (*ssh.Permissions, error) {
			return &ssh.Permissions{ExtraData: map[any]any{fingerprint{}: ssh.FingerprintSHA256(key)}}, nil
		},
	}
	c.AddHostKey(host)
	return c
}

// fingerprint is under what the fingerprint of the key is kept by which a client
// was authenticated.
type fingerprint struct{}

// knownBy returns the fingerprint of the key by which a client was authenticated.
func knownBy(c *ssh.ServerConn) (string, error) {
	if c.Permissions != nil {
		if f, ok := c.Permissions.ExtraData[fingerprint{}].(string); ok && f != "" {
			return f, nil
		}
	}
	return "", errors.New("a connection was authenticated by no key")
}

// acceptable refuses keys that no member can have. Whose a key is, and whether it
// is anybody's, is looked at when a session begins.
func acceptable(key ssh.PublicKey) error {
	if err := model.AcceptableSSHKey(key); err != nil {
		return &ssh.BannerError{Err: err, Message: model.Sentence(err) + "\n"}
	}
	return nil
}
