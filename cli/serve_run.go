package cli

import (
	"cmp"
	"context"
	"errors"
	"net"
	"syscall"

	"empress/model"
	"empress/server"
)

// running is one server that listens already.
type running struct {
	announce func()
	serve    func(ctx context.Context) error // until ctx ends
	close    func() error                    // instead of serve
}

// serveAll serves until the command is ended. When one server cannot go on, all
// of them end.
func (t *tree) serveAll(ctx context.Context, o serving) error {
	service, err := t.here.open(ctx)
	if err != nil {
		return err
	}
	if err := stays(ctx, t.here.store); err != nil {
		return err
	}
	var all []running
	metrics := server.NewMetrics()
	for _, offer := range []struct {
		address string
		listen  func(context.Context, serving, *model.Service, *server.Metrics) (running, error)
	}{{o.http, t.offerHTTP}, {o.ssh, t.offerSSH}} {
		if offer.address == "" {
			continue
		}
		r, err := offer.listen(ctx, o, service, metrics)
		if err != nil {
			for _, r := range all {
				err = errors.Join(err, r.close())
			}
			return err
		}
		all = append(all, r)
	}
	t.endless = true
	if err := together(ctx, all); err != nil {
		return err
	}
	t.note("Stopped.")
	return nil
}

func together(ctx context.Context, all []running) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	errs := make(chan error)
	for _, r := range all {
		r.announce()
		go func() { errs <- r.serve(ctx) }()
	}
	var err error
	for range all {
		if failed := <-errs; failed != nil {
			err = errors.Join(err, failed)
			end()
		}
	}
	return err
}

// offerHTTP listens for proxies and services.
func (t *tree) offerHTTP(ctx context.Context, o serving, service *model.Service, m *server.Metrics) (running, error) {
	so := server.Options{Service: service, Trusted: o.trusted, Metrics: m, Log: func(line string) { t.note("%s", line) }}
	if o.cert != "" {
		var err error
		if so.Certificate, err = server.LoadCertificate(o.cert, o.key); err != nil {
			return running{}, err
		}
	}
	l, err := listenOn(ctx, o.http, "--http")
	if err != nil {
		return running{}, err
	}
	recorder := model.NewRecorder(service)
	so.Recorder = recorder
	return running{
		announce: func() { t.announce(l.Addr(), so.Certificate != nil) },
		serve: func(ctx context.Context) error {
			w := t.watchCounting(ctx, recorder)
			err := server.Serve(ctx, l, so)
			uncounted := w.close(context.WithoutCancel(ctx))
			if err != nil && uncounted != nil {
				t.note("%s", model.Sentence(err))
			}
			return cmp.Or(uncounted, err)
		},
		close: func() error { return errors.Join(l.Close(), recorder.Close(ctx)) },
	}, nil
}

// listenOn listens on the address that a flag gave.
func listenOn(ctx context.Context, address, flag string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, notListening(address, flag, err)
	}
	return l, nil
}

func notListening(address, flag string, err error) error {
	mend := "Look whether the address is one of this computer's"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		mend = "Another program has that address: end it, or choose another port with " + flag + ", or switch it off with an empty " + flag
	case errors.Is(err, syscall.EACCES):
		mend = "Ports below 1024 need special rights: choose a higher one with " + flag
	}
	return model.Errorf(model.CodeUnavailable, "Nothing can be served on %s. %s.", address, mend).Because(err)
}

// announce says where the server listens, and what is unsafe about it.
func (t *tree) announce(at net.Addr, overTLS bool) {
	scheme := "http"
	if overTLS {
		scheme = "https"
	}
	t.note("Listening on %s://%s/verify", scheme, at)
	if tcp, ok := at.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() && !overTLS {
		t.note("Secrets reach this address over the network unencrypted. Give --tls-cert and --tls-key, or keep everybody but the proxy away from it.")
	}
}
