// Empress issues, rotates and checks API keys. See the package cli for its
// commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"empress/cli"
)

func main() {
	cli.Harden()
	// A closed pipe and a file that may grow no further are errors of the
	// write that meets them, not the end of the process in its middle.
	signal.Ignore(syscall.SIGPIPE, syscall.SIGXFSZ)
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}))
}
