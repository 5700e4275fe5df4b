//go:build !linux

package storage_test

import (
	"errors"
	"syscall"
)

// brokenDisk has calls that write fail, on Linux.
type brokenDisk struct{}

func newBrokenDisk() (*brokenDisk, error)  { return nil, errors.ErrUnsupported }
func (*brokenDisk) arm(int, syscall.Errno) {}
func (*brokenDisk) disarm() bool           { return false }
