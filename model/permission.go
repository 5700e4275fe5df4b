package model

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Permission names one thing that a member may be allowed to do.
type Permission string

// The permissions.
const (
	KeysView           Permission = "keys.view"
	UsageView          Permission = "usage.view"
	KeysCreate         Permission = "keys.create"
	KeysEdit           Permission = "keys.edit"
	KeysRegenerate     Permission = "keys.regenerate"
	KeysSuspend        Permission = "keys.suspend"
	KeysRevoke         Permission = "keys.revoke"
	KeysNeverExpire    Permission = "keys.never_expire"
	ApplicationsManage Permission = "applications.manage"
	MembersView        Permission = "members.view"
	MembersManage      Permission = "members.manage"
	RolesAssign        Permission = "roles.assign"
	GrantsGive         Permission = "grants.give"
	AuditView          Permission = "audit.view"
	PolicyManage       Permission = "policy.manage"
)

// Role is a named set of permissions.
type Role string

// The roles.
const (
	Administrator Role = "Administrator"
	ITManager     Role = "IT Manager"
	Auditor       Role = "Auditor"
	PlainMember   Role = "Member"
)

// Roles lists the roles, the most powerful first.
func Roles() []Role { return []Role{Administrator, ITManager, Auditor, PlainMember} }

// OwnsKeys reports whether members of the role can be the owner of a key.
func (r Role) OwnsKeys() bool { return r != Auditor }

// reach is how far a role carries a permission.
type reach uint8

const (
	none reach = iota
	own        // keys that the member owns
	all
)

// permissions is the whole of who may do what, before grants. Columns are in
// the order of Roles.
var permissions = []struct {
	permission Permission
	words      string
	reach      [4]reach
}{
	{KeysView, "see keys", [4]reach{all, all, all, own}},
	{UsageView, "see how keys are used", [4]reach{all, all, all, own}},
	{KeysCreate, "create keys", [4]reach{all, all, none, none}},
	{KeysEdit, "change keys", [4]reach{all, all, none, none}},
	{KeysRegenerate, "regenerate secrets", [4]reach{all, all, none, own}},
	{KeysSuspend, "suspend and resume keys", [4]reach{all, all, none, own}},
	{KeysRevoke, "revoke keys", [4]reach{all, all, none, own}},
	{KeysNeverExpire, "make keys that never expire", [4]reach{all, none, none, none}},
	{ApplicationsManage, "add and change applications", [4]reach{all, all, none, none}},
	{MembersView, "see the team's members", [4]reach{all, all, all, none}},
	{MembersManage, "add, suspend and remove members", [4]reach{all, none, none, none}},
	{RolesAssign, "give roles", [4]reach{all, none, none, none}},
	{GrantsGive, "grant permissions", [4]reach{all, none, none, none}},
	{AuditView, "see the audit trail", [4]reach{all, all, all, none}},
	{PolicyManage, "change the security policy", [4]reach{all, none, none, none}},
}

// Permissions lists every permission, in the order of the table.
func Permissions() []Permission {
	ps := make([]Permission, len(permissions))
	for i, row := range permissions {
		ps[i] = row.permission
	}
	return ps
}

// Words says what a permission allows, after "may": "create keys".
func (p Permission) Words() string {
	for _, row := range permissions {
		if row.permission == p {
			return row.words
		}
	}
	return string(p)
}

// PermissionNamed finds a permission by its name or its words, in capitals or
// not.
func PermissionNamed(text string) (Permission, bool) {
	text = strings.TrimSpace(text)
	for _, row := range permissions {
		if strings.EqualFold(text, string(row.permission)) || strings.EqualFold(text, row.words) {
			return row.permission, true
		}
	}
	return "", false
}

// permissionGiven is PermissionNamed with an error that names them all.
func permissionGiven(text Permission) (Permission, error) {
	p, ok := PermissionNamed(string(text))
	if ok {
		return p, nil
	}
	names := make([]string, len(permissions))
	for i, row := range permissions {
		names[i] = string(row.permission)
	}
	return "", invalid("permission", "There is no permission %q. Give one of %s.", Printable(string(text)), strings.Join(names, ", "))
}

func (r Role) reach(p Permission) reach {
	col := slices.Index(Roles(), r)
	for _, row := range permissions {
		if row.permission == p && col >= 0 {
			return row.reach[col]
		}
	}
	return none
}

// Target is what an action is about: a key is named by its owner and its
// application; for what belongs to the whole team both are zero.
type Target struct {
	Owner       MemberID
	Application ApplicationID
}

// On is the target that a key is.
func (k Key) On() Target { return Target{Owner: k.OwnerID, Application: k.ApplicationID} }

// actor is a member as read in the transaction at hand, with the grants that
// hold at its instant.
type actor struct {
	Member
	grants []Grant
}

// may returns nil when the member may do p to the target, or an error of
// CodeDenied that says why not and who can help.
func (a actor) may(p Permission, on Target) error {
	_, err := a.why(p, on)
	return err
}

// why returns what lets the member do p to the target, of several grants the
// one that lasts longest, or an error of CodeDenied.
func (a actor) why(p Permission, on Target) (Basis, error) {
	if a.Status != MemberActive {
		return Basis{}, Errorf(CodeDenied, "Your membership is %s. Ask an administrator of the team.", a.Status)
	}
	mine := on.Owner == a.ID
	switch reach := a.Role.reach(p); {
	case reach == all:
		return Basis{Role: a.Role}, nil
	case reach == own && mine:
		return Basis{Role: a.Role, Owner: true}, nil
	case p == KeysRevoke && mine && slices.Contains(Roles(), a.Role): // whoever answers for a key can end it, whatever became of their role
		return Basis{Owner: true}, nil
	}
	var by *Grant
	for _, g := range a.grants {
		if g.gives(p) && (g.ApplicationID == 0 || g.ApplicationID == on.Application) && (by == nil || g.outlasts(*by)) {
			by = &g
		}
	}
	if by == nil {
		return Basis{}, denied(a.Role, p)
	}
	return Basis{Grant: GivenGrant{Grant: *by, Holds: true}}, nil
}

func denied(r Role, p Permission) *Error {
	limit := ""
	if r.reach(p) == own {
		limit = ", only those of keys that you own"
		if p == KeysView || p == KeysRevoke || p == KeysSuspend {
			limit = ", only your own"
		}
	}
	return Errorf(CodeDenied, "As %s you may not %s%s. An administrator can do it, or grant you %s.", article(r), p.Words(), limit, p)
}

func article(r Role) string {
	if r == Administrator || r == Auditor || r == ITManager {
		return fmt.Sprintf("an %s", r)
	}
	return fmt.Sprintf("a %s", r)
}

// gives reports whether the grant carries p: itself, and the sight of the keys
// that it lets the member change.
func (g Grant) gives(p Permission) bool {
	if p == KeysView {
		switch g.Permission {
		case KeysEdit, KeysRegenerate, KeysSuspend, KeysRevoke:
			return true
		}
	}
	return g.Permission == p
}

// mayAnywhere returns nil when the member may do p to anything at all.
func (a actor) mayAnywhere(p Permission) error {
	err := a.may(p, Target{})
	if err == nil || a.may(p, Target{Owner: a.ID}) == nil || slices.ContainsFunc(a.grants, func(g Grant) bool { return g.gives(p) }) {
		return nil
	}
	return err
}

// visible says which keys the member may see.
func (a actor) visible() Visible {
	v := Visible{Owner: a.ID}
	if a.may(KeysView, Target{}) == nil {
		v.All = true
		return v
	}
	for _, g := range a.grants {
		if g.gives(KeysView) {
			v.Applications = append(v.Applications, g.ApplicationID)
		}
	}
	return v
}

// ofApplications reports whether a grant of p takes sight of the applications
// that it is for.
func (p Permission) ofApplications() bool {
	return p == ApplicationsManage || strings.HasPrefix(string(p), "keys.")
}

// visibleApplications says which applications the member may see: those of own
// keys, and those that grants to see, make or change keys or applications are for.
func (a actor) visibleApplications() Visible {
	v := Visible{Owner: a.ID}
	v.All = a.may(KeysView, Target{}) == nil || a.may(ApplicationsManage, Target{}) == nil
	for _, g := range a.grants {
		if g.Permission.ofApplications() {
			v.All = v.All || g.ApplicationID == 0
			v.Applications = append(v.Applications, g.ApplicationID)
		}
	}
	return v
}

// holding returns the grants that count now. While the clock is in doubt
// nobody knows whether a date has passed, so those with one do not.
func holding(gs []Grant, now time.Time, doubtful bool) []Grant {
	return slices.DeleteFunc(slices.Clone(gs), func(g Grant) bool {
		return !g.holds(now) || doubtful && !g.Until.IsZero()
	})
}
