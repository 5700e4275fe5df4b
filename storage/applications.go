package storage

import (
	"slices"

	"empress/model"
)

const applicationColumns = "SELECT id, name, fold, purpose, contact, networks, created_at, seal, 0, 0 FROM applications "

// scanApplication reads a row. Without the fold that empress makes of its name
// it comes without its seal.
func scanApplication(s scanner) (a model.Application, err error) {
	var at int64
	var fold, networks string
	err = s.Scan(&a.ID, &a.Name, &fold, &a.Purpose, &a.Contact, &networks, &at, &a.Seal, &a.Keys, &a.Active)
	a.CreatedAt, a.Networks = model.FromMillis(at), parseNetworks(networks)
	if fold != model.Fold(a.Name) || a.NetworkList() != networks {
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

func (t *transaction) Applications(v, counted model.Visible, now int64) ([]model.Application, error) {
	var f filter
	if !v.All {
		condition, args := "(EXISTS (SELECT 1 FROM keys k WHERE k.application_id = a.id AND k.owner_id = ?)", []any{int64(v.Owner)}
		for _, id := range v.Applications {
			condition += " OR a.id = ?"
			args = append(args, int64(id))
		}
		f.add(condition+")", args...)
	}
	counts, args := "0, 0", f.args
	if now != 0 {
		of := visible(counted)
		of.add("k.application_id = a.id")
		count := "(SELECT count(*) FROM keys k" + of.where() + " AND k.state "
		counts = count + "<> 'revoked'), " + count + "= 'active' AND k.expires_at > ?)"
		args = slices.Concat(of.args, of.args, []any{now}, f.args)
	}
	return all(t, scanApplication, "SELECT a.id, a.name, a.fold, a.purpose, a.contact, a.networks, a.created_at, a.seal, "+counts+
		" FROM applications a"+f.where()+" ORDER BY a.fold, a.name", args...)
}

func (t *transaction) NextApplication() (model.ApplicationID, error) {
	n, err := t.next("applications")
	return model.ApplicationID(n), err
}

func (t *transaction) InsertApplication(a model.Application) error {
	return t.exec("INSERT INTO applications (id, name, fold, purpose, contact, networks, created_at, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		a.ID, a.Name, model.Fold(a.Name), a.Purpose, a.Contact, a.NetworkList(), model.Millis(a.CreatedAt), a.Seal)
}

func (t *transaction) UpdateApplication(a model.Application) error {
	return t.exec("UPDATE applications SET name = ?, fold = ?, purpose = ?, contact = ?, networks = ?, seal = ? WHERE id = ?",
		a.Name, model.Fold(a.Name), a.Purpose, a.Contact, a.NetworkList(), a.Seal, a.ID)
}

const formerNameColumns = "SELECT name, fold, application_id, seal FROM application_names "

// scanFormerName reads a row, without its seal where its fold is another.
func scanFormerName(s scanner) (f model.FormerName, err error) {
	var fold string
	err = s.Scan(&f.Name, &fold, &f.Application, &f.Seal)
	if fold != model.Fold(f.Name) {
		f.Seal = nil
	}
	return f, err
}

func (t *transaction) FormerName(name string) (model.FormerName, error) {
	return row(t, scanFormerName, formerNameColumns+"WHERE name = ?", name)
}

func (t *transaction) FormerNames(of model.ApplicationID) ([]model.FormerName, error) {
	if of == 0 {
		return all(t, scanFormerName, formerNameColumns+"ORDER BY name")
	}
	return all(t, scanFormerName, formerNameColumns+"WHERE application_id = ? ORDER BY name", int64(of))
}

func (t *transaction) FormerNamesByFold(fold string) ([]model.FormerName, error) {
	return all(t, scanFormerName, formerNameColumns+"WHERE fold = ? ORDER BY name", fold)
}

func (t *transaction) ResealFormerName(f model.FormerName) error {
	return t.exec("UPDATE application_names SET seal = ? WHERE name = ?", f.Seal, f.Name)
}

func (t *transaction) InsertFormerName(f model.FormerName) error {
	return t.exec("INSERT INTO application_names (name, fold, application_id, seal) VALUES (?, ?, ?, ?)", f.Name, model.Fold(f.Name), int64(f.Application), f.Seal)
}
