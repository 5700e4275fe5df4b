package storage

import (
	"context"
	"errors"

	"empress/model"
)

// Backup writes a consistent copy of the database, as it is now, into a file
// that was made for it, durably. What other processes write meanwhile is not
// held up and is not in it; neither are the usage of keys and the sign-ins. When
// that fails nothing remains of the file.
func (s *Store) Backup(ctx context.Context, to *NewFile) error {
	return to.keepAfter(s.copyInto(ctx, to.path))
}

// copyInto copies the database into an empty file. It is that file's disk that
// can be full.
func (s *Store) copyInto(ctx context.Context, path string) error {
	_, err := s.writer.ExecContext(ctx, "VACUUM INTO ?", path)
	if mapped := s.mapError(err); !errors.Is(mapped, model.ErrUnavailable) {
		return mapped
	}
	return (&Store{path: path}).mapError(err)
}
