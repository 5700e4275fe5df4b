//go:build !linux

package cli

func forbidDumps() {}
