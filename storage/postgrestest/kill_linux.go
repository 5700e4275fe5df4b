package postgrestest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// killAll ends a process and its children at the same moment, without a chance to
// do anything more: as it stands still first, it starts no others meanwhile. Left
// alone, children of a dead postmaster finish what they are at, and may answer.
func killAll(parent *os.Process) {
	_ = parent.Signal(syscall.SIGSTOP)
	for _, child := range children(parent.Pid) {
		_ = syscall.Kill(child, syscall.SIGKILL)
	}
	_ = parent.Kill()
}

// children lists the processes that a process started, see proc_pid_stat(5).
func children(parent int) (pids []int) {
	found, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, path := range found {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it ended
		}
		var pid, by int
		var state string
		name := strings.LastIndexByte(string(stat), ')')
		_, err = fmt.Sscan(string(stat[name+1:]), &state, &by)
		if _, err2 := fmt.Sscan(string(stat), &pid); err == nil && err2 == nil && by == parent {
			pids = append(pids, pid)
		}
	}
	return pids
}

// forget removes the shared memory by which a server that was killed would know
// that processes of it are left (the seventh line of its postmaster.pid).
func (s *Server) forget() {
	pid, err := os.ReadFile(filepath.Join(s.Dir, "postmaster.pid"))
	lines := strings.Split(string(pid), "\n")
	if err != nil || len(lines) < 7 {
		return
	}
	var key, id int
	if _, err := fmt.Sscan(lines[6], &key, &id); err == nil {
		_, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	}
}
