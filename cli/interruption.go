package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilInsisted returns a context for work that must not be left half done: it
// outlives ctx, and ends when somebody who interrupted the program does so a
// second time.
func untilInsisted(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		ends = append(ends, syscall.SIGHUP)
	}
	came := make(chan os.Signal, 2)
	signal.Notify(came, ends...)
	go func() {
		defer signal.Stop(came)
		defer cancel()
		for range 2 {
			select {
			case <-came:
			case <-lasting.Done():
				return
			}
		}
	}()
	return lasting, cancel
}
