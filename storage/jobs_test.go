package storage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"empress/model"
	"empress/storage"
)

// The jobs of helper processes. Each takes the paths of the database and of
// the sealing key first.

// helpChange makes changes to keys: the third argument says how many.
func helpChange(args []string) error {
	h, err := place{args[0], args[1]}.open()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	var key model.Key
	var secret model.Secret
	for i := range n {
		switch {
		case i == 0:
			key, secret, err = h.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Purpose: "Process " + strconv.Itoa(os.Getpid())})
		case i%4 == 1:
			_, err = h.ada.SuspendKey(ctx, key.ID)
		case i%4 == 2:
			_, err = h.ada.ResumeKey(ctx, key.ID)
		default:
			key, secret, err = h.ada.RegenerateSecret(ctx, key.ID, key.Generation)
		}
		if err != nil {
			return fmt.Errorf("change %d: %w", i, err)
		}
		d, err := h.service.Verify(ctx, model.Request{Key: key.ID, Secret: secret})
		if err != nil {
			return err
		}
		if want := i%4 != 1; d.Allowed != want {
			return fmt.Errorf("after change %d: %s", i, d.Reason)
		}
	}
	fmt.Println("done")
	return h.store.Close()
}

// helpCreate makes the database and founds a team in it, when told to by
// standard input. It prints "founded", or "conflict" where another was first.
func helpCreate(args []string) error {
	_, _ = os.Stdin.Read(make([]byte, 1))
	seal, err := storage.ReadKeyFile(args[1])
	if err != nil {
		return err
	}
	store, err := storage.Create(ctx, args[0])
	if err != nil {
		return err
	}
	service := model.NewService(store, seal, time.Now)
	_, err = service.Found(ctx, model.Founding{Team: "Team " + args[2], Name: "Ada", Email: "ada@example.com", Login: "ada"}, ada)
	switch {
	case err == nil:
		fmt.Println("founded")
		return store.Close()
	case errors.Is(err, model.ErrConflict):
		fmt.Println("conflict")
		return store.Close()
	}
	return err
}

// helpRegenerate regenerates the secret of the key in the third argument for
// ever, and prints each generation and secret once it is acknowledged.
func helpRegenerate(args []string) error {
	h, err := place{args[0], args[1]}.open()
	if err != nil {
		return err
	}
	for {
		k, s, err := h.ada.RegenerateSecret(ctx, model.KeyID(args[2]), 0)
		if err != nil {
			return err
		}
		fmt.Printf("%d %s\n", k.Generation, s.Reveal())
	}
}

// helpFull makes changes while files may not grow beyond the bytes in the
// fourth argument, and prints what it was told: "ok GENERATION SECRET" or
// "failed CODE". It then lifts the limit and goes on with the same store.
func helpFull(args []string) error {
	signal.Ignore(syscall.SIGXFSZ)
	h, err := place{args[0], args[1]}.open()
	if err != nil {
		return err
	}
	limit, err := strconv.ParseUint(args[3], 10, 64)
	if err != nil {
		return err
	}
	if err := setFileLimit(limit); err != nil {
		return err
	}
	id := model.KeyID(args[2])
	for range 6 {
		k, s, err := h.ada.RegenerateSecret(ctx, id, 0)
		report(k, s, err)
		made, s2, err := h.ada.CreateKey(ctx, model.KeySpec{Application: "billing"})
		if (err != nil) != s2.Empty() || (err != nil) != (made.ID == "") {
			return fmt.Errorf("creating a key gives %v and %v", made, err)
		}
		if _, err := h.service.Verify(context.Background(), model.Request{Key: id, Secret: s}); err != nil {
			fmt.Println("unanswered", model.CodeOf(err))
		}
	}
	if err := setFileLimit(1 << 40); err != nil {
		return err
	}
	k, s, err := h.ada.RegenerateSecret(ctx, id, 0)
	report(k, s, err)
	if err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	return h.store.Close()
}

func report(k model.Key, s model.Secret, err error) {
	switch {
	case err == nil && !s.Empty():
		fmt.Println("ok", k.Generation, s.Reveal())
	case err != nil && s.Empty() && k.ID == "":
		fmt.Println("failed", model.CodeOf(err))
	default:
		fmt.Println("both", k.Generation, err)
	}
}

func setFileLimit(bytes uint64) error {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &r); err != nil {
		return err
	}
	r.Cur = min(bytes, r.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &r)
}

// helpUsage counts requests: the third argument says how many.
func helpUsage(args []string) error {
	h, err := place{args[0], args[1]}.open()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	for range n {
		if err := h.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: "empk_x", At: time.Now(), Allowed: 1}}}); err != nil {
			return err
		}
	}
	return h.store.Close()
}

// helpRecord verifies with the credential of the third argument through a
// recorder until it is killed, and prints a line after each request, "-" when the
// decision is not as ever.
func helpRecord(args []string) error {
	h, err := place{args[0], args[1]}.open()
	if err != nil {
		return err
	}
	id, secret, err := model.ParseCredential(args[2])
	if err != nil {
		return err
	}
	recorder := model.NewRecorder(h.service)
	q := model.Request{Key: id, Secret: secret}
	for n := 1; ; n++ {
		d, err := h.service.Verify(ctx, q)
		if err != nil || !d.Allowed {
			fmt.Println("-")
			continue
		}
		recorder.Record(q, d)
		fmt.Println(n, time.Now().UnixMilli())
		time.Sleep(time.Millisecond)
	}
}

// helpNote counts one request of each of the crowd's keys, again and again until it
// is killed, and folds what was noted. It prints a line after each batch.
func helpNote(args []string) error {
	h, err := place{args[0], args[1]}.open()
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		if err := h.store.RecordUsage(ctx, busyBatch(1)); err != nil {
			return err
		}
		fmt.Println(n)
		for range 10 {
			if _, err := h.store.FoldUsage(ctx, false); err != nil {
				return err
			}
		}
	}
}

// helpDemote signs in as one administrator and, when told to by standard input,
// demotes another. It prints "demoted" or "denied".
func helpDemote(args []string) error {
	h, err := place{args[0], args[1]}.openAs(model.Identity{Login: args[2], Via: model.ViaCommand})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1))
	_, err = h.ada.SetRole(ctx, args[3], model.PlainMember)
	switch {
	case err == nil:
		fmt.Println("demoted")
	case errors.Is(err, model.ErrDenied):
		fmt.Println("denied")
	default:
		return err
	}
	return h.store.Close()
}
