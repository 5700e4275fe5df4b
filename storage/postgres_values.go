package storage

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
)

// values are parameters as they are sent: bytes as they are, all else as text
// that the server reads as the type that it expects.
type values struct {
	bytes   [][]byte
	formats []int16
}

// The formats of a value, as the protocol numbers them.
const (
	asText   = 0
	asBinary = 1
)

// parameters writes parameters. PostgreSQL knows no text with a NUL or with
// what is not UTF-8: such a text is changed, so that it equals nothing that is
// stored.
func parameters(args []driver.NamedValue) (p values, changed bool, err error) {
	p = values{make([][]byte, len(args)), make([]int16, len(args))}
	for i, a := range args {
		switch v := a.Value.(type) {
		case nil:
		case int64:
			p.bytes[i] = strconv.AppendInt(nil, v, 10)
		case bool:
			p.bytes[i] = []byte{'0'}
			if v {
				p.bytes[i][0] = '1'
			}
		case []byte:
			p.bytes[i], p.formats[i] = v, asBinary
		case string:
			text := storable(v)
			changed = changed || text != v
			p.bytes[i] = []byte(text)
		default:
			return p, false, fmt.Errorf("no parameter is a %T", v)
		}
	}
	return p, changed, nil
}

func storable(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
}

// The types of columns that are not taken as text, by the numbers that
// PostgreSQL has for them (pg_type.dat).
const (
	typeBool  = 16
	typeBytea = 17
	typeInt8  = 20
	typeInt2  = 21
	typeInt4  = 23
)

var errValue = errors.New("the server wrote a value in an unknown form")

// value reads a value that the server wrote as text.
func value(b []byte, kind uint32) (driver.Value, error) {
	if b == nil {
		return nil, nil
	}
	switch kind {
	case typeInt8, typeInt4, typeInt2:
		return strconv.ParseInt(string(b), 10, 64)
	case typeBool:
		return string(b) == "t", nil
	case typeBytea:
		if len(b) < 2 || b[0] != '\\' || b[1] != 'x' {
			return nil, errValue // bytea_output is another than hex
		}
		return hex.AppendDecode(nil, b[2:])
	}
	return string(b), nil
}

// result is the rows of a query. They are read as they come, unless the
// connection is needed for something else meanwhile.
type result struct {
	c       *connection
	reader  *pgconn.ResultReader
	columns []pgconn.FieldDescription
	kept    [][][]byte // not handed out yet, of one that was read to its end
	ended   bool       // it was read to its end
	err     error      // that it ended with
}

var _ driver.Rows = (*result)(nil)

// Columns implements [driver.Rows].
func (r *result) Columns() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.Name
	}
	return names
}

// Next implements [driver.Rows].
func (r *result) Next(to []driver.Value) error {
	var row [][]byte
	switch {
	case len(r.kept) > 0:
		row, r.kept = r.kept[0], r.kept[1:]
	case r.ended || !r.reader.NextRow():
		if err := r.Close(); err != nil {
			return err
		}
		return io.EOF
	default:
		row = r.reader.Values()
	}
	for i, b := range row {
		v, err := value(b, r.columns[i].DataTypeOID)
		if err != nil {
			return err
		}
		to[i] = v
	}
	return nil
}

// keep reads what is left into memory.
func (r *result) keep() error {
	columns := slices.Clone(r.columns) // the connection uses the same ones again
	for r.reader.NextRow() {
		row := make([][]byte, len(columns))
		for i, b := range r.reader.Values() {
			row[i] = bytes.Clone(b) // which keeps what is none apart from what is empty
		}
		r.kept = append(r.kept, row)
	}
	r.columns = columns
	return r.end()
}

// end reads over what is left, and lets the connection go.
func (r *result) end() error {
	if !r.ended {
		r.ended, r.c.reading = true, nil
		_, r.err = r.reader.Close()
	}
	return r.err
}

// Close implements [driver.Rows].
func (r *result) Close() error {
	r.kept = nil
	return r.end()
}
