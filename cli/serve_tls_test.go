package cli_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// certified is a directory with a certificate for loopback, and its key.
type certified struct{ chain, key string }

// issue writes a certificate of a serial number into a new directory, and
// returns it as clients trust it.
func issue(t *testing.T, serial int64) (certified, *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	c := certified{filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem")}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	if err := errors.Join(os.WriteFile(c.chain, chain, 0o600), os.WriteFile(c.key, key, 0o600)); err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(chain)
	return c, trusted
}

// askTrusting returns the status of an answer over a new connection to a server
// whose certificate is checked; otherwise 0.
func (s *serving) askTrusting(roots *x509.CertPool, credential string) int {
	s.t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	return s.askBy(&client, credential)
}

// TestServeTLS serves with the files that the command line names, and with those
// that come in their place, but for a key that does not fit.
func TestServeTLS(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	_, good := h.newKey("billing")
	first, trustFirst := issue(t, 1)
	second, trustSecond := issue(t, 2)
	if out, code := h.run("", "serve", "--http", "127.0.0.1:0", "--tls-cert", first.chain, "--tls-key", second.key); code != 1 ||
		!strings.Contains(out, first.chain+" with the key "+second.key+" cannot be used. Both are PEM files that belong together.") {
		t.Errorf("a key that does not fit: exit code %d, %q", code, out)
	}

	s := h.serve("--tls-cert", first.chain, "--tls-key", first.key)
	if !strings.HasPrefix(s.url, "https://") {
		t.Fatalf("it says that it listens on %s", s.url)
	}
	for what, got := range map[string][2]int{"the right secret": {s.askTrusting(trustFirst, good), 200},
		"a wrong one": {s.askTrusting(trustFirst, good+"x"), 401}, "who trusts another certificate": {s.askTrusting(trustSecond, good), 0}} {
		if got[0] != got[1] {
			t.Errorf("%s: answered %d, want %d", what, got[0], got[1])
		}
	}
	if status := s.askTrusting(nil, good); status != 0 {
		t.Errorf("who trusts no certificate is answered %d", status)
	}

	if err := os.Rename(second.chain, first.chain); err != nil {
		t.Fatal(err)
	}
	const broken = "cannot be used. Both are PEM files that belong together. The one of before stays in use."
	for said, deadline := "", time.Now().Add(patience); !strings.Contains(said, broken); {
		if status := s.askTrusting(trustFirst, good); status != 200 {
			t.Fatalf("with a key that does not fit, the certificate of before answers %d", status)
		}
		select {
		case said = <-s.lines:
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("the server says nothing of a key that does not fit")
		}
	}
	if err := os.Rename(second.key, first.key); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); s.askTrusting(trustSecond, good) != 200; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the new certificate is not used")
		}
	}
	if status := s.askTrusting(trustFirst, good); status != 0 {
		t.Errorf("who trusts the certificate of before is answered %d", status)
	}
	said, code := s.end(syscall.SIGTERM)
	if code != 0 || !strings.HasSuffix(said, "Stopped.") {
		t.Errorf("it ended with %d, and said %q", code, said)
	}
}
