package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// expected says who may do what, by role alone: A for all, o for what the
// member owns, - for not at all. It is written down apart from the program's
// own table, from the rules that the team was promised.
var expected = map[Permission]string{
	//                   Administrator, IT Manager, Auditor, Member
	"keys.view":           "A A A o",
	"usage.view":          "A A A o",
	"keys.create":         "A A - -",
	"keys.edit":           "A A - -",
	"keys.regenerate":     "A A - o",
	"keys.suspend":        "A A - o",
	"keys.revoke":         "A A - o",
	"keys.never_expire":   "A - - -",
	"applications.manage": "A A - -",
	"members.view":        "A A A -",
	"members.manage":      "A - - -",
	"roles.assign":        "A - - -",
	"grants.give":         "A - - -",
	"audit.view":          "A A A -",
	"policy.manage":       "A - - -",
}

const (
	myself   = MemberID(7)
	somebody = MemberID(8)
	billing  = ApplicationID(3)
	shop     = ApplicationID(4)
)

func TestMay(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	grant := func(p Permission, app ApplicationID, until time.Time) []Grant {
		return []Grant{{ID: 1, Member: myself, Permission: p, ApplicationID: app, Until: until}}
	}
	mine, theirs := Target{myself, billing}, Target{somebody, billing}

	// Each situation, and whether it is allowed where the role's cell is A, o or -.
	situations := []struct {
		name   string
		status Status
		on     Target
		grants func(Permission) []Grant
		allow  map[string]bool
	}{
		{"own key", MemberActive, mine, nil, map[string]bool{"A": true, "o": true, "-": false}},
		{"key of another", MemberActive, theirs, nil, map[string]bool{"A": true, "o": false, "-": false}},
		{"the team", MemberActive, Target{}, nil, map[string]bool{"A": true, "o": false, "-": false}},
		{"key of another, granted for its application", MemberActive, theirs,
			func(p Permission) []Grant { return grant(p, billing, time.Time{}) }, map[string]bool{"A": true, "o": true, "-": true}},
		{"key of another, granted for another application", MemberActive, theirs,
			func(p Permission) []Grant { return grant(p, shop, time.Time{}) }, map[string]bool{"A": true, "o": false, "-": false}},
		{"the team, granted for one application", MemberActive, Target{},
			func(p Permission) []Grant { return grant(p, billing, time.Time{}) }, map[string]bool{"A": true, "o": false, "-": false}},
		{"key of another, granted for all", MemberActive, theirs,
			func(p Permission) []Grant { return grant(p, 0, time.Time{}) }, map[string]bool{"A": true, "o": true, "-": true}},
		{"the team, granted for all", MemberActive, Target{},
			func(p Permission) []Grant { return grant(p, 0, time.Time{}) }, map[string]bool{"A": true, "o": true, "-": true}},
		{"granted until later", MemberActive, theirs,
			func(p Permission) []Grant { return grant(p, 0, now.Add(time.Millisecond)) }, map[string]bool{"A": true, "o": true, "-": true}},
		{"granted until this instant", MemberActive, theirs,
			func(p Permission) []Grant { return grant(p, 0, now) }, map[string]bool{"A": true, "o": false, "-": false}},
		{"granted until earlier", MemberActive, theirs,
			func(p Permission) []Grant { return grant(p, 0, now.Add(-time.Hour)) }, map[string]bool{"A": true, "o": false, "-": false}},
		{"another permission granted", MemberActive, theirs,
			func(p Permission) []Grant { return grant(otherThan(p), 0, time.Time{}) }, map[string]bool{"A": true, "o": false, "-": false}},
		{"suspended, own key", MemberSuspended, mine, nil, nil},
		{"suspended, granted", MemberSuspended, theirs, func(p Permission) []Grant { return grant(p, 0, time.Time{}) }, nil},
		{"removed, own key", MemberRemoved, mine, nil, nil},
		{"removed, granted", MemberRemoved, theirs, func(p Permission) []Grant { return grant(p, 0, time.Time{}) }, nil},
		{"no status at all", "", mine, nil, nil},
	}

	for _, p := range Permissions() {
		cells := strings.Fields(expected[p])
		if len(cells) != len(Roles()) {
			t.Fatalf("the expectation has %d cells for %s, want one for each of %d roles", len(cells), p, len(Roles()))
		}
		for i, role := range Roles() {
			for _, s := range situations {
				t.Run(fmt.Sprintf("%s/%s/%s", role, p, s.name), func(t *testing.T) {
					a := actor{Member: Member{ID: myself, Role: role, Status: s.status}}
					if s.grants != nil {
						a.grants = holding(s.grants(p), now, false)
					}
					err := a.may(p, s.on)
					want := s.allow[cells[i]]
					if p == KeysRevoke && s.status == MemberActive && s.on.Owner == myself {
						want = true // anyone may revoke a key that they own
					}
					if (err == nil) != want {
						t.Errorf("allowed is %v, want %v (%v)", err == nil, want, err)
					}
					if err != nil {
						wantHelpful(t, err, p, s.status)
					}
				})
			}
		}
	}
}

func otherThan(p Permission) Permission {
	if p == AuditView {
		return PolicyManage
	}
	return AuditView
}

// wantHelpful checks that a denial says what is missing and who can help.
func wantHelpful(t *testing.T, err error, p Permission, s Status) {
	t.Helper()
	if !errors.Is(err, ErrDenied) {
		t.Errorf("code is %s, want denied", CodeOf(err))
	}
	words := Sentence(err)
	if !strings.Contains(strings.ToLower(words), "administrator") {
		t.Errorf("%q does not say who can help", words)
	}
	if s == MemberActive && (!strings.Contains(words, string(p)) || !strings.Contains(words, p.Words())) {
		t.Errorf("%q does not name %s and what it allows", words, p)
	}
}

// A role or a permission that nobody knows allows nothing.
func TestMayUnknown(t *testing.T) {
	for _, a := range []actor{
		{Member: Member{ID: myself, Role: "Owner", Status: MemberActive}},
		{Member: Member{ID: myself, Role: "", Status: MemberActive}},
		{Member: Member{ID: myself, Role: "administrator", Status: MemberActive}},
	} {
		for _, p := range Permissions() {
			if a.may(p, Target{myself, billing}) == nil {
				t.Errorf("role %q may %s", a.Role, p)
			}
		}
	}
	root := actor{Member: Member{ID: myself, Role: Administrator, Status: MemberActive}}
	for _, p := range []Permission{"", "keys", "keys.*", "*", "KEYS.VIEW"} {
		if root.may(p, Target{}) == nil {
			t.Errorf("an administrator may %q", p)
		}
	}
}

func TestExpectedIsWhole(t *testing.T) {
	if got, want := len(Permissions()), len(expected); got != want {
		t.Errorf("the program knows %d permissions, the expectation %d", got, want)
	}
}

// A grant gives its own permission and, when it is to change keys, the sight
// of them; never anything else.
func TestGrantGivesNothingElse(t *testing.T) {
	for _, given := range Permissions() {
		for _, p := range Permissions() {
			sight := p == KeysView && slices.Contains([]Permission{KeysEdit, KeysRegenerate, KeysSuspend, KeysRevoke}, given)
			if got, want := (Grant{Permission: given}).gives(p), given == p || sight; got != want {
				t.Errorf("a grant of %s gives %s: %v, want %v", given, p, got, want)
			}
		}
	}
}

func TestVisible(t *testing.T) {
	view := func(app ApplicationID) []Grant { return []Grant{{Permission: KeysView, ApplicationID: app}} }
	for _, c := range []struct {
		name   string
		role   Role
		grants []Grant
		want   Visible
	}{
		{"administrator", Administrator, nil, Visible{All: true, Owner: myself}},
		{"manager", ITManager, nil, Visible{All: true, Owner: myself}},
		{"auditor", Auditor, nil, Visible{All: true, Owner: myself}},
		{"member", PlainMember, nil, Visible{Owner: myself}},
		{"member, one application", PlainMember, view(billing), Visible{Owner: myself, Applications: []ApplicationID{billing}}},
		{"member, every application", PlainMember, view(0), Visible{All: true, Owner: myself}},
		{"member, another permission", PlainMember, []Grant{{Permission: KeysCreate, ApplicationID: billing}}, Visible{Owner: myself}},
		{"member, may change keys", PlainMember, []Grant{{Permission: KeysEdit, ApplicationID: billing}}, Visible{Owner: myself, Applications: []ApplicationID{billing}}},
		{"member, may regenerate all", PlainMember, []Grant{{Permission: KeysRegenerate}}, Visible{All: true, Owner: myself}},
	} {
		got := actor{Member{ID: myself, Role: c.role, Status: MemberActive}, c.grants}.visible()
		if got.All != c.want.All || got.Owner != c.want.Owner || !slices.Equal(got.Applications, c.want.Applications) {
			t.Errorf("%s: sees %+v, want %+v", c.name, got, c.want)
		}
	}
}

// A grant for all applications shows them where it is about keys or
// applications, and none where it is about anything else.
func TestVisibleApplications(t *testing.T) {
	shows := "applications.manage keys.view keys.create keys.edit keys.regenerate keys.suspend keys.revoke keys.never_expire"
	for _, p := range Permissions() {
		want := slices.Contains(strings.Fields(shows), string(p))
		a := actor{Member{ID: myself, Role: PlainMember, Status: MemberActive}, []Grant{{Permission: p}}}
		if got := a.visibleApplications(); got.All != want || got.Owner != myself {
			t.Errorf("%s for all: sees %+v", p, got)
		}
		a.grants[0].ApplicationID = billing
		if got := a.visibleApplications(); got.All || slices.Contains(got.Applications, billing) != want {
			t.Errorf("%s for one: sees %+v", p, got)
		}
	}
}

func TestRolesThatOwnKeys(t *testing.T) {
	want := map[Role]bool{Administrator: true, ITManager: true, Auditor: false, PlainMember: true}
	for _, r := range Roles() {
		if r.OwnsKeys() != want[r] {
			t.Errorf("%s owns keys: %v, want %v", r, r.OwnsKeys(), want[r])
		}
	}
}
