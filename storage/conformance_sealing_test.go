package storage_test

import (
	"errors"
	"testing"

	"empress/model"
)

// What is sealed anew keeps everything but its seal.
func conformSealing(t *testing.T, s model.Store) {
	billing, shop := peopled(t, s)
	ks := []model.Key{keyOf(1, billing, 1), keyOf(2, billing, 1), keyOf(3, shop, 2)}
	ks[1].SealKey, ks[2].SealKey, ks[2].State = 2, 2, model.Revoked
	team := model.Team{Database: []byte("0123456789abcdef"), Name: "Acme", CreatedAt: noon, KeyNumber: 1, Check: []byte{1}, Seal: []byte{2}}
	former := model.FormerName{Name: "Bills", Application: billing.ID, Seal: []byte{3}}
	write(t, s, func(w model.Writer) error {
		return errors.Join(w.InsertTeam(team), w.InsertFormerName(former), w.InsertKey(ks[0]), w.InsertKey(ks[1]), w.InsertKey(ks[2]))
	})
	counted := func(what string, millis int64, want ...model.SealedKeys) {
		read(t, s, func(r model.Reader) error {
			got, err := r.SealedKeys(millis)
			same(t, what, want, got, err)
			return nil
		})
	}
	end := ks[0].ExpiresAt.UnixMilli()
	counted("while they work", end-1, model.SealedKeys{Number: 1, Keys: 1, Usable: 1}, model.SealedKeys{Number: 2, Keys: 2, Usable: 1})
	counted("once they expired", end, model.SealedKeys{Number: 1, Keys: 1}, model.SealedKeys{Number: 2, Keys: 2})

	team.KeyNumber, team.Check, team.Seal = 2, []byte{4}, []byte{5}
	former.Seal = []byte{6}
	ks[0].Seal, ks[0].Due = []byte{7}, ks[0].Due|model.FormerlySealed
	other := ks[0] // all else of it is left as it is
	other.Application, other.State, other.Generation, other.Hash = "else", model.Revoked, 9, []byte{8}
	write(t, s, func(w model.Writer) error {
		w.ExpectMany()
		return errors.Join(w.SetTeamKey(team), w.ResealFormerName(former), w.ResealKeys([]model.Key{other}))
	})
	read(t, s, func(r model.Reader) error {
		got, err := r.Team()
		same(t, "the team", team, got, err)
		name, err := r.FormerName("Bills")
		same(t, "the former name", former, name, err)
		all, err := r.KeysAfter("", 10)
		same(t, "all keys", ks, all, err)
		some, err := r.KeysAfter(ks[0].ID, 1)
		same(t, "those after the first", ks[1:2], some, err)
		none, err := r.KeysAfter(ks[2].ID, 1)
		same(t, "those after the last", []model.Key(nil), none, err)
		return nil
	})
}
