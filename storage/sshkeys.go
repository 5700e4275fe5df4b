package storage

import "empress/model"

const sshKeyColumns = "SELECT id, member_id, name, line, fingerprint, created_at, removed_at, seal FROM ssh_keys "

func scanSSHKey(s scanner) (k model.SSHKey, err error) {
	var created, removed int64
	err = s.Scan(&k.ID, &k.Member, &k.Name, &k.Line, &k.Fingerprint, &created, &removed, &k.Seal)
	k.CreatedAt, k.RemovedAt = model.FromMillis(created), model.FromMillis(removed)
	return k, err
}

func (t *transaction) SSHKey(id int64) (model.SSHKey, error) {
	return row(t, scanSSHKey, sshKeyColumns+"WHERE id = ?", id)
}

func (t *transaction) SSHKeyByFingerprint(fingerprint string) (model.SSHKey, error) {
	return row(t, scanSSHKey, sshKeyColumns+"WHERE fingerprint = ? AND removed_at = 0", fingerprint)
}

func (t *transaction) SSHKeys(of model.MemberID) ([]model.SSHKey, error) {
	return all(t, scanSSHKey, sshKeyColumns+"WHERE member_id = ? ORDER BY id", int64(of))
}

func (t *transaction) NextSSHKey() (int64, error) { return t.next("ssh_keys") }

func (t *transaction) InsertSSHKey(k model.SSHKey) error {
	return t.exec("INSERT INTO ssh_keys (id, member_id, name, line, fingerprint, created_at, removed_at, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		k.ID, int64(k.Member), k.Name, k.Line, k.Fingerprint, model.Millis(k.CreatedAt), model.Millis(k.RemovedAt), k.Seal)
}

// EndSSHKey keeps when a key was removed.
func (t *transaction) EndSSHKey(k model.SSHKey) error {
	return t.exec("UPDATE ssh_keys SET removed_at = ?, seal = ? WHERE id = ?", model.Millis(k.RemovedAt), k.Seal, k.ID)
}
