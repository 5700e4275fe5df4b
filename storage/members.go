package storage

import "empress/model"

const memberColumns = "SELECT id, name, email, login, role, status, created_at, seal FROM members "

func scanMember(s scanner) (m model.Member, err error) {
	var at int64
	err = s.Scan(&m.ID, &m.Name, &m.Email, &m.Login, &m.Role, &m.Status, &at, &m.Seal)
	m.CreatedAt = model.FromMillis(at)
	return m, err
}

func (t *transaction) Member(id model.MemberID) (model.Member, error) {
	return row(t, scanMember, memberColumns+"WHERE id = ?", id)
}

func (t *transaction) MemberByEmail(email string) (model.Member, error) {
	return row(t, scanMember, memberColumns+"WHERE email = ?", email)
}

func (t *transaction) MemberByLogin(login string) (model.Member, error) {
	return row(t, scanMember, memberColumns+"WHERE login = ? AND login <> ''", login)
}

func (t *transaction) Members() ([]model.Member, error) {
	return all(t, scanMember, memberColumns+"ORDER BY email")
}

func (t *transaction) NextMember() (model.MemberID, error) {
	n, err := t.next("members")
	return model.MemberID(n), err
}

func (t *transaction) InsertMember(m model.Member) error {
	return t.exec("INSERT INTO members (id, name, email, login, role, status, created_at, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		m.ID, m.Name, m.Email, m.Login, m.Role, m.Status, model.Millis(m.CreatedAt), m.Seal)
}

// UpdateMember replaces what may change of a member: emails and numbers stay.
func (t *transaction) UpdateMember(m model.Member) error {
	return t.exec("UPDATE members SET name = ?, login = ?, role = ?, status = ?, seal = ? WHERE id = ?", m.Name, m.Login, m.Role, m.Status, m.Seal, m.ID)
}

const grantColumns = "SELECT id, member_id, permission, application_id, until, given_by, created_at, ended_at, seal FROM grants "

func scanGrant(s scanner) (g model.Grant, err error) {
	var until, at, ended int64
	err = s.Scan(&g.ID, &g.Member, &g.Permission, &g.ApplicationID, &until, &g.By, &at, &ended, &g.Seal)
	g.Until, g.CreatedAt, g.EndedAt = model.FromMillis(until), model.FromMillis(at), model.FromMillis(ended)
	return g, err
}

func (t *transaction) Grant(id int64) (model.Grant, error) {
	return row(t, scanGrant, grantColumns+"WHERE id = ?", id)
}

func (t *transaction) Grants(id model.MemberID) ([]model.Grant, error) {
	return all(t, scanGrant, grantColumns+"WHERE member_id = ? ORDER BY id", id)
}

func (t *transaction) NextGrant() (int64, error) { return t.next("grants") }

func (t *transaction) InsertGrant(g model.Grant) error {
	return t.exec("INSERT INTO grants (id, member_id, permission, application_id, until, given_by, created_at, ended_at, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		g.ID, g.Member, g.Permission, g.ApplicationID, model.Millis(g.Until), g.By, model.Millis(g.CreatedAt), model.Millis(g.EndedAt), g.Seal)
}

// EndGrant keeps when a grant was taken.
func (t *transaction) EndGrant(g model.Grant) error {
	return t.exec("UPDATE grants SET ended_at = ?, seal = ? WHERE id = ?", model.Millis(g.EndedAt), g.Seal, g.ID)
}
