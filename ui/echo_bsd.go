//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package ui

import "golang.org/x/sys/unix"

const (
	readTermios  = unix.TIOCGETA
	writeTermios = unix.TIOCSETA
	noControl    = 0xff // stands for no control character
)

// forgetTyped drops what was typed and not read yet.
func forgetTyped(fd int) {
	const reading = 1 // FREAD
	_ = unix.IoctlSetPointerInt(fd, unix.TIOCFLUSH, reading)
}
