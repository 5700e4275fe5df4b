package storage_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// brokenDisk stands between this process and the kernel (seccomp_unotify(2)), and has
// one call that writes to a file, or makes it durable, fail.
type brokenDisk struct {
	left atomic.Int64 // calls until the one that fails; 0 for none
	with atomic.Int64 // the error's number
}

// watched are the calls by which databases are written and made durable.
var watched = []uint32{unix.SYS_PWRITE64, unix.SYS_FTRUNCATE, unix.SYS_FSYNC, unix.SYS_FDATASYNC}

// newBrokenDisk begins to watch this process, for as long as it lives.
func newBrokenDisk() (*brokenDisk, error) {
	const load, equal, end = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	filter := []unix.SockFilter{{Code: load}} // the call's number
	for i, call := range watched {
		filter = append(filter, unix.SockFilter{Code: equal, K: call, Jt: uint8(len(watched) - i)})
	}
	filter = append(filter, unix.SockFilter{Code: end, K: unix.SECCOMP_RET_ALLOW}, unix.SockFilter{Code: end, K: unix.SECCOMP_RET_USER_NOTIF})
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return nil, err
	}
	const flags = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return nil, fmt.Errorf("watch system calls: %w", errno)
	}
	d := &brokenDisk{}
	go d.answer(listener)
	return d, nil
}

// notice and verdict are struct seccomp_notif and struct seccomp_notif_resp.
type (
	notice struct {
		id         uint64
		pid, flags uint32
		call       struct {
			number, arch uint32
			pointer      uint64
			arguments    [6]uint64
		}
	}
	verdict struct {
		id    uint64
		value int64
		error int32
		flags uint32
	}
)

func (d *brokenDisk) answer(listener uintptr) {
	for {
		var n notice
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, listener, unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&n))); errno != 0 {
			continue // whoever called was interrupted meanwhile
		}
		v := verdict{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		if left := d.left.Load(); left > 0 && d.left.Add(-1) == 0 {
			v.flags, v.error = 0, -int32(d.with.Load())
		}
		_, _, _ = unix.Syscall(unix.SYS_IOCTL, listener, unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&v)))
	}
}

// arm has the n-th call from now on fail.
func (d *brokenDisk) arm(n int, with syscall.Errno) {
	d.with.Store(int64(with))
	d.left.Store(int64(n))
}

// disarm returns whether a call has failed.
func (d *brokenDisk) disarm() bool { return d.left.Swap(0) == 0 }
