package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// issue writes a new certificate with a serial number, and its key.
func issue(t *testing.T, chain, key string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "empress"},
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{chain: {Type: "CERTIFICATE", Bytes: raw}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// serial is the number of the certificate that a server shows.
func (v *live) serial(c *tls.Config) int64 {
	v.Helper()
	c.InsecureSkipVerify = true
	conn, err := tls.Dial("tcp", v.address, c)
	if err != nil {
		v.Log(err)
		return 0
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	dir := t.TempDir()
	chain, key := filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem")
	if _, err := LoadCertificate(chain, key); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Errorf("a missing certificate: %v", err)
	}
	issue(t, chain, key, 1)
	certificate, err := LoadCertificate(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	o := x.options()
	o.Certificate, o.Log = certificate, func(line string) { lines <- line }
	v := x.serve(o)
	await := func(want int64) {
		t.Helper()
		for range 300 {
			if v.serial(&tls.Config{}) == want {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("certificate %d never came", want)
	}
	await(1)
	if v.serial(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}) != 0 {
		t.Error("TLS 1.1 is spoken")
	}
	issue(t, chain, key, 2)
	await(2)

	if err := os.WriteFile(chain, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	for broken := false; !broken; {
		if v.serial(&tls.Config{}) != 2 {
			t.Fatal("a broken file replaced the certificate of before")
		}
		select {
		case line := <-lines: // of a handshake that failed, or of the file
			broken = strings.Contains(line, chain) && strings.Contains(line, "stays in use")
		case <-time.After(100 * time.Millisecond):
		}
	}
	issue(t, chain, key, 3)
	await(3)
}

// TestCertificateRests looks at the files once a second, however many shake
// hands.
func TestCertificateRests(t *testing.T) {
	dir := t.TempDir()
	chain, key := filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem")
	issue(t, chain, key, 1)
	c, err := LoadCertificate(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	check := func(after time.Duration, want int64) {
		t.Helper()
		leaf, err := x509.ParseCertificate(c.current(newJournal(nil), now.Add(after)).Certificate[0])
		if err != nil || leaf.SerialNumber.Int64() != want {
			t.Errorf("after %v: %v, %v, want %d", after, leaf.SerialNumber, err, want)
		}
	}
	check(0, 1)
	issue(t, chain, key, 2222222222) // of another length, whatever the clock of the files is
	check(reloadEvery/2, 1)
	check(reloadEvery, 2222222222)
}
