package cli

import (
	"context"
	"fmt"

	"empress/model"
)

// plannedKey is one key of a plan as scripts see it.
type plannedKey struct {
	rotatedKey
	Owner string `json:"owner,omitempty"`
	*UsedJSON
	Reasons []reasonJSON `json:"reasons,omitempty"` // why it is due
}

// rotationPlanJSON is what a rotation would do, as scripts see it.
type rotationPlanJSON struct {
	DryRun  bool         `json:"dry_run"`
	Planned int          `json:"planned"`
	LeftOut int          `json:"left_out"`
	Keys    []plannedKey `json:"keys"`
}

// printRotationPlan says what a rotation would do, without doing it.
func (t *tree) printRotationPlan(ctx context.Context, s *model.Session, ids []model.KeyID, flags rotateFlags) error {
	r := &rotation{t: t, s: s, flags: flags}
	j := rotationPlanJSON{DryRun: true, Keys: []plannedKey{}}
	rows := newTable(t.out, "APPLICATION", "API KEY", "OWNER", "LAST USED", "PLAN", "WHY")
	err := r.each(ctx, ids, func(plan model.RotationPlan) error {
		j.Planned, j.LeftOut = j.Planned+len(plan.Keys), j.LeftOut+len(plan.Left)
		if t.json {
			j.Keys = append(j.Keys, plannedKeys(plan)...)
			return nil
		}
		for _, k := range plan.Keys {
			rows.add(k.Application, string(k.ID), k.Owner, lastUse(k.Usage), "new secret", reasonWords(k.Findings))
		}
		for _, l := range plan.Left {
			rows.add(l.Key.Application, string(l.Key.ID), l.Key.Owner, "", "left out", l.Why)
		}
		return rows.flush()
	})
	switch {
	case err != nil:
		return err
	case t.json:
		return encoder(t.out).Encode(j)
	case len(ids) == 0:
		_, err = fmt.Fprintln(t.out, nothingDue)
		return err
	}
	if err := t.out.Flush(); err != nil {
		return err
	}
	t.note("%s%s. Nothing was changed.", agreeing(j.Planned, "key", "would get a new secret", "would get new secrets"), leftOutWords(j.LeftOut))
	return nil
}

// leftOutWords go on with how many keys are left out, where any are.
func leftOutWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", and 1 is left out"
	}
	return fmt.Sprintf(", and %d are left out", n)
}

// plannedKeys are the keys of a plan as scripts see them.
func plannedKeys(plan model.RotationPlan) (keys []plannedKey) {
	for _, k := range plan.Keys {
		one := rotatedKey{string(k.ID), model.Printable(k.Application), planned, ""}
		keys = append(keys, plannedKey{one, model.Printable(k.Owner), newUsedJSON(k.Usage), newReasonsJSON(k.Findings)})
	}
	for _, l := range plan.Left {
		one := rotatedKey{string(l.Key.ID), model.Printable(l.Key.Application), leftOut, l.Why}
		keys = append(keys, plannedKey{rotatedKey: one, Owner: model.Printable(l.Key.Owner)})
	}
	return keys
}
