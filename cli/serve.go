package cli

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/server"
)

func (t *tree) serve() *cobra.Command {
	var o serving
	cmd := &cobra.Command{
		Use:     "serve",
		GroupID: groupHere,
		Short:   "Answer proxies and services over HTTP",
		Long: `Answer proxies and services over HTTP: may this request pass? Whoever asks
sends the key and its secret along, as one of

  Authorization: token KEY:SECRET          or Bearer, or Basic
  X-Api-Key: KEY and X-Api-Secret: SECRET

to /verify?application=NAME&scope=SCOPE, and gets 200 when the request may pass,
401, 403 or 429 when it may not, and 503 when no answer can be had, which means
no. Every request reads the key anew. It takes no membership to serve.

--print-config prints what makes a proxy ask. A proxy that is named with
--trust-proxy is believed about the address of its clients. The server stops on
SIGTERM, when it has answered what it was asked.`,
		Example: "  empress serve\n  empress serve --http 10.0.0.5:8787 --tls-cert cert.pem --tls-key key.pem --trust-proxy 10.0.0.0/24\n  empress serve --print-config nginx",
	}
	f := cmd.Flags()
	f.StringVar(&o.http, "http", "127.0.0.1:8787", "the `address` to answer HTTP on; an empty one turns it off")
	f.StringVar(&o.ssh, "ssh", "", "the `address` to answer SSH on; this version has no SSH server yet")
	f.StringVar(&o.cert, "tls-cert", "", "the certificate chain `file` (PEM); read again when it changes")
	f.StringVar(&o.key, "tls-key", "", "the `file` of the certificate's private key (PEM)")
	f.StringArrayVar(&o.proxies, "trust-proxy", nil, "believe X-Forwarded-For from this `network`; may be repeated")
	f.StringVar(&o.recipe, "print-config", "", "print how a `proxy` asks, and end: nginx, caddy, traefik or envoy")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"print-config": fixed(server.Recipes())})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.check(cmd); err != nil {
			return err
		}
		if o.recipe != "" {
			return server.WriteRecipe(t.out, server.Recipe(o.recipe), o.http, o.cert != "")
		}
		return t.listen(cmd.Context(), o)
	}
	return cmd
}

// serving is how to serve, as flags say it.
type serving struct {
	http, ssh string
	cert, key string
	proxies   []string
	recipe    string

	trusted []netip.Prefix // what proxies stand for
}

func (o *serving) check(cmd *cobra.Command) error {
	if err := firstError(filled(cmd, "tls-cert", "tls-key", "trust-proxy", "print-config"), oneOf(cmd, "print-config", server.Recipes())); err != nil {
		return err
	}
	if o.ssh != "" {
		return usage(cmd, "This version has no SSH server yet, so --ssh takes no address.")
	}
	if o.http == "" {
		return usage(cmd, "With an empty --http there is nothing to serve. Give an address such as 127.0.0.1:8787.")
	}
	if _, port, err := net.SplitHostPort(o.http); err != nil || !validPort(port) {
		return usage(cmd, "--http takes an address with a port, such as 127.0.0.1:8787, not %s.", quoted(o.http))
	}
	if (o.cert == "") != (o.key == "") {
		return usage(cmd, "--tls-cert and --tls-key go together: give both, or none.")
	}
	for _, text := range o.proxies {
		p, err := parseProxy(text)
		if err != nil {
			return usage(cmd, "--trust-proxy takes an address or a network such as 10.0.0.0/24, not %s.", quoted(text))
		}
		if p.Bits() < 8 {
			return usage(cmd, "--trust-proxy %s would believe nearly everybody. Name the network of your proxies.", quoted(text))
		}
		o.trusted = append(o.trusted, p)
	}
	return nil
}

func validPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// parseProxy reads a network, or one address as the network of itself.
func parseProxy(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err == nil && p.Addr().Is4In6() {
		err = errors.New("IPv4 in IPv6") // which no address is compared as
	}
	return p.Masked(), err
}

// listen serves until the command is ended.
func (t *tree) listen(ctx context.Context, o serving) error {
	so := server.Options{Trusted: o.trusted, Log: func(line string) { t.note("%s", line) }}
	var err error
	if o.cert != "" {
		if so.Certificate, err = server.LoadCertificate(o.cert, o.key); err != nil {
			return err
		}
	}
	if so.Service, err = t.here.open(ctx); err != nil {
		return err
	}
	recorder := model.NewRecorder(so.Service)
	so.Recorder = recorder
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.http)
	if err != nil {
		return errors.Join(notListening(o.http, err), recorder.Close(ctx))
	}
	t.announce(l.Addr(), so.Certificate != nil)
	t.endless = true
	w := t.watchCounting(ctx, recorder)
	err = server.Serve(ctx, l, so)
	if uncounted := w.close(context.WithoutCancel(ctx)); uncounted != nil {
		if err != nil {
			t.note("%s", model.Sentence(err))
		}
		err = uncounted
	}
	if err != nil {
		return err
	}
	t.note("Stopped.")
	return nil
}

func notListening(address string, err error) error {
	mend := "Look whether the address is one of this computer's"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		mend = "Another program has that address: end it, or choose another port with --http"
	case errors.Is(err, syscall.EACCES):
		mend = "Ports below 1024 need special rights: choose a higher one with --http"
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
