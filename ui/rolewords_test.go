package ui

import (
	"context"
	"testing"

	"empress/model"
)

// What screens say of the roles is what the domain decides.
func TestRolesAreAsTheDomainHasThem(t *testing.T) {
	d := newDriver(t, nil)
	if len(roleReach) != len(model.Permissions()) {
		t.Errorf("%d permissions are described, and there are %d", len(roleReach), len(model.Permissions()))
	}
	for i, r := range model.Roles() {
		email := string(rune('a'+i)) + "@example.com"
		_, err := d.session.AddMember(context.Background(), model.MemberSpec{Name: "Someone", Email: email, Role: r})
		d.must(err)
		as, err := d.session.Access(context.Background(), email)
		d.must(err)
		for _, a := range as {
			want := byte('-')
			for _, why := range a.Why {
				switch {
				case why.Role != r:
				case why.Owner:
					want = 'o'
				default:
					want = 'a'
				}
			}
			if got := reachOf(r, a.Permission); got != want {
				t.Errorf("%s, %s: the screens say %c, the domain %c", r, a.Permission, got, want)
			}
		}
	}
	if reachOf("Owner", model.KeysView) != '-' || reachOf(model.Administrator, "keys.fly") != '-' {
		t.Error("what nobody knows reaches something")
	}
}
