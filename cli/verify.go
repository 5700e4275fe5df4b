package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/server"
)

func (t *tree) verify() *cobra.Command {
	var demand demand
	cmd := &cobra.Command{
		Use:     "verify",
		GroupID: groupKeys,
		Short:   "Decide whether a key and its secret are good",
		Long: `Decide whether a key and its secret are good. One line KEY:SECRET is read from
the standard input, never from an argument, which others could see.

The exit code is 0 when the request may pass, 4 when it may not, and 1 when no
answer can be had, which means no. Whoever can read the database and the sealing
key can ask, and so can every active member. A member who comes to "empress
serve" over SSH and gives many wrong secrets has to wait before there is another
answer, and is told how long.

The rate of a key plays no part: nothing is taken from it, and a key that has
used it up is allowed here.`,
		Example: "  printf '%s:%s\\n' \"$API_KEY\" \"$API_SECRET\" | empress verify --application billing --scope invoices:read",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage(cmd, "Others can see the arguments of a command, so a secret is none of them: pipe KEY:SECRET in. If that was a secret, regenerate it.")
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&demand.application, "application", "", "the key must be of this application, by its exact `name`")
	f.StringArrayVar(&demand.scopes, "scope", nil, "the key must have this `scope`; may be repeated")
	f.StringVar(&demand.address, "address", "", "the `address` that the request comes from, for keys of certain networks")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"application": t.completeApplication})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := filled(cmd, "application", "scope", "address"); err != nil {
			return err
		}
		r, err := demand.request(cmd)
		if err != nil {
			return err
		}
		return t.decide(cmd.Context(), r)
	}
	return cmd
}

// demand is what flags ask of a key.
type demand struct {
	application string
	scopes      []string
	address     string
}

func (d demand) request(cmd *cobra.Command) (model.Request, error) {
	r := model.Request{Application: d.application, Scopes: d.scopes, IgnoreRate: true}
	if d.address == "" {
		return r, nil
	}
	a, err := netip.ParseAddr(d.address)
	if err != nil {
		return r, usage(cmd, "--address takes an IP address such as 192.0.2.7, not %s.", quoted(d.address))
	}
	r.Address = a
	return r, nil
}

// maxCredential is more than KEY:SECRET and the white space around it, in
// bytes.
const maxCredential = 512

// decide reads the credential and prints the decision on it.
func (t *tree) decide(ctx context.Context, r model.Request) error {
	d := model.Decision{Reason: model.ReasonUnauthenticated}
	line, err := t.readCredential(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		r.Key, r.Secret, err = model.ParseCredential(line)
	}
	if err == nil {
		defer r.Secret.Wipe()
		if d, err = t.ask(ctx, r); err != nil {
			return errors.Join(t.printDecision(r, d), unanswered(err))
		}
	}
	if err := errors.Join(t.printDecision(r, d), t.out.Flush()); err != nil {
		return unwritten(err)
	}
	t.count(ctx, r, d)
	if !d.Allowed {
		return exitDenied
	}
	return nil
}

func (t *tree) readCredential(ctx context.Context) (string, error) {
	if isTerminal(t.In) {
		defer fmt.Fprintln(t.Err)
		return readHidden(ctx, t.In, maxCredential, func() { fmt.Fprint(t.Err, "KEY:SECRET (not shown): ") })
	}
	return readLine(ctx, t.In, maxCredential)
}

func (t *tree) ask(ctx context.Context, r model.Request) (model.Decision, error) {
	unavailable := model.Decision{Reason: model.ReasonUnavailable}
	if t.here == nil { // who can read the files could ask anyway
		if _, err := t.Session(ctx); err != nil {
			return unavailable, err
		}
	}
	if t.Verify == nil {
		service, err := t.Service(ctx)
		if err != nil {
			return unavailable, err
		}
		return service.Verify(ctx, r)
	}
	d, err := t.Verify(ctx, r)
	if err == nil && d.Reason == server.ReasonThrottled {
		err = tooManyFailures(d.RetryAfter)
	}
	return d, err
}

func tooManyFailures(wait time.Duration) error {
	return model.Errorf(model.CodeUnavailable, "You gave too many wrong secrets, so nobody is told whether this one is right. Wait %s, then ask again.",
		count(int(math.Ceil(wait.Seconds())), "second"))
}

// unanswered keeps the exit code of a failure apart from that of a denial and
// of a key that does not exist.
func unanswered(err error) error {
	if exitOf(err) == exitFailed || exitOf(err) == exitUsage {
		return err
	}
	return model.Errorf(model.CodeUnavailable, "%s", model.Sentence(err)).Because(err)
}

// patience bounds how long counting a request may hold up the answer's end.
const patience = 2 * time.Second

// count records the request. The decision stands whether that works or not.
func (t *tree) count(ctx context.Context, r model.Request, d model.Decision) {
	if r.Key == "" { // no key was named
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if service, err := t.Service(ctx); err == nil {
		_ = service.RecordUsage(ctx, r, d)
	}
}

// decisionJSON is a decision as scripts see it. Names are there when the
// secret was right.
type decisionJSON struct {
	Allowed     bool         `json:"allowed"`
	Reason      model.Reason `json:"reason"`
	APIKey      string       `json:"api_key,omitempty"`
	Application string       `json:"application,omitempty"`
	Owner       string       `json:"owner,omitempty"`
	Team        string       `json:"team,omitempty"`
	Scopes      *[]string    `json:"scopes,omitempty"`
}

func (t *tree) printDecision(r model.Request, d model.Decision) error {
	if t.json {
		j := decisionJSON{Allowed: d.Allowed, Reason: d.Reason, APIKey: model.Printable(string(d.Key)),
			Application: model.Printable(d.Application), Owner: model.Printable(d.Owner), Team: model.Printable(d.Team)}
		if d.Application != "" {
			scopes := printables(d.Scopes)
			j.Scopes = &scopes
		}
		return encoder(t.out).Encode(j)
	}
	verdict := "denied: "
	if d.Allowed {
		verdict = "allowed: "
	}
	_, err := fmt.Fprintln(t.out, verdict+model.Printable(explained(r, d)))
	return err
}

// explained says why a decision on a request is what it is.
func explained(r model.Request, d model.Decision) string {
	switch d.Reason {
	case model.ReasonOK:
		with := "without scopes"
		if len(d.Scopes) > 0 {
			with = "with " + strings.Join(d.Scopes, ", ")
		}
		return fmt.Sprintf("%s, owned by %s of %s, %s", d.Application, d.Owner, d.Team, with)
	case model.ReasonUnauthenticated:
		return "the key or its secret is missing, malformed, unknown or wrong"
	case model.ReasonExpired:
		return "the key of " + d.Application + " has expired"
	case model.ReasonSuspended:
		return "the key of " + d.Application + " is suspended"
	case model.ReasonRevoked:
		return "the key of " + d.Application + " is revoked"
	case model.ReasonWrongApplication:
		return "the key belongs to another application, " + d.Application
	case model.ReasonMissingScope:
		return "the key of " + d.Application + " lacks a scope that is needed"
	case model.ReasonNetworkNotAllowed:
		if !r.Address.IsValid() {
			return "the key of " + d.Application + " works from its networks alone, and no --address says where the request comes from"
		}
		return "the key of " + d.Application + " does not work from that address"
	case model.ReasonRateLimited:
		return "the rate of the key of " + d.Application + " cannot be read; set it again with `empress keys edit`"
	case model.ReasonRecordDamaged:
		return "the record of the key was changed outside empress; run `empress audit verify`"
	case model.ReasonClockDoubtful:
		return "the clock cannot be trusted, so nobody can say whether the key has expired; run `empress doctor`"
	case server.ReasonThrottled:
		return "too many wrong secrets came before this one"
	case model.ReasonUnavailable:
		return "no answer can be had now"
	}
	return string(d.Reason)
}
