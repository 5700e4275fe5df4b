package model_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// sshLine is the line of a .pub file for a public key of crypto.
func sshLine(t *testing.T, key any) string {
	t.Helper()
	public, err := ssh.NewPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public)))
}

func newSSHLine(t *testing.T) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return sshLine(t, public)
}

// rsaOf is a public key of that many bits; nobody has the private one.
func rsaOf(bits int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

func TestSSHKeyKinds(t *testing.T) {
	x := newTeam(t)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := certificate.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	dsa := "ssh-dss " + base64.StdEncoding.EncodeToString(append(append([]byte{0, 0, 0, 7}, "ssh-dss"...), 0, 0, 0, 1, 1))
	good := newSSHLine(t)
	for _, c := range []struct{ name, line, says string }{
		{"ed25519", newSSHLine(t) + " ada@laptop", ""},
		{"ecdsa", sshLine(t, &curve.PublicKey), ""},
		{"RSA of 3072 bits", sshLine(t, rsaOf(3072)), ""},
		{"RSA of 3071 bits", sshLine(t, rsaOf(3071)), "3071 bits is too weak"},
		{"RSA of 2048 bits", sshLine(t, rsaOf(2048)), "ssh-keygen"},
		{"DSA", dsa, "DSA keys are too weak"},
		{"a certificate", string(ssh.MarshalAuthorizedKey(certificate)), "certificate"},
		{"options", `command="sh" ` + good, "options"},
		{"an option", "no-pty " + good, "options"},
		{"two lines", good + "\n" + newSSHLine(t), "more than one"},
		{"two lines with a blank between", good + " " + newSSHLine(t), "more than one"},
		{"a private key without its head", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", "private key"},
		{"a private key of PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519", "private key"},
		{"a comment line first", "# mine\n" + good, "more than one"},
		{"nothing", " ", "no SSH key"},
		{"a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA", "private key"},
		{"something else", "hello", "not an SSH public key"},
		{"cut off", good[:len(good)-8], "not an SSH public key"},
		{"far too long", strings.Repeat("a", 1<<20), "more than one"},
	} {
		k, err := x.ada.AddSSHKey(ctx, "ada", c.line, "")
		if c.says == "" {
			wantCode(t, c.name, err, "")
			if !strings.HasPrefix(k.Fingerprint, "SHA256:") || len(strings.Fields(k.Line)) != 2 || k.Name == "" {
				t.Errorf("%s: %+v", c.name, k)
			}
			continue
		}
		if wantCode(t, c.name, err, model.CodeInvalid); model.FieldOf(err) != "ssh_key" || !strings.Contains(model.Sentence(err), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	ks, err := x.ada.SSHKeys(ctx, "ada")
	if err != nil || len(ks) != 3 || ks[0].Name != "ada@laptop" || ks[1].Name != "ecdsa-sha2-nistp256" {
		t.Errorf("%+v, %v", ks, err)
	}
	_, err = x.ada.AddSSHKey(ctx, "ada", newSSHLine(t), "bad\x1bname")
	wantCode(t, "a name that commands", err, model.CodeInvalid)
	x.wantSound()
}

// What somebody gives is a key or the path of its file, and is never taken for
// a path when it may be a private key.
func TestLooksLikeSSHKey(t *testing.T) {
	good := newSSHLine(t)
	for text, want := range map[string]bool{
		good:                               true,
		"  " + good + " ada@laptop\n":      true,
		"no-pty " + good:                   true,
		"sk-ssh-ed25519@openssh.com AA/A=": true,
		"something else":                   true,
		"-----BEGIN OPENSSH PRIVATE KEY-----\nAA/A": true,
		"b3BlbnNzaC1rZXktdjEAAAA/":                  true,
		"":                                          false,
		"id_ed25519.pub":                            false,
		"~/.ssh/id_ed25519.pub":                     false,
		"ssh-key.pub":                               false,
		"/home/ada/my ssh-keys/id.pub":              false,
		`C:\my keys\id.pub`:                         false,
	} {
		if got := model.LooksLikeSSHKey(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// The kind of a key is said in words.
func TestSSHKeyType(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		newSSHLine(t):                     "Ed25519",
		sshLine(t, rsaOf(4096)):           "RSA 4096",
		sshLine(t, &curve.PublicKey):      "ECDSA 384",
		"sk-ssh-ed25519@openssh.com AAAA": "Ed25519-SK",
		"another\x1b AAAA":                model.Printable("another\x1b"),
	} {
		if got := (model.SSHKey{Line: line}).Type(); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestSSHKeys(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	gita := x.join("gita", model.PlainMember, model.MemberActive)
	x.join("sam", model.PlainMember, model.MemberSuspended)
	keeper := x.join("keeper", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersManage})
	line := newSSHLine(t)
	before := x.head().Seq
	k, err := max.AddSSHKey(ctx, "MAX@example.com", line, "laptop")
	if err != nil || k.Name != "laptop" || k.ID != 1 {
		t.Fatal(k, err)
	}
	x.wantLeft("adding", before, "max added an SSH key for max")
	for _, c := range []struct {
		name string
		by   *model.Session
		who  string
		line string
		want model.Code
	}{
		{"again", max, "max", line + " other comment", model.CodeConflict},
		{"of another", gita, "gita", line, model.CodeConflict},
		{"for another, by who may not", gita, "max", newSSHLine(t), model.CodeDenied},
		{"for nobody, by who may not", gita, "nobody", newSSHLine(t), model.CodeDenied},
		{"for an administrator, by who manages members", keeper, "ada", newSSHLine(t), model.CodeDenied},
		{"for a member with keys, by who manages members", keeper, "max", newSSHLine(t), model.CodeDenied},
		{"for a suspended one", x.ada, "sam", newSSHLine(t), model.CodeInvalid},
		{"for another, by an administrator", x.ada, "max", newSSHLine(t), ""},
	} {
		x.clock.move(time.Minute)
		before := x.head().Seq
		_, err := c.by.AddSSHKey(ctx, c.who, c.line, "")
		if wantCode(t, c.name, err, c.want); (c.want == model.CodeDenied) != (len(x.events(before)) == 1 && x.events(before)[0].Outcome == model.Denied) {
			t.Errorf("%s: left %+v", c.name, x.events(before))
		}
	}
	if ks, err := x.ada.SSHKeys(ctx, "max"); err != nil || len(ks) != 2 {
		t.Errorf("%+v, %v", ks, err)
	}
	_, err = gita.SSHKeys(ctx, "max")
	wantCode(t, "the keys of another", err, model.CodeDenied)
	wantCode(t, "removed by who may not", gita.RemoveSSHKey(ctx, k.ID), model.CodeDenied)
	wantCode(t, "one that is not there, by who may not", gita.RemoveSSHKey(ctx, 99), model.CodeDenied)
	wantCode(t, "one that is not there", x.ada.RemoveSSHKey(ctx, 99), model.CodeNotFound)
	wantCode(t, "removed", max.RemoveSSHKey(ctx, k.ID), "")
	wantCode(t, "removed again", max.RemoveSSHKey(ctx, k.ID), model.CodeConflict)
	_, err = gita.AddSSHKey(ctx, "gita", line, "")
	wantCode(t, "one that was removed, of another", err, "")
	if _, err := x.ada.RemoveMember(ctx, "gita", nil); err != nil {
		t.Fatal(err)
	}
	_, err = max.AddSSHKey(ctx, "max", line, "")
	wantCode(t, "one of who was removed", err, "")
	x.wantSound()
	x.tamper("UPDATE ssh_keys SET name = 'eve' WHERE id = 2")
	_, err = max.SSHKeys(ctx, "max")
	wantCode(t, "an altered row", err, model.CodeDamaged)
}

// Whoever manages members and may do all that a member may can act for them.
func TestSSHKeyForAnother(t *testing.T) {
	x := newTeam(t)
	every := []model.Grant{}
	for _, p := range model.Permissions() {
		if p != model.PolicyManage {
			every = append(every, model.Grant{Permission: p})
		}
	}
	most := x.join("most", model.PlainMember, model.MemberActive, every...)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("gita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.PolicyManage})
	for who, want := range map[string]model.Code{"max": "", "gita": model.CodeDenied, "ada": model.CodeDenied} {
		_, err := most.AddSSHKey(ctx, who, newSSHLine(t), "")
		wantCode(t, who, err, want)
	}
}
