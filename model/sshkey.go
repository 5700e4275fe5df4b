package model

import (
	"crypto/rsa"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// SSHKey is a public key by which a member is known over SSH.
type SSHKey struct {
	ID          int64
	Member      MemberID
	Name        string
	Line        string // kind and key as in a .pub file (RFC 4253), without a comment
	Fingerprint string // "SHA256:" and the unpadded base64 of the key's hash
	CreatedAt   time.Time
	RemovedAt   time.Time // zero for not yet
	Seal        []byte

	// Filled in by lists:
	UsedAt     time.Time // when the member last came in by it, zero for never
	UseUnknown bool      // it cannot be read, so zero is not never
}

const (
	minRSABits = 3072
	maxSSHLine = 16 << 10
	maxSSHKeys = 50 // of one member
)

// anotherSSHKey is what to do about a key that is not accepted.
const anotherSSHKey = "Make another with: ssh-keygen -t ed25519"

// parseSSHKey reads one line of a .pub file. Without a name the comment of the
// line becomes the name, and without a usable one the kind of the key.
func parseSSHKey(line, name string) (k SSHKey, err error) {
	public, comment, err := publicKey(line)
	if err != nil {
		return k, err
	}
	k.Line = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public)))
	k.Fingerprint = ssh.FingerprintSHA256(public)
	if strings.TrimSpace(name) != "" {
		k.Name, err = cleanName("name", name)
		return k, err
	}
	if k.Name, err = cleanName("name", comment); err != nil {
		k.Name = public.Type()
	}
	return k, nil
}

// LooksPrivate reports whether text is a private key of SSH, or a part of one
// that says so: it must be neither kept nor shown.
func LooksPrivate(text string) bool {
	for _, mark := range []string{"PRIVATE KEY", "PuTTY-User-Key-File", "Private-Lines:", "b3BlbnNzaC1rZXktdjE"} { // the last is how OpenSSH's body begins
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// LooksLikeSSHKey reports whether what somebody gave is a key itself, rather
// than the path of the file that holds it.
func LooksLikeSSHKey(text string) bool {
	kind, rest, several := strings.Cut(strings.TrimSpace(text), " ")
	switch {
	case LooksPrivate(text):
		return true
	case !several:
		return false
	case strings.HasPrefix(kind, "ssh-") || strings.HasPrefix(kind, "ecdsa-") || strings.HasPrefix(kind, "sk-"):
		return true
	}
	return strings.Contains(" "+rest, " AAAA") || !strings.ContainsAny(text, `/\`) // as every key begins
}

// Type says in words which kind of key it is: "Ed25519", "RSA 4096".
func (k SSHKey) Type() string {
	kind, _, _ := strings.Cut(k.Line, " ")
	words := map[string]string{
		ssh.KeyAlgoED25519: "Ed25519", ssh.KeyAlgoECDSA256: "ECDSA 256", ssh.KeyAlgoECDSA384: "ECDSA 384", ssh.KeyAlgoECDSA521: "ECDSA 521",
		ssh.KeyAlgoSKED25519: "Ed25519-SK", ssh.KeyAlgoSKECDSA256: "ECDSA-SK", // in a device that is touched
	}[kind]
	if words != "" {
		return words
	}
	if public, _, _, _, err := ssh.ParseAuthorizedKey([]byte(k.Line)); err == nil && kind == ssh.KeyAlgoRSA {
		return fmt.Sprintf("RSA %d", rsaBits(public))
	}
	return Printable(kind)
}

// publicKey reads a key of a modern kind, and its comment.
func publicKey(line string) (ssh.PublicKey, string, error) {
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		return nil, "", invalid("ssh_key", "There is no SSH key. Give the line that your .pub file holds.")
	case LooksPrivate(line):
		return nil, "", invalid("ssh_key", "That is a private key, which belongs to nobody but you. Give the file that ends in .pub.")
	case len(line) > maxSSHLine || strings.ContainsAny(line, "\r\n") || strings.Count(line, " AAAA") > 1: // a form has blanks for line breaks
		return nil, "", invalid("ssh_key", "That is more than one SSH key. Give one line, as a .pub file holds it.")
	case strings.HasPrefix(line, "ssh-dss"):
		return nil, "", invalid("ssh_key", "DSA keys are too weak. %s", anotherSSHKey)
	}
	public, comment, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	switch {
	case err != nil:
		return nil, "", invalid("ssh_key", "That is not an SSH public key. Give the line that your .pub file holds, such as: ssh-ed25519 AAAA…")
	case len(options) > 0:
		return nil, "", invalid("ssh_key", "The line has options before the key, which empress would not obey. Take them out.")
	}
	if err := CheckSSHKey(public); err != nil {
		return nil, "", err
	}
	return public, comment, nil
}

// CheckSSHKey returns nil for a key of a modern kind, and otherwise why nobody
// can be known by it. Certificates are none: they would let in whoever an
// authority names.
func CheckSSHKey(public ssh.PublicKey) error {
	switch kind := public.Type(); kind {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
		return nil
	case ssh.KeyAlgoRSA:
		if bits := rsaBits(public); bits < minRSABits {
			return invalid("ssh_key", "An RSA key of %d bits is too weak: it takes %d. %s", bits, minRSABits, anotherSSHKey)
		}
		return nil
	default:
		if _, signed := public.(*ssh.Certificate); signed {
			return invalid("ssh_key", "That is a certificate, and members are known by keys alone. Give the .pub file without -cert in its name.")
		}
		return invalid("ssh_key", "SSH keys of the kind %s are not accepted. %s", Printable(kind), anotherSSHKey)
	}
}

func rsaBits(public ssh.PublicKey) int {
	if c, ok := public.(ssh.CryptoPublicKey); ok {
		if r, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok {
			return r.N.BitLen()
		}
	}
	return 0
}
