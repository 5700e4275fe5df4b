//go:build !linux

package storage

import "errors"

// commit names one commit, where it can be seen.
type commit struct{}

type commits struct{}

// watchCommits fails: elsewhere than on Linux the locks of SQLite may belong to
// the process, which would lose them with its index closed.
func watchCommits(string) (*commits, error) { return nil, errors.ErrUnsupported }

func (*commits) last() (commit, bool) { return commit{}, false }

func (*commits) frames() uint32 { return 0 }

func (*commits) close() error { return nil }
