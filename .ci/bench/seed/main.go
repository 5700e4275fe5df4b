// Seed fills a team that `empress init` made with keys, many times faster than
// one process a key could.
//
//	seed DATABASE COUNT [CREDENTIALS]
//
// With a file for the credentials every key has networks and a scope, and
// KEY:SECRET is added to it, a line each.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strconv"
	"time"

	"empress/model"
	"empress/storage"
)

// perApplication is how many keys one application has.
const perApplication = 8

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) != 2 && len(args) != 3 {
		return errors.New("want DATABASE COUNT [CREDENTIALS]")
	}
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	store, err := storage.Open(ctx, args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	session, err := signIn(ctx, store, args[0]+".key")
	if err != nil {
		return err
	}
	spec := model.KeySpec{Purpose: "measured"}
	credentials := io.Discard
	if len(args) == 3 {
		f, err := os.OpenFile(args[2], os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(f)
		defer func() { err = errors.Join(err, out.Flush(), f.Close()) }()
		spec.Networks, spec.Scopes = []string{"10.0.0.0/8", "127.0.0.0/8"}, []string{"invoices:read"}
		credentials = out
	}
	for i := range count {
		spec.Application = fmt.Sprintf("application-%03d", i/perApplication)
		key, secret, err := session.CreateKey(ctx, spec)
		if err == nil {
			_, err = fmt.Fprintf(credentials, "%s:%s\n", key.ID, secret.Reveal())
		}
		if err != nil {
			return err
		}
		secret.Wipe()
	}
	return nil
}

// signIn returns a session of the member who founded the team: the user that
// this process runs as.
func signIn(ctx context.Context, store *storage.Store, keyFile string) (*model.Session, error) {
	seal, err := storage.ReadKeyFile(keyFile)
	if err != nil {
		return nil, err
	}
	service := model.NewService(store, seal, time.Now)
	if _, err := service.Open(ctx); err != nil {
		return nil, err
	}
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	return service.SignIn(ctx, model.Identity{Login: me.Username, Via: model.ViaCommand})
}
