package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"empress/model"
)

// keyFormat is what keys are exported and imported in.
type keyFormat string

const (
	formatJSONLines keyFormat = "jsonl"
	formatKeyCSV    keyFormat = "csv"
)

func keyFormats() []keyFormat { return []keyFormat{formatJSONLines, formatKeyCSV} }

// maxImportLine bounds a line, in bytes.
const maxImportLine = 64 << 10

// importColumns are the fields that an import makes keys from.
var importColumns = []string{"application", "owner", "scopes", "networks", "expires_at", "purpose", "rate", "state", "api_key", "api_secret"}

// exportColumns are those of a CSV export.
var exportColumns = []string{"api_key", "application", "owner", "purpose", "state", "scopes", "networks", "rate", "expires_at",
	"generation", "created_at", "secret_created_at", "last_used_at", "last_used_from", "weak_secret"}

// eachImported reads the keys of r one after the other. Without a format the
// first character that is no blank tells: a brace begins JSON.
func eachImported(r io.Reader, format keyFormat, yield func(model.ImportKey) error) error {
	in := bufio.NewReaderSize(r, maxImportLine)
	if start, _ := in.Peek(len(byteOrderMark)); string(start) == byteOrderMark {
		_, _ = in.Discard(len(byteOrderMark))
	}
	if format == "" {
		format = formatKeyCSV
		start, _ := in.Peek(maxImportLine)
		if start = bytes.TrimSpace(start); len(start) > 0 && start[0] == '{' {
			format = formatJSONLines
		}
	}
	if format == formatJSONLines {
		return eachJSONLine(in, yield)
	}
	return eachCSVRecord(in, yield)
}

// byteOrderMark is what some programs put before UTF-8.
const byteOrderMark = "\ufeff"

func eachJSONLine(in io.Reader, yield func(model.ImportKey) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxImportLine)
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		k, err := parseImportJSON(line)
		if err := yield(numbered(k, n, err)); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return yield(numbered(model.ImportKey{}, n+1, wrongLine("The line is longer than %d KiB. What comes after it was not read.", maxImportLine>>10)))
	}
	return unreadableImport(lines.Err())
}

func numbered(k model.ImportKey, line int, err error) model.ImportKey {
	k.Line, k.Wrong = line, err
	return k
}

func unreadableImport(err error) error {
	if _, ok := errors.AsType[*model.Error](err); ok || err == nil {
		return err
	}
	return model.Errorf(model.CodeFailed, "The file cannot be read to its end, so nothing was imported.").Because(err)
}

// eachCSVRecord reads CSV as RFC 4180 has it, whose first record names the
// columns.
func eachCSVRecord(in io.Reader, yield func(model.ImportKey) error) error {
	bounded := &boundedReader{from: in}
	records := csv.NewReader(bounded)
	records.ReuseRecord, records.FieldsPerRecord = true, -1
	header, err := records.Read()
	if err == io.EOF {
		return nil
	}
	columns := slices.Clone(header)
	if err == nil {
		err = checkColumns(columns)
	}
	if err != nil {
		return yield(numbered(model.ImportKey{}, 1, wrongCSV(err)))
	}
	for line := 1; ; {
		bounded.read = 0
		cells, err := records.Read()
		if err == io.EOF {
			return nil
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			// Where a quote is amiss nobody can tell where the next record begins.
			return yield(numbered(model.ImportKey{}, wrong.StartLine, wrongCSV(err)))
		}
		if errors.Is(err, model.ErrInvalid) {
			return yield(numbered(model.ImportKey{}, line+1, err))
		}
		if err != nil {
			return unreadableImport(err)
		}
		line, _ = records.FieldPos(0)
		k, err := parseImportCells(columns, cells)
		if err := yield(numbered(k, line, err)); err != nil {
			return err
		}
	}
}

// boundedReader ends a record that never does: a quote that is not closed would
// take in all that follows.
type boundedReader struct {
	from io.Reader
	read int // since the record began, and the one before it ended
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.read > maxImportLine {
		return 0, wrongLine("A record is longer than %d KiB. Look for a quote that is not closed.", maxImportLine>>10)
	}
	n, err := b.from.Read(p)
	b.read += n
	return n, err
}

func wrongCSV(err error) error {
	if _, ok := errors.AsType[*model.Error](err); ok {
		return err
	}
	return wrongLine("That is no CSV: a quote is amiss. What comes after it was not read.")
}

func checkColumns(columns []string) error {
	for i, c := range columns {
		columns[i] = strings.ToLower(strings.TrimSpace(c))
		if !slices.Contains(importColumns, columns[i]) && !slices.Contains(exportColumns, columns[i]) {
			return wrongLine("The first line names the columns, and column %d is none of %s.", i+1, strings.Join(importColumns, ", "))
		}
		if slices.Contains(columns[:i], columns[i]) {
			return wrongLine("The first line names the column %s twice.", columns[i])
		}
	}
	return nil
}

// parseImportCells reads one record.
func parseImportCells(columns, cells []string) (model.ImportKey, error) {
	if len(cells) != len(columns) {
		return model.ImportKey{}, wrongLine("It has %d cells, and the first line names %d columns.", len(cells), len(columns))
	}
	var l importLine
	for i, c := range columns {
		cell := plainCell(cells[i])
		switch c {
		case "application":
			l.Application = cell
		case "owner":
			l.Owner = cell
		case "purpose":
			l.Purpose = cell
		case "state":
			l.State = cell
		case "scopes":
			l.Scopes = listedWords(cell)
		case "networks":
			l.Networks = listedWords(cell)
		case "rate":
			l.Rate = cell
		case "expires_at":
			l.ExpiresAt = importExpiry(cell)
		case "api_key":
			l.APIKey = cell
		case "api_secret":
			l.APISecret = cells[i] // never exported, so never made harmless
		}
	}
	return l.key()
}
