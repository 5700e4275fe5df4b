// Decisions decides on requests in this process for a while, as fast as it can,
// and prints how many a second, and how many microseconds of processor time each
// took here.
//
//	decisions ADDRESS KEYFILE CREDENTIALS WORKERS DURATION
//
// Every request is a different one of the file of KEY:SECRET lines. Without
// workers it suspends and resumes the first of the keys instead, again and again,
// and prints how many of these changes were made a second.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/user"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"empress/model"
	"empress/storage"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "decisions:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) != 5 {
		return errors.New("want ADDRESS KEYFILE CREDENTIALS WORKERS DURATION")
	}
	workers, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	howLong, err := time.ParseDuration(args[4])
	if err != nil {
		return err
	}
	requests, err := read(args[2])
	if err != nil {
		return err
	}
	address, err := storage.ParseAddress(args[0])
	if err != nil {
		return err
	}
	store, err := storage.OpenPostgres(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	seal, err := storage.ReadKeyFile(args[1])
	if err != nil {
		return err
	}
	service := model.NewService(store, seal, time.Now)
	if _, err := service.Open(ctx); err != nil {
		return err
	}
	if workers == 0 {
		n, err := change(ctx, service, requests[0].Key, howLong)
		if err == nil {
			fmt.Printf("%.0f\n", float64(n)/howLong.Seconds())
		}
		return err
	}
	_, err = decide(ctx, service, requests, workers, howLong/4) // which makes the connections
	if err != nil {
		return err
	}
	before := processorTime()
	n, err := decide(ctx, service, requests, workers, howLong)
	if err == nil {
		fmt.Printf("%.0f %.2f\n", float64(n)/howLong.Seconds(), float64((processorTime()-before).Nanoseconds())/1e3/float64(n))
	}
	return err
}

// change suspends and resumes a key, one change after the other, as the member who
// founded the team, and returns how many changes that were.
func change(ctx context.Context, service *model.Service, id model.KeyID, howLong time.Duration) (n int, err error) {
	me, err := user.Current()
	if err != nil {
		return 0, err
	}
	session, err := service.SignIn(ctx, model.Identity{Login: me.Username, Via: model.ViaCommand})
	if err != nil {
		return 0, err
	}
	for end := time.Now().Add(howLong); time.Now().Before(end) && err == nil; n += 2 {
		if _, err = session.SuspendKey(ctx, id); err == nil {
			_, err = session.ResumeKey(ctx, id)
		}
	}
	return n, err
}

// processorTime is what this process took so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // which cannot fail
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// read reads the requests that a file of credentials makes.
func read(path string) (rs []model.Request, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		id, secret, err := model.ParseCredential(lines.Text())
		if err != nil {
			return nil, err
		}
		rs = append(rs, model.Request{Key: id, Secret: secret, Scopes: []string{"invoices:read"}, Address: netip.AddrFrom4([4]byte{10, 0, 0, 1})})
	}
	return rs, nil
}

// decide has so many workers decide, and returns how often they did. All of it is
// to be allowed.
func decide(ctx context.Context, service *model.Service, rs []model.Request, workers int, howLong time.Duration) (int64, error) {
	var done, next atomic.Int64
	var failed atomic.Pointer[error]
	end := time.Now().Add(howLong)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for time.Now().Before(end) && failed.Load() == nil {
				r := rs[next.Add(1)%int64(len(rs))]
				d, err := service.Verify(ctx, r)
				if err == nil && !d.Allowed {
					err = fmt.Errorf("%s: %s", r.Key, d.Reason)
				}
				if err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return done.Load(), nil
}
