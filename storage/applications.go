package storage

import "empress/model"

const applicationColumns = "SELECT id, name, fold, purpose, contact, created_at, seal, 0 FROM applications "

// scanApplication reads a row. Without the fold that empress makes of its name
// it comes without its seal.
func scanApplication(s scanner) (a model.Application, err error) {
	var at int64
	var fold string
	err = s.Scan(&a.ID, &a.Name, &fold, &a.Purpose, &a.Contact, &at, &a.Seal, &a.Keys)
	a.CreatedAt = model.FromMillis(at)
	if fold != model.Fold(a.Name) {
		a.Seal = nil
	}
	return a, err
}

func (t *transaction) Application(id model.ApplicationID) (model.Application, error) {
	return row(t, scanApplication, applicationColumns+"WHERE id = ?", id)
}

func (t *transaction) ApplicationByName(name string) (model.Application, error) {
	return row(t, scanApplication, applicationColumns+"WHERE name = ?", name)
}

func (t *transaction) ApplicationsByFold(fold string) ([]model.Application, error) {
	return all(t, scanApplication, applicationColumns+"WHERE fold = ? ORDER BY name", fold)
}

func (t *transaction) Applications(v model.Visible) ([]model.Application, error) {
	var f filter
	if !v.All {
		condition, args := "(EXISTS (SELECT 1 FROM keys k WHERE k.application_id = a.id AND k.owner_id = ?)", []any{int64(v.Owner)}
		for _, id := range v.Applications {
			condition += " OR a.id = ?"
			args = append(args, int64(id))
		}
		f.add(condition+")", args...)
	}
	return all(t, scanApplication, `SELECT a.id, a.name, a.fold, a.purpose, a.contact, a.created_at, a.seal,
		(SELECT count(*) FROM keys k WHERE k.application_id = a.id AND k.state <> 'revoked')
		FROM applications a`+f.where()+" ORDER BY a.fold, a.name", f.args...)
}

func (t *transaction) NextApplication() (model.ApplicationID, error) {
	n, err := t.next("applications")
	return model.ApplicationID(n), err
}

func (t *transaction) InsertApplication(a model.Application) error {
	return t.exec("INSERT INTO applications (id, name, fold, purpose, contact, created_at, seal) VALUES (?, ?, ?, ?, ?, ?, ?)",
		a.ID, a.Name, model.Fold(a.Name), a.Purpose, a.Contact, model.Millis(a.CreatedAt), a.Seal)
}
