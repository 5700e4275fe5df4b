package storage

import "database/sql"

// Pools returns the connections for writing and for reading.
func (s *Store) Pools() (writer, readers *sql.DB) { return s.writer, s.readers }
