//go:build race

package cli

// racing is whether the race detector is at work, under which everything takes
// ten times as long.
const racing = true
