package storage

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"empress/model"
)

// The codes of PostgreSQL's errors that matter
// (https://www.postgresql.org/docs/current/errcodes-appendix.html). The first two
// characters of a code are its class.
const (
	readOnlyTransaction = "25006"
	uniqueViolation     = "23505"
	lockNotAvailable    = "55P03"
	serialization       = "40001"
	deadlock            = "40P01"
	diskFull            = "53100"
	noDatabase          = "3D000"
	mayNot              = "42501"
	noTable             = "42P01"
	noColumn            = "42703"
	noFunction          = "42883"
	notSupported        = "0A000"
	canceled            = "57014"

	classConnection = "08"
	classStranger   = "28"
	classResources  = "53"
	classOperator   = "57"
	classSystem     = "58"
	classCorrupted  = "XX"
)

// mapError is [Store.mapError] for PostgreSQL.
func (s *Postgres) mapError(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*model.Error](err); ok {
		return err
	}
	if errors.Is(err, errSuperseded) {
		return model.Errorf(model.CodeUnavailable, "No server of %s takes changes but a former primary: another one was promoted in its place, and is away. Bring that one back; where it was given up for good, start empress again.", s.Place()).Because(err)
	}
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return s.sentence(refused.Code).Because(err)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return model.ErrNotFound.Because(err)
	case untrusted(err):
		return model.Errorf(model.CodeUnavailable, "The certificate of the server of %s is not trusted. Name that of who signed it with sslrootcert in the address, and the server as its certificate does.", s.Place()).Because(err)
	case unreachable(err):
		return model.Errorf(model.CodeUnavailable, "The database %s cannot be reached, so nothing was changed. Look whether the server runs, takes writes, and lets this computer in.", s.Place()).Because(err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, sql.ErrTxDone):
		return model.Errorf(model.CodeUnavailable, "The database did not answer in time, so nothing was changed. Try again.").Because(err)
	}
	return model.Errorf(model.CodeFailed, "The database %s gave an answer that makes no sense. Run `empress doctor`.", s.Place()).Because(err)
}

// untrusted reports whether the server's certificate is why it is not taken.
func untrusted(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// unreachable reports whether an error is of the way to the server.
func unreachable(err error) bool {
	if errors.Is(err, driver.ErrBadConn) {
		return true
	}
	_, refused := errors.AsType[*pgconn.ConnectError](err)
	_, broken := errors.AsType[*lost](err)
	_, unanswered := errors.AsType[*uncertain](err)
	return refused || broken || unanswered
}

// sentence says what an error of the server means.
func (s *Postgres) sentence(code string) *model.Error {
	place := s.Place()
	switch code {
	case uniqueViolation:
		return model.Errorf(model.CodeConflict, "That exists already, so nothing was changed.")
	case lockNotAvailable:
		return model.Errorf(model.CodeUnavailable, "Another program is holding the database %s, so nothing was changed. Try again in a moment.", place)
	case serialization, deadlock:
		return model.Errorf(model.CodeUnavailable, "Another change came in between, so nothing was changed. Try again.")
	case readOnlyTransaction:
		return model.Errorf(model.CodeUnavailable, "The server of %s takes no writes now, so nothing was changed. Try again when it does, or when another one took its place.", place)
	case diskFull:
		return model.Errorf(model.CodeUnavailable, "The disk of the server of %s is full, so nothing was changed. Make room, then try again.", place)
	case canceled:
		return model.Errorf(model.CodeUnavailable, "The server ended what took too long, so nothing was changed. Try again.")
	case noDatabase:
		return model.Errorf(model.CodeUnavailable, "The server has no database for %s. Make it with createdb, in UTF8.", place)
	case mayNot:
		return model.Errorf(model.CodeUnavailable, "The server does not let the user of %s do that, so nothing was changed. That user must own the tables of empress, or the schema that they are made in.", place)
	case noTable, noColumn:
		return model.Errorf(model.CodeDamaged, "A part of the database %s is missing. Stop using it and restore a backup; `empress doctor` tells more.", place)
	}
	switch code[:min(len(code), 2)] {
	case classStranger:
		return model.Errorf(model.CodeUnavailable, "The server does not let the user of %s in. Look at the name, and at the password in EMPRESS_DB or in the file of PGPASSFILE, which only its owner may read.", place)
	case classResources:
		return model.Errorf(model.CodeUnavailable, "The server of %s has no room for more, so nothing was changed. Look at its max_connections and at its memory.", place)
	case classConnection, classOperator:
		return model.Errorf(model.CodeUnavailable, "The server of %s is starting, ending, or going elsewhere, so nothing was changed. Try again.", place)
	case classSystem:
		return model.Errorf(model.CodeUnavailable, "The disk of the server of %s reported an error, so nothing was changed. Look at the server's log.", place)
	case classCorrupted:
		return model.Errorf(model.CodeDamaged, "The database %s is damaged. Stop using it and restore a backup; the server's log tells more.", place)
	}
	return model.Errorf(model.CodeFailed, "The database %s refused. Run `empress doctor`; the server's log tells more.", place)
}
