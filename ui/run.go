package ui

import "context"

// Run shows the interface on a terminal until the person leaves.
func Run(ctx context.Context, o Options) error { return nil }
