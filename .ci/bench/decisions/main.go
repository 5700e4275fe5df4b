// Decisions decides on requests in this process for a while, as fast as it can,
// and prints how many a second, and how many microseconds of processor time each
// took here.
//
//	decisions ADDRESS KEYFILE CREDENTIALS WORKERS DURATION
//
// Every request is a different one of the file of KEY:SECRET lines.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
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
	decide(ctx, service, requests, workers, howLong/4) // which makes the connections
	before := processorTime()
	n, err := decide(ctx, service, requests, workers, howLong)
	if err == nil {
		fmt.Printf("%.0f %.2f\n", float64(n)/howLong.Seconds(), float64((processorTime()-before).Nanoseconds())/1e3/float64(n))
	}
	return err
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
