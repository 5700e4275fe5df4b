package storage

import (
	"context"
	"database/sql"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"time"

	"empress/model"
)

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

// RestBesideReader ends the open transactions while one is read in, and reports
// whether that one is looked for once more.
func (s *Store) RestBesideReader() bool {
	held := s.held.now.Load()
	one := <-held.idle
	defer func() { held.idle <- one }()
	held.resting.Store(true)
	held.rest()
	return held.resting.Load()
}

// MaxTurn is how many credentials are read from PostgreSQL in one exchange.
const MaxTurn = maxTurn

// FindOutWithin bounds how long it may take to find out what became of a commit.
func (s *Postgres) FindOutWithin(d time.Duration) { s.findOut = d }

// OwnTables lists the tables that are made on PostgreSQL, CopiedTables those that
// are copied there and back.
func OwnTables() ([]string, error) { return ownTables() }

func CopiedTables() []string { return slices.Concat(teamTables, requestTables) }

// Compare compares what is known of a team in two databases.
func Compare(ctx context.Context, from *Store, to *Postgres) error {
	return from.Read(ctx, func(a model.Reader) error {
		return to.Read(ctx, func(b model.Reader) error {
			one := side{a.(*transaction).tx, from.mapError}
			x := transfer{ctx: ctx, from: one, to: side{b.(*transaction).tx, to.mapError}, lite: one}
			for _, name := range teamTables {
				table, err := x.describe(name)
				if err == nil {
					err = x.compare(table)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Noted is a batch as the journal keeps it.
func Noted(batch []model.Tally) []byte {
	ts := make([]*model.Tally, len(batch))
	for i := range batch {
		ts[i] = &batch[i]
	}
	return (&journalEncoder{}).encode(ts)
}

// ReadNoted reads a batch that the journal keeps.
func ReadNoted(b []byte) ([]model.Tally, error) { return (&journalDecoder{}).decode(b) }

// Checked is b with the checksum that belongs behind it.
func Checked(b []byte) []byte {
	return binary.BigEndian.AppendUint32(b[:len(b):len(b)], crc32.Checksum(b, journalTable))
}
