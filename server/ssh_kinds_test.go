package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// TestSSHKinds comes with keys of many kinds: only those of a modern kind are
// looked at, and certificates are none.
func TestSSHKinds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, usual, report)
	ca := newSigner(t)
	certificate := &ssh.Certificate{Key: h.ada.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"anybody"}, ValidBefore: ssh.CertTimeInfinity}
	if err := certificate.SignCert(rand.Reader, ca); err != nil {
		t.Fatal(err)
	}
	certified, err := ssh.NewCertSigner(certificate, h.ada)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key   ssh.Signer
		looks bool
	}{"a certificate": {certified, false}, "RSA 2048": {rsaSigner(t, 2048), false}, "RSA 3072": {rsaSigner(t, 3072), true}, "ECDSA 384": {ecdsaSigner(t), true}} {
		var banner string
		config := h.config("ada", c.key)
		config.BannerCallback = func(message string) error { banner += message; return nil }
		client, err := ssh.Dial("tcp", h.address, config)
		if (err == nil) != c.looks {
			t.Errorf("%s: %v", name, err)
		}
		if c.looks {
			_ = client.Close()
		} else if name == "RSA 2048" && !strings.Contains(banner, "too weak: it takes 3072") {
			t.Errorf("%s: it is told %q", name, banner)
		}
	}
	old, err := ssh.NewSignerWithAlgorithms(rsaSigner(t, 3072).(ssh.AlgorithmSigner), []string{ssh.KeyAlgoRSA})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ssh.Dial("tcp", h.address, h.config("ada", old)); err == nil {
		t.Error("a signature by SHA-1 counts")
	}
}

func rsaSigner(t testing.TB, bits int) ssh.Signer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ecdsaSigner(t testing.TB) ssh.Signer {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSSHAlgorithms finds nothing that is old.
func TestSSHAlgorithms(t *testing.T) {
	h := newHouse(t, usual, report)
	old := ssh.InsecureAlgorithms()
	for name, change := range map[string]func(*ssh.ClientConfig){
		"key exchanges": func(c *ssh.ClientConfig) { c.KeyExchanges = old.KeyExchanges },
		"small groups":  func(c *ssh.ClientConfig) { c.KeyExchanges = []string{ssh.KeyExchangeDH14SHA256} },
		"ciphers":       func(c *ssh.ClientConfig) { c.Ciphers = old.Ciphers },
		"MACs": func(c *ssh.ClientConfig) {
			c.Ciphers, c.MACs = []string{ssh.CipherAES128CTR}, append(old.MACs, ssh.HMACSHA1, ssh.HMACSHA256)
		},
		"host keys": func(c *ssh.ClientConfig) { c.HostKeyAlgorithms = []string{ssh.KeyAlgoRSA} },
	} {
		config := h.config("ada", h.ada)
		change(config)
		if c, err := ssh.Dial("tcp", h.address, config); err == nil {
			_ = c.Close()
			t.Errorf("old %s are spoken", name)
		} else if !strings.Contains(err.Error(), "no common algorithm") {
			t.Errorf("old %s: %v", name, err)
		}
	}
	c := h.dial()
	if v := string(c.ServerVersion()); v != "SSH-2.0-empress" {
		t.Errorf("it calls itself %q", v)
	}
}
