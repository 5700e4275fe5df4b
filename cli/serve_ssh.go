package cli

import (
	"context"
	"net"

	"golang.org/x/crypto/ssh"

	"empress/model"
	"empress/server"
	"empress/storage"
)

// offerSSH listens for members who come over SSH.
func (t *tree) offerSSH(ctx context.Context, o serving, service *model.Service, m *server.Metrics) (running, error) {
	p, err := t.here.paths()
	if err != nil {
		return running{}, err
	}
	key, err := storage.HostKey(p.hostKey())
	if err != nil {
		return running{}, err
	}
	l, err := listenOn(ctx, o.ssh, "--ssh")
	if err != nil {
		return running{}, err
	}
	turns := make(chan struct{}, turnsElsewhere)
	so := server.SSHOptions{
		Service: service,
		HostKey: key,
		Attend:  func(ctx context.Context, v server.Visit) int { return attend(ctx, v, service, turns, t.note) },
		Metrics: m,
		Log:     func(line string) { t.note("%s", line) },
	}
	return running{
		announce: func() {
			_, port, _ := net.SplitHostPort(l.Addr().String())
			t.note("Listening on ssh://%s, which members reach with: ssh -p %s HOST", l.Addr(), port)
			t.note("The SSH host key is %s", ssh.FingerprintSHA256(key.PublicKey()))
		},
		serve: func(ctx context.Context) error { return server.ServeSSH(ctx, l, so) },
		close: l.Close,
	}, nil
}

// attend does what a member came for over SSH: the same commands as here, or
// the same screens.
func attend(ctx context.Context, v server.Visit, service *model.Service, turns chan struct{}, note func(format string, args ...any)) int {
	p := Program{
		Streams:  Streams{In: v.In, Out: v.Out, Err: v.Err, Environ: append([]string{}, v.Environ...)},
		Session:  func(context.Context) (*model.Session, error) { return v.Session, nil },
		Service:  func(context.Context) (*model.Service, error) { return service, nil },
		Verify:   v.Verify,
		Terminal: v.Terminal,
		Turns:    turns,
	}
	return p.runLine(ctx, v.Command, func(name string) {
		if err := recordOpened(ctx, service, v.Session, name); err != nil {
			note("A session over SSH could not be noted in the trail: %s", model.Sentence(err))
		}
	})
}

// recordOpened notes a session in the trail, also of who is gone again already.
// Where that fails the session goes on: who reads must not be kept out by a disk
// that is full.
func recordOpened(ctx context.Context, service *model.Service, s *model.Session, command string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return service.RecordOpened(ctx, s, command)
}
