package storage

import (
	"context"

	"empress/model"
)

// RecordSignIn implements [model.Store].
func (u *usageTables) RecordSignIn(ctx context.Context, in model.SignIn) error {
	db, err := u.open(ctx, true)
	if err != nil {
		return u.mapError(err)
	}
	_, err = db.ExecContext(ctx, `INSERT INTO sign_ins (member_id, ssh_key, at) VALUES (?, ?, ?)
		ON CONFLICT (member_id, ssh_key) DO UPDATE SET at = excluded.at`, int64(in.Member), in.SSHKey, model.Millis(in.At))
	return u.mapError(err)
}

// SignIns implements [model.Store].
func (u *usageTables) SignIns(ctx context.Context, of model.MemberID) ([]model.SignIn, error) {
	db, err := u.open(ctx, false)
	if err != nil || db == nil {
		return nil, u.mapError(err)
	}
	rs, err := db.QueryContext(ctx, "SELECT ssh_key, at FROM sign_ins WHERE member_id = ? ORDER BY at DESC, ssh_key", int64(of))
	if err != nil {
		return nil, u.mapError(err)
	}
	defer rs.Close()
	var found []model.SignIn
	for rs.Next() {
		in := model.SignIn{Member: of}
		var at int64
		if err := rs.Scan(&in.SSHKey, &at); err != nil {
			return nil, u.mapError(err)
		}
		in.At = model.FromMillis(at)
		found = append(found, in)
	}
	return found, u.mapError(rs.Err())
}
