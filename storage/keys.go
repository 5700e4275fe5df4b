package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"empress/model"
)

// never is how the database writes an expiry that does not come: it sorts
// after every other.
const never = math.MaxInt64

func toExpiry(ms int64) int64 {
	if ms == 0 {
		return never
	}
	return ms
}

func fromExpiry(stored int64) int64 {
	if stored == never {
		return 0
	}
	return stored
}

const credentialColumns = "generation, hash, state, application, application_id, owner, owner_id, scopes, networks, rate, expires_at, seal_key, seal, weak <> 0"

const credentialQuery = "SELECT " + credentialColumns + " FROM keys WHERE id = ?"

// columns hands out the values of a row, from the first column on. It notes for
// itself that one is of another type.
type columns interface {
	integer() int64
	text() string
	blob() []byte
}

// credentialFrom reads a row of credentialColumns.
func credentialFrom(r columns, id model.KeyID) model.Credential {
	c := model.Credential{ID: id}
	c.Generation, c.Hash, c.State = model.Generation(r.integer()), r.blob(), model.State(r.text())
	c.Application, c.ApplicationID = r.text(), model.ApplicationID(r.integer())
	c.Owner, c.OwnerID = r.text(), model.MemberID(r.integer())
	c.Scopes, c.Networks, c.Rate = r.text(), r.text(), r.text()
	c.ExpiresAt, c.SealKey, c.Seal = fromExpiry(r.integer()), int(r.integer()), r.blob()
	c.Weak = r.integer() != 0
	return c
}

// prepare readies the verifier's read once the schema is there.
func (s *Store) prepare(ctx context.Context) (err error) {
	s.credential, err = s.readers.PrepareContext(ctx, credentialQuery)
	return s.mapError(err)
}

// lookUpPatience bounds how long a decision waits for its key.
const lookUpPatience = 5 * time.Second

// Credential implements [model.Store].
func (s *Store) Credential(ctx context.Context, id model.KeyID) (model.Credential, error) {
	if err := s.here.check(lookEvery); err != nil {
		return model.Credential{}, err
	}
	if held := s.held.snapshots(s.path); held != nil {
		c, err := held.read(ctx, id)
		if _, below := errors.AsType[failure](err); !below {
			return c, s.mapError(err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpPatience)
	defer cancel()
	c, err := readCredential(ctx, s.credential, id)
	return c, s.mapError(err)
}

func readCredential(ctx context.Context, prepared *sql.Stmt, id model.KeyID) (model.Credential, error) {
	c := model.Credential{ID: id}
	err := prepared.QueryRowContext(ctx, string(id)).Scan(&c.Generation, &c.Hash, &c.State, &c.Application, &c.ApplicationID, &c.Owner, &c.OwnerID,
		&c.Scopes, &c.Networks, &c.Rate, &c.ExpiresAt, &c.SealKey, &c.Seal, &c.Weak)
	c.ExpiresAt = fromExpiry(c.ExpiresAt)
	return c, err
}

const (
	keyFacts   = "purpose, created_at, secret_at, confirmed, revision, due"
	keyFields  = "SELECT id, " + credentialColumns + ", " + keyFacts
	keyColumns = keyFields + " FROM keys "
)

// scanKey reads a row. One that holds what empress never writes was altered
// from outside: it comes without its seal, so that nothing trusts it.
func scanKey(s scanner) (k model.Key, err error) {
	var scopes, networks, rate string
	var expires, created, secret int64
	err = s.Scan(&k.ID, &k.Generation, &k.Hash, &k.State, &k.Application, &k.ApplicationID, &k.Owner, &k.OwnerID, &scopes, &networks, &rate, &expires,
		&k.SealKey, &k.Seal, &k.Weak, &k.Purpose, &created, &secret, &k.Confirmed, &k.Revision, &k.Due)
	if err != nil {
		return k, err
	}
	k.ExpiresAt = model.FromMillis(fromExpiry(expires))
	k.CreatedAt, k.SecretAt = model.FromMillis(created), model.FromMillis(secret)
	k.Scopes = strings.Fields(scopes)
	k.Rate, _ = model.ParseRate(rate)
	k.Networks = parseNetworks(networks)
	if k.ScopeList() != scopes || k.NetworkList() != networks || k.Rate.String() != rate {
		k.Seal = nil
	}
	if k.Due&weakDue != 0 != k.Weak {
		k.Seal = nil
	}
	k.Due &^= weakDue
	return k, nil
}

// weakDue is, in the database, what makes a weak secret due.
const weakDue = 8

func storedDue(k model.Key) int64 {
	if k.Weak {
		return int64(k.Due | weakDue)
	}
	return int64(k.Due)
}

// parseNetworks reads a stored list and leaves out what is none.
func parseNetworks(stored string) (ps []netip.Prefix) {
	for n := range strings.FieldsSeq(stored) {
		if p, err := netip.ParsePrefix(n); err == nil {
			ps = append(ps, p)
		}
	}
	return ps
}

func (t *transaction) Key(id model.KeyID) (model.Key, error) {
	return row(t, scanKey, keyColumns+"WHERE id = ?", string(id))
}

func (t *transaction) KeysAfter(after model.KeyID, limit int) ([]model.Key, error) {
	return all(t, scanKey, keyColumns+"WHERE id > ? ORDER BY id LIMIT ?", string(after), limit)
}

func (t *transaction) KeysOfApplication(id model.ApplicationID) ([]model.Key, error) {
	return all(t, scanKey, keyColumns+"WHERE application_id = ?", int64(id))
}

func (t *transaction) KeysOwned(owner model.MemberID, limit int) ([]model.Key, error) {
	return all(t, scanKey, keyColumns+"WHERE owner_id = ? AND state <> 'revoked' LIMIT ?", int64(owner), limit)
}

// EachKey reads along what lists are sorted and searched by, which empress
// makes of the rest: a row where it is anything else comes without its seal.
func (t *transaction) EachKey(fn func(model.Key) error) error {
	scan := func(s scanner) (model.Key, error) {
		var fold, search string
		k, err := scanKey(with{s, []any{&fold, &search}})
		if fold != model.Fold(k.Application) || search != k.SearchText() {
			k.Seal = nil
		}
		return k, err
	}
	return rows(t, scan, fn, keyFields+", application_fold, search FROM keys ORDER BY id")
}

func (t *transaction) InsertKey(k model.Key) error {
	err := t.exec(`INSERT INTO keys (id, generation, hash, state, application, application_id, owner, owner_id, scopes, networks, rate, expires_at, seal_key, seal,
		weak, purpose, created_at, secret_at, confirmed, revision, due, application_fold, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append([]any{string(k.ID)}, keyValues(k)...)...)
	if err != nil || t.many {
		return err
	}
	return t.indexSearch(k)
}

// keyValues are the values of a key's row after its id, in the order of
// InsertKey and UpdateKey.
func keyValues(k model.Key) []any {
	return []any{int64(k.Generation), k.Hash, string(k.State), k.Application, int64(k.ApplicationID), k.Owner, int64(k.OwnerID), k.ScopeList(), k.NetworkList(), k.Rate.String(),
		toExpiry(model.Millis(k.ExpiresAt)), k.SealKey, k.Seal, k.Weak, k.Purpose, model.Millis(k.CreatedAt),
		model.Millis(k.SecretAt), int64(k.Confirmed), int64(k.Revision), storedDue(k), model.Fold(k.Application), k.SearchText()}
}

func (t *transaction) UpdateKey(k model.Key, from model.Revision, fromGen model.Generation) error {
	searched, err := t.forgetSearch(k)
	if err != nil {
		return err
	}
	r, err := t.execute(`UPDATE keys SET generation = ?, hash = ?, state = ?, application = ?, application_id = ?, owner = ?, owner_id = ?, scopes = ?,
		networks = ?, rate = ?, expires_at = ?, seal_key = ?, seal = ?, weak = ?, purpose = ?, created_at = ?, secret_at = ?,
		confirmed = ?, revision = ?, due = ?, application_fold = ?, search = ? WHERE id = ? AND revision = ? AND generation = ?`,
		append(keyValues(k), string(k.ID), int64(from), int64(fromGen))...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		if err == nil && searched {
			err = t.indexSearch(k)
		}
		return err
	}
	return model.Errorf(model.CodeConflict, "The key of %s changed meanwhile, so nothing was done. Look at it again.", k.Application).
		Because(fmt.Errorf("no key %s of revision %d and generation %d", k.ID, from, fromGen))
}
