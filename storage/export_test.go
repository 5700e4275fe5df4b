package storage

import "database/sql"

// Pools returns the connections for writing and for reading.
func (s *Store) Pools() (writer, readers *sql.DB) { return s.writer, s.readers }

// Held reports whether decisions are answered from transactions that stay open.
func (s *Store) Held() bool { return s.held.now.Load() != nil }

// Frames is how many frames the write-ahead log has, 0 until decisions are
// answered from transactions that stay open.
func (s *Store) Frames() uint32 {
	if held := s.held.now.Load(); held != nil {
		return held.commits.frames()
	}
	return 0
}
