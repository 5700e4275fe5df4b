package storage

import (
	"strconv"
	"strings"
)

// What PostgreSQL does otherwise than SQLite, for which the queries are written.
// Its schema is in migrations/postgres: BIGINT and BYTEA in place of INTEGER and
// BLOB, and texts that are compared byte by byte, as Go does.

// use is what the connections of a pool are for.
type use struct {
	begin, commit string
	writes        bool // to the keys, the trail and all that belongs to them
}

// changeChannel is what [Postgres.Changes] listens to.
const changeChannel = "empress_changes"

var (
	// forReading: all that a transaction reads is of one moment.
	forReading = use{begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", commit: "COMMIT"}
	// forWriting: whoever writes holds the end of the chain, so that writers write
	// one at a time, and what each reads was committed before it began. Whoever
	// stands still meanwhile holds nobody up for ever.
	forWriting = use{
		begin: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '60s'; " +
			"SELECT id FROM head WHERE id = 1 FOR UPDATE",
		commit: "NOTIFY " + changeChannel + "; COMMIT",
		writes: true,
	}
	// forCounting: requests are counted by one process at a time, beside all else.
	forCounting = use{
		begin: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '60s'; " +
			"SELECT id FROM usage_turn WHERE id = 1 FOR UPDATE",
		commit: "COMMIT",
	}
	// forMigrating: the number stands for the schema of empress alone.
	forMigrating = use{
		begin:  "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '30s'; SELECT pg_advisory_xact_lock(1164800114)",
		commit: "COMMIT",
	}
	// forComparing: what is made in such a transaction is for looking at alone.
	forComparing = use{begin: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '10s'", commit: "ROLLBACK"}
)

// translations of what the queries have that PostgreSQL lacks.
var translations = strings.NewReplacer("instr(", "strpos(", "x''", `'\x'::bytea`, "LIMIT -1 OFFSET", "OFFSET")

// credentialOnPostgres is the verifier's read.
var credentialOnPostgres = translated(credentialQuery)

// translated is a query as PostgreSQL takes it: its parameters are numbered.
func translated(query string) string {
	query = translations.Replace(query)
	var b strings.Builder
	number, quoted := 0, false
	for _, c := range []byte(query) {
		switch {
		case c == '\'':
			quoted = !quoted
		case c == '?' && !quoted:
			number++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(number))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
