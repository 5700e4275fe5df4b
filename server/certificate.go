package server

import (
	"crypto/tls"
	"os"
	"sync"
	"time"

	"empress/model"
)

// Certificate is a certificate chain and its private key, two PEM files. They
// are read again when they change, so that a renewal needs no new start.
type Certificate struct {
	chain, key string // paths

	mu     sync.Mutex
	loaded *tls.Certificate
	stamp  stamp // of the files when they were last read
	looked time.Time
}

// stamp tells versions of the two files apart; a missing one is nil.
type stamp [2]os.FileInfo

func (s stamp) equal(o stamp) bool {
	for i, a := range s {
		b := o[i]
		if a == nil || b == nil {
			if a != b {
				return false
			}
		} else if !os.SameFile(a, b) || !a.ModTime().Equal(b.ModTime()) || a.Size() != b.Size() {
			return false // two that are written at once differ in the file alone
		}
	}
	return true
}

// LoadCertificate reads a certificate. Files that cannot be read, and a key
// that does not fit, are errors.
func LoadCertificate(chainFile, keyFile string) (*Certificate, error) {
	c := &Certificate{chain: chainFile, key: keyFile, stamp: stampOf(chainFile, keyFile)}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Certificate) load() error {
	loaded, err := tls.LoadX509KeyPair(c.chain, c.key)
	if err != nil {
		return model.Errorf(model.CodeFailed, "The TLS certificate %s with the key %s cannot be used. Both are PEM files that belong together.",
			c.chain, c.key).Because(err)
	}
	c.loaded = &loaded
	return nil
}

// stampOf is the present stamp.
func stampOf(paths ...string) (s stamp) {
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil {
			s[i] = info
		}
	}
	return s
}

// reloadEvery is how often it is looked whether the files changed, at most.
const reloadEvery = time.Second

// current returns the certificate as its files have it, or the one of before
// when these are broken.
func (c *Certificate) current(j *journal, now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) < reloadEvery {
		return c.loaded
	}
	c.looked = now
	if s := stampOf(c.chain, c.key); !s.equal(c.stamp) {
		if err := c.load(); err != nil {
			j.add("certificate", model.Sentence(err)+" The one of before stays in use.")
			return c.loaded // and the stamp stays: the files are tried again
		}
		c.stamp = s
	}
	return c.loaded
}

func (c *Certificate) config(j *journal) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current(j, time.Now()), nil
		},
	}
}
