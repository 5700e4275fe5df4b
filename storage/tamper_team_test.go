package storage_test

import (
	"fmt"
	"testing"
	"time"

	"empress/model"
)

// team lets the members change, and keeps the rows of before for an attacker to
// put back.
func (l *lived) team(t *testing.T, h *house) {
	t.Helper()
	taken, err := h.ada.GiveGrant(ctx, "max", model.KeysEdit, "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.ada.AddMember(ctx, model.MemberSpec{Name: "Eva", Email: "eva@example.com", Login: "eva", Role: model.Auditor}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ada.CreateApplication(ctx, model.ApplicationSpec{Name: "desk", Networks: []string{"10.0.0.0/8"}}); err != nil {
		t.Fatal(err)
	}
	h.create(t, "desk")
	for i, key := range []string{"AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", "AAAAC3NzaC1lZDI1NTE5AAAAIIYQ8ZsvSqkSlBTQ2ZWhXhZ5RT2QvLsHJ5BD6MxEB4Ub"} {
		if _, err := h.ada.AddSSHKey(ctx, "ada", "ssh-ed25519 "+key, fmt.Sprint("key ", i)); err != nil {
			t.Fatal(err)
		}
	}
	edit := func(e model.ApplicationEdit) error {
		_, err := h.ada.EditApplication(ctx, "desk", e)
		return err
	}
	for _, step := range []struct {
		keep string // the table that gets the rows as they are before the step
		of   string
		do   func() error
	}{
		{"untaken_grants", "grants", func() error { return h.ada.TakeGrant(ctx, taken.ID) }},
		{"plain_members", "members", func() error { _, err := h.ada.SetRole(ctx, "max", model.ITManager); return err }},
		{"active_members", "members", func() error { _, err := h.ada.SuspendMember(ctx, "max"); return err }},
		{"suspended_members", "members", func() error { _, err := h.ada.ResumeMember(ctx, "max"); return err }},
		{"members_with_eva", "members", func() error { _, err := h.ada.RemoveMember(ctx, "eva", nil); return err }},
		{"live_ssh_keys", "ssh_keys", func() error { return h.ada.RemoveSSHKey(ctx, 1) }},
		{"wide_applications", "applications", func() error { return edit(model.ApplicationEdit{Networks: &[]string{"10.1.0.0/16"}}) }},
		{"desk_applications", "applications", func() error { return nil }},
		{"desk_keys", "keys", func() error { return edit(model.ApplicationEdit{Name: new("front desk")}) }},
	} {
		l.alter(t, "CREATE TABLE "+step.keep+" AS SELECT * FROM "+step.of)
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
	}
}

// put returns the statements that bring rows of one table back from another.
func put(table, from, where string) string {
	return fmt.Sprintf("PRAGMA foreign_keys = 0; DELETE FROM %[1]s WHERE %[3]s; INSERT INTO %[1]s SELECT * FROM %[2]s WHERE %[3]s", table, from, where)
}
