// Unrecorded serves like `empress serve`, but counts no request: what counting
// costs is told as a part of its rate.
//
//	unrecorded DATABASE ADDRESS
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"empress/model"
	"empress/server"
	"empress/storage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "unrecorded:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) != 2 {
		return errors.New("want DATABASE ADDRESS")
	}
	seal, err := storage.ReadKeyFile(args[0] + ".key")
	if err != nil {
		return err
	}
	store, err := storage.Open(ctx, args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	service := model.NewService(store, seal, time.Now)
	if _, err := service.Open(ctx); err != nil {
		return err
	}
	l, err := net.Listen("tcp", args[1])
	if err != nil {
		return err
	}
	return server.Serve(ctx, l, server.Options{Service: service})
}
