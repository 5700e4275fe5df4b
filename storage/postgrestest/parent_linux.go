package postgrestest

import (
	"runtime"
	"syscall"
)

// leaveWithParent has a server end when the test program is killed. The signal
// comes when the thread ends that started it, which the calling goroutine keeps
// from here on.
func leaveWithParent(attr *syscall.SysProcAttr) {
	runtime.LockOSThread()
	attr.Pdeathsig = syscall.SIGQUIT
}
