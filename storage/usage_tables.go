package storage

import (
	"context"
	"database/sql"
	"sync/atomic"

	"empress/model"
)

// usageTables keep what is known of requests and of sign-ins, apart from the
// keys. They are the same in every engine.
type usageTables struct {
	// open returns the database that they are in, nil when there is none and it is
	// not to be made. Its transactions write one at a time.
	open     func(ctx context.Context, create bool) (*sql.DB, error)
	mapError func(error) error
	once     bool                   // one statement may not add to a row twice
	swept    atomic.Pointer[string] // key up to which callers were looked through
}

var _ model.UsageStore = (*usageTables)(nil)
