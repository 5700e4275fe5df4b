package storage

import (
	"fmt"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// direct is a connection that only reads, below database/sql and its driver,
// which take as long again as SQLite takes for a row. It serves one goroutine at
// a time. Its errors are for nobody: whoever meets one asks again in the ordinary
// way, and gets a row, or is told what is wrong.
type direct struct {
	tls     *libc.TLS
	db      uintptr
	queries []uintptr
	text    uintptr // memory for the parameter of a query
}

// maxParameter is how many bytes a parameter may have.
const maxParameter = 128

// openDirect opens a database, with a page cache of that size.
func openDirect(path string, cacheKiB int) (d *direct, err error) {
	d = &direct{tls: libc.NewTLS()}
	if d.text = libc.Xmalloc(d.tls, maxParameter); d.text == 0 {
		err = failure(sqlite3.SQLITE_NOMEM)
	}
	if err == nil {
		err = d.open(path)
	}
	for _, setting := range []string{"query_only = 1", "trusted_schema = 0", fmt.Sprintf("cache_size = -%d", cacheKiB), "busy_timeout = 10000"} {
		if err == nil {
			err = d.run("PRAGMA " + setting)
		}
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *direct) open(path string) error {
	return d.yields(path, &d.db, func(name, to uintptr) int32 {
		return sqlite3.Xsqlite3_open_v2(d.tls, name, to, sqlite3.SQLITE_OPEN_READWRITE|sqlite3.SQLITE_OPEN_NOMUTEX, 0)
	})
}

// yields calls what takes a text and yields a pointer.
func (d *direct) yields(text string, pointer *uintptr, call func(text, to uintptr) int32) error {
	t, err := libc.CString(text)
	if err != nil {
		return err
	}
	defer libc.Xfree(d.tls, t)
	to := libc.Xcalloc(d.tls, 1, 8)
	if to == 0 {
		return failure(sqlite3.SQLITE_NOMEM)
	}
	defer libc.Xfree(d.tls, to)
	rc := call(t, to)
	*pointer = *(*uintptr)(unsafe.Pointer(unsafe.SliceData(libc.GoBytes(to, 8))))
	if rc != sqlite3.SQLITE_OK {
		return failure(rc)
	}
	return nil
}

// prepare readies a query, for as long as the connection lasts.
func (d *direct) prepare(text string) (query, error) {
	q := query{d: d}
	err := d.yields(text, &q.statement, func(text, to uintptr) int32 {
		return sqlite3.Xsqlite3_prepare_v2(d.tls, d.db, text, -1, to, 0)
	})
	if q.statement != 0 {
		d.queries = append(d.queries, q.statement)
	}
	return q, err
}

// run runs a statement whose rows nobody wants.
func (d *direct) run(text string) error {
	q, err := d.prepare(text)
	if err != nil {
		return err
	}
	return q.run()
}

// checkpoint moves what the write-ahead log holds to where it belongs.
func (d *direct) checkpoint() {
	sqlite3.Xsqlite3_wal_checkpoint_v2(d.tls, d.db, 0, sqlite3.SQLITE_CHECKPOINT_PASSIVE, 0, 0)
}

func (d *direct) close() {
	for _, q := range d.queries {
		sqlite3.Xsqlite3_finalize(d.tls, q) // repeats what its last step returned
	}
	sqlite3.Xsqlite3_close_v2(d.tls, d.db) // with 0 it does nothing
	libc.Xfree(d.tls, d.text)
	d.tls.Close()
}

// query is one prepared statement. Its columns are numbered from 0.
type query struct {
	d         *direct
	statement uintptr
}

// step goes on to the next row, if there is one. The query must be reset after
// its last step.
func (q query) step() (row bool, err error) {
	switch rc := sqlite3.Xsqlite3_step(q.d.tls, q.statement); rc {
	case sqlite3.SQLITE_ROW:
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	default:
		return false, failure(rc)
	}
}

func (q query) reset() { sqlite3.Xsqlite3_reset(q.d.tls, q.statement) }

// run runs the statement to its end.
func (q query) run() error {
	defer q.reset()
	for {
		if row, err := q.step(); !row {
			return err
		}
	}
}

// bind gives the query its one parameter, until the next.
func (q query) bind(text string) error {
	if len(text) > maxParameter {
		return failure(sqlite3.SQLITE_TOOBIG)
	}
	n := copy(libc.GoBytes(q.d.text, maxParameter), text)
	if rc := sqlite3.Xsqlite3_bind_text(q.d.tls, q.statement, 1, q.d.text, int32(n), sqlite3.SQLITE_STATIC); rc != sqlite3.SQLITE_OK {
		return failure(rc)
	}
	return nil
}

// holds reports whether a column is of a type, such as sqlite3.SQLITE_TEXT.
func (q query) holds(column, kind int32) bool {
	return sqlite3.Xsqlite3_column_type(q.d.tls, q.statement, column) == kind
}

func (q query) integer(column int32) int64 {
	return sqlite3.Xsqlite3_column_int64(q.d.tls, q.statement, column)
}

// bytes returns the bytes of text and of others, until the next step.
func (q query) bytes(column int32) []byte {
	p := sqlite3.Xsqlite3_column_blob(q.d.tls, q.statement, column)
	n := sqlite3.Xsqlite3_column_bytes(q.d.tls, q.statement, column)
	if p == 0 || n <= 0 {
		return nil
	}
	return libc.GoBytes(p, int(n))
}

// failure is an error of SQLite, https://www.sqlite.org/rescode.html.
type failure int32

func (f failure) Error() string { return fmt.Sprintf("SQLite error %d", int32(f)) }
