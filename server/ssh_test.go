package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// Whoever comes is the member whose key the handshake proved, whatever name was
// given and whichever keys were offered before; the trail knows of it.
func TestSSHIdentity(t *testing.T) {
	d := newDoor(t, usualSSH())
	if _, err := d.ada.AddMember(t.Context(), model.MemberSpec{Name: "Kim", Email: "kim@example.com", Role: model.PlainMember}); err != nil {
		t.Fatal(err)
	}
	ada, kim, stranger := d.keyOf("ada@example.com"), d.keyOf("kim@example.com"), newSigner(t)
	d.wantRun(d.known(ada), "keys list", "ada@example.com: keys list\n")
	d.wantRun(d.known(kim), "keys list", "kim@example.com: keys list\n")

	offered := &onlyOffers{Signer: ada}
	c, err := d.dial(offered, kim)
	if err != nil {
		t.Fatal(err)
	}
	if !offered.asked {
		t.Error("the key of ada was not offered")
	}
	d.wantRun(c, "x", "kim@example.com: x\n")
	if _, err := d.dial(offered); err == nil {
		t.Error("an offer alone lets in")
	}

	before := len(d.visits)
	out, errs, code, err := run(d.known(stranger), "keys list")
	want := "You came with the SSH key " + ssh.FingerprintSHA256(stranger.PublicKey()) + ", and team Acmé 東 knows nobody of that key. Ask its administrator to add it.\n"
	if err != nil || code != exitDenied || out != "" || errs != want || len(d.visits) != before {
		t.Errorf("a stranger: %q, %q, %d, %v", out, errs, code, err)
	}

	es, err := d.ada.Events(t.Context(), model.EventQuery{Action: model.SessionBegan})
	if err != nil || len(es) != 3 {
		t.Fatalf("%+v, %v", es, err)
	}
	for i, who := range []string{"kim", "kim", "ada"} {
		if e := es[i]; e.ActorEmail != who+"@example.com" || e.Via != model.ViaSSH || e.From != "127.0.0.1" {
			t.Errorf("%+v", e)
		}
	}
}

// onlyOffers is a key of somebody who has the public half alone.
type onlyOffers struct {
	ssh.Signer
	asked bool
}

func (o *onlyOffers) Sign(io.Reader, []byte) (*ssh.Signature, error) {
	o.asked = true
	return &ssh.Signature{Format: ssh.InsecureKeyAlgoDSA, Blob: []byte("no signature")}, nil
}

// Nobody comes in but by a key of a modern kind: no password, no certificate, no
// short RSA key, no old algorithm.
func TestSSHAuthentication(t *testing.T) {
	d := newDoor(t, usualSSH())
	good := d.keyOf("ada@example.com")
	certificate := &ssh.Certificate{Key: good.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := certificate.SignCert(rand.Reader, good); err != nil {
		t.Fatal(err)
	}
	certified, err := ssh.NewCertSigner(certificate, good)
	if err != nil {
		t.Fatal(err)
	}
	password := ssh.Password("secret")
	asked := ssh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })
	for name, c := range map[string]*ssh.ClientConfig{
		"nothing":        {},
		"a password":     {Auth: []ssh.AuthMethod{password}},
		"questions":      {Auth: []ssh.AuthMethod{asked}},
		"certificate":    {Auth: []ssh.AuthMethod{ssh.PublicKeys(certified)}},
		"RSA 2048":       {Auth: []ssh.AuthMethod{ssh.PublicKeys(rsaSigner(t, 2048))}},
		"SHA-1 exchange": {Auth: []ssh.AuthMethod{ssh.PublicKeys(good)}, Config: ssh.Config{KeyExchanges: []string{ssh.InsecureKeyExchangeDH14SHA1}}},
		"CBC":            {Auth: []ssh.AuthMethod{ssh.PublicKeys(good)}, Config: ssh.Config{Ciphers: []string{ssh.InsecureCipherAES128CBC}}},
		"SHA-1 MAC":      {Auth: []ssh.AuthMethod{ssh.PublicKeys(good)}, Config: ssh.Config{Ciphers: []string{ssh.CipherAES128CTR}, MACs: []string{ssh.HMACSHA1}}},
	} {
		if _, err := d.dialWith(c); err == nil {
			t.Errorf("%s lets in", name)
		}
	}
	var told string
	_, err = d.dialWith(&ssh.ClientConfig{Auth: []ssh.AuthMethod{ssh.PublicKeys(rsaSigner(t, 2048))}, BannerCallback: func(m string) error { told = m; return nil }})
	if err == nil || !strings.Contains(told, "An RSA key of 2048 bits is too weak: it takes 3072.") {
		t.Errorf("a short RSA key is told %q, %v", told, err)
	}
	if _, err := d.dial(rsaSigner(t, 3072)); err != nil {
		t.Errorf("a long RSA key: %v", err)
	}
}

// A server without a key, or without somebody to ask, does not start.
func TestSSHIncomplete(t *testing.T) {
	x := newTeam(t)
	visit := func(context.Context, *Visit) int { return 0 }
	for name, o := range map[string]SSHOptions{
		"no host key": {Service: x.service, Visit: visit},
		"no service":  {HostKey: hostSigner(t), Visit: visit},
		"no visit":    {HostKey: hostSigner(t), Service: x.service},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := ServeSSH(t.Context(), l, o); err == nil {
			t.Errorf("%s: it starts", name)
		}
		if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
			_ = c.Close()
			t.Errorf("%s: it listens on", name)
		}
	}
}

// Commands get their input, and their exit codes arrive.
func TestSSHCommands(t *testing.T) {
	d := newDoor(t, usualSSH())
	d.visit = func(_ context.Context, v *Visit) int {
		in, err := io.ReadAll(v.In)
		fmt.Fprintf(v.Out, "out %s %v\n", in, err)
		fmt.Fprintf(v.Err, "err\n")
		return 7
	}
	c := d.known(d.keyOf("ada@example.com"))
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	s.Stdin = strings.NewReader("KEY:SECRET")
	var errs strings.Builder
	s.Stderr = &errs
	out, err := s.Output("verify")
	exit, _ := err.(*ssh.ExitError)
	if string(out) != "out KEY:SECRET <nil>\n" || errs.String() != "err\n" || exit == nil || exit.ExitStatus() != 7 {
		t.Errorf("%q, %q, %v", out, errs.String(), err)
	}
	if v := d.visits[0]; v.Terminal != nil || v.Line != "verify" {
		t.Errorf("%+v", v)
	}
}

// A terminal has the size, kind and environment that the client says, within
// bounds; a line feed takes it to the first column.
func TestSSHTerminal(t *testing.T) {
	d := newDoor(t, usualSSH())
	begun, _ := d.begins()
	c := d.known(d.keyOf("ada@example.com"))
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range [][2]string{{"LANG", "de_DE.UTF-8"}, {"NO_COLOR", "1"}, {"LD_PRELOAD", "/x"}, {"PATH", "/x"}, {"COLORTERM", "\x1b[2J"}, {"EMPRESS_DB", "/x"}} {
		err := s.Setenv(v[0], v[1])
		if taken := err == nil; taken != (v[0] == "LANG" || v[0] == "NO_COLOR") {
			t.Errorf("%s is taken: %v", v[0], taken)
		}
	}
	if err := s.WindowChange(50, 50); err != nil { // before there is a terminal
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 500, 2000, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 5, 5, nil); err == nil {
		t.Error("two terminals")
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err == nil {
		t.Error("two shells")
	}
	v := at(t, "the visit", begun)
	if got := at(t, "a size", v.Terminal.Sizes); got != (Size{maxWidth, maxHeight}) {
		t.Errorf("the size is %v", got)
	}
	if !slices.Equal(v.Environ, []string{"LANG=de_DE.UTF-8", "NO_COLOR=1", "TERM=xterm"}) {
		t.Errorf("the environment is %v", v.Environ)
	}
	for i := range 1000 { // nobody looks
		if err := s.WindowChange(20+i%10, 40); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.WindowChange(0, 0); err != nil {
		t.Fatal(err)
	}
	soon(t, "the latest size", func() bool {
		select {
		case got := <-v.Terminal.Sizes:
			return got == Size{80, 24}
		default:
			return false
		}
	})
	go fmt.Fprint(v.Out, "a\nb\r\nc\n")
	got := make([]byte, len("a\r\nb\r\nc\r\n"))
	if _, err := io.ReadFull(out, got); err != nil || string(got) != "a\r\nb\r\nc\r\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// A window that changes before the shell is asked for disturbs nothing, and
// neither do a thousand variables.
func TestSSHBeforeTheShell(t *testing.T) {
	d := newDoor(t, usualSSH())
	c := d.known(d.keyOf("ada@example.com"))
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	taken := 0
	for range 1000 {
		if s.WindowChange(30, 90) != nil {
			t.Fatal("the session is gone")
		}
		if s.Setenv("LANG", "C") == nil {
			taken++
		}
	}
	if taken > maxEnv {
		t.Errorf("%d variables are taken", taken)
	}
	var out strings.Builder
	s.Stdout = &out
	if err := s.Run("x"); err != nil || out.String() != "ada@example.com: x\r\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// There is no forwarding, no agent, no subsystem and no file transfer.
func TestSSHOffersNothingElse(t *testing.T) {
	d := newDoor(t, usualSSH())
	c := d.known(d.keyOf("ada@example.com"))
	for _, kind := range []string{"direct-tcpip", "forwarded-tcpip", "direct-streamlocal@openssh.com", "x11", "auth-agent@openssh.com", "tun@openssh.com"} {
		if ch, _, err := c.OpenChannel(kind, nil); err == nil {
			_ = ch.Close()
			t.Errorf("a channel for %s is opened", kind)
		}
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
		t.Error("it listens for a client")
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range []string{"auth-agent-req@openssh.com", "x11-req", "subsystem", "signal", "break", "no-such"} {
		if ok, err := s.SendRequest(request, true, ssh.Marshal(struct{ Name string }{"sftp"})); ok || err != nil {
			t.Errorf("%s is granted: %v, %v", request, ok, err)
		}
	}
	if len(d.visits) != 0 {
		t.Error("somebody is let in")
	}
}

// Whoever is suspended, removed, or loses the key is out at once, and told why.
func TestSSHEndsSessions(t *testing.T) {
	for name, change := range map[string]func(d *door) error{
		"suspended": func(d *door) error {
			_, err := d.ada.SuspendMember(d.Context(), "kim@example.com")
			return err
		},
		"without the key": func(d *door) error {
			ks, err := d.ada.SSHKeys(d.Context(), "kim@example.com")
			if err == nil {
				err = d.ada.RemoveSSHKey(d.Context(), ks[0].ID)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, usualSSH())
			if _, err := d.ada.AddMember(t.Context(), model.MemberSpec{Name: "Kim", Email: "kim@example.com", Role: model.PlainMember}); err != nil {
				t.Fatal(err)
			}
			begun, ended := d.begins()
			kim, said, _ := shell(t, d.known(d.keyOf("kim@example.com")), 80, 24)
			_, _, _ = shell(t, d.known(d.keyOf("ada@example.com")), 80, 24)
			at(t, "both visits", begun)
			at(t, "both visits", begun)
			if err := change(d); err != nil {
				t.Fatal(err)
			}
			if why := at(t, "the end", ended); model.CodeOf(why) != model.CodeDenied {
				t.Errorf("ended by %v", why)
			}
			if err := kim.Wait(); err == nil || said.Len() == 0 {
				t.Errorf("kim is told %q, %v", said, err)
			}
			select {
			case why := <-ended:
				t.Errorf("the other session ended, too: %v", why)
			case <-time.After(50 * time.Millisecond):
			}
		})
	}
}

// A connection that is lost ends what goes on in it.
func TestSSHHangUp(t *testing.T) {
	d := newDoor(t, usualSSH())
	begun, ended := d.begins()
	c := d.known(d.keyOf("ada@example.com"))
	_, _, _ = shell(t, c, 80, 24)
	at(t, "the visit", begun)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if why := at(t, "the end", ended); why != errHungUp {
		t.Errorf("ended by %v", why)
	}
}

// Whoever is in when the server stops is told.
func TestSSHStops(t *testing.T) {
	d := newDoor(t, usualSSH())
	begun, _ := d.begins()
	s, said, _ := shell(t, d.known(d.keyOf("ada@example.com")), 80, 24)
	idle := d.known(d.keyOf("ada@example.com"))
	at(t, "the visit", begun)
	if err := d.stop(); err != nil {
		t.Error(err)
	}
	if err := s.Wait(); err == nil || !strings.Contains(said.String(), "The server of empress is being stopped") {
		t.Errorf("told %q, %v", said, err)
	}
	if err := idle.Wait(); err == nil {
		t.Error("a connection without a session goes on")
	}
	if _, err := net.Dial("tcp", d.address); err == nil {
		t.Error("it listens on")
	}
}

// A defect in one session ends that session alone.
func TestSSHDefect(t *testing.T) {
	d := newDoor(t, usualSSH())
	plain := d.visit
	d.visit = func(ctx context.Context, v *Visit) int {
		if v.Line == "defect" {
			panic("emps_secret")
		}
		return plain(ctx, v)
	}
	c := d.known(d.keyOf("ada@example.com"))
	_, errs, code, err := run(c, "defect")
	if err != nil || code != exitAbnormal || !strings.Contains(errs, "empress has a defect") || strings.Contains(errs, "emps_") {
		t.Errorf("%q, %d, %v", errs, code, err)
	}
	d.wantRun(c, "x", "ada@example.com: x\n")
	if log := strings.Join(d.logged, "\n"); !strings.Contains(log, "defect") || strings.Contains(log, "emps_") {
		t.Errorf("the log says %q", log)
	}
}

// While the database does not answer nobody comes in, and everybody is told.
func TestSSHWithoutStore(t *testing.T) {
	d := newDoor(t, usualSSH())
	c := d.known(d.keyOf("ada@example.com"))
	d.store.fails.Store(true)
	if out, errs, code, err := run(c, "x"); err != nil || code == 0 || out != "" || errs == "" {
		t.Errorf("%q, %q, %d, %v", out, errs, code, err)
	}
	d.store.fails.Store(false)
	d.wantRun(c, "x", "ada@example.com: x\n")
}
