package ui

import "golang.org/x/sys/unix"

// HideTyping makes a terminal show nothing of what is typed, until show is
// called. It still takes lines, with ctrl+c and ctrl+d as ever, but ctrl+z does
// not leave a shell with a terminal that shows nothing.
func HideTyping(fd int) (show func(), err error) {
	before, err := unix.IoctlGetTermios(fd, readTermios)
	if err != nil {
		return nil, err
	}
	hiding := *before
	hiding.Lflag &^= unix.ECHO
	hiding.Cc[unix.VSUSP] = noControl
	if err := unix.IoctlSetTermios(fd, writeTermios, &hiding); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, writeTermios, before) }, nil
}
