package server

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// What is spoken: nothing that OpenSSH 9 would not choose. RSA signs with SHA-2
// (RFC 8332), and there is no CBC, no SHA-1 and no group of finite fields below
// 4096 bits.
var (
	keyExchanges = []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519, ssh.KeyExchangeECDHP256, ssh.KeyExchangeECDHP384, ssh.KeyExchangeECDHP521, ssh.KeyExchangeDH16SHA512}
	ciphers      = []string{ssh.CipherChaCha20Poly1305, ssh.CipherAES256GCM, ssh.CipherAES128GCM, ssh.CipherAES256CTR, ssh.CipherAES192CTR, ssh.CipherAES128CTR}
	macs         = []string{ssh.HMACSHA256ETM, ssh.HMACSHA512ETM}
	signatures   = []string{ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
)

// fingerprintOf is where the fingerprint of a proved key is among the
// permissions of its connection.
const fingerprintOf = "empress-fingerprint"

// triesForKeys is how many refusals a client may take before it has shown the
// right key.
const triesForKeys = 20

// proof is one client proving who they are. Only a signature counts: whether a
// key is known is not looked up before, so that nobody learns whose keys there
// are by offering them.
//
// A client may have many keys and offers one after the other. One that nobody
// has is answered with a partial success (RFC 4252, 5.1), upon which a client
// goes on to the next; when it comes back to a key that it proved before, it
// has no better one, and is let as far as the sentence that says so.
type proof struct {
	server *sshServer
	proved []string // fingerprints that nobody has
	known  bool     // the last one is a member's
}

func (p *proof) config() *ssh.ServerConfig {
	c := &ssh.ServerConfig{
		Config:                    ssh.Config{KeyExchanges: keyExchanges, Ciphers: ciphers, MACs: macs},
		PublicKeyAuthAlgorithms:   signatures,
		PublicKeyCallback:         p.offered,
		VerifiedPublicKeyCallback: p.verified,
		MaxAuthTries:              triesForKeys,
		ServerVersion:             "SSH-2.0-empress",
	}
	c.AddHostKey(p.server.HostKey)
	return c
}

// offered refuses what no member can have, and says why.
func (p *proof) offered(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	if err := model.CheckSSHKey(key); err != nil {
		return nil, &ssh.BannerError{Err: err, Message: model.Sentence(err) + "\r\n"}
	}
	return nil, nil
}

// verified looks for the member whose key was proved.
func (p *proof) verified(_ ssh.ConnMetadata, key ssh.PublicKey, _ *ssh.Permissions, _ string) (*ssh.Permissions, error) {
	fingerprint := ssh.FingerprintSHA256(key)
	ctx, cancel := context.WithTimeout(context.Background(), storePatience)
	defer cancel()
	_, err := p.server.Service.SignIn(ctx, model.Identity{SSHKey: fingerprint, Via: model.ViaSSH, Glance: true})
	p.known = err == nil
	if errors.Is(err, model.ErrStranger) && !slices.Contains(p.proved, fingerprint) && len(p.proved) < triesForKeys {
		p.proved = append(p.proved, fingerprint)
		return nil, &ssh.PartialSuccessError{Next: ssh.ServerAuthCallbacks{PublicKeyCallback: p.offered}}
	}
	return &ssh.Permissions{Extensions: map[string]string{fingerprintOf: fingerprint}}, nil
}
