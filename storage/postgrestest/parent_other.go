//go:build !linux

package postgrestest

import "syscall"

// leaveWithParent does nothing where no system offers it.
func leaveWithParent(*syscall.SysProcAttr) {}
