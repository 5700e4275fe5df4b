package ui

import (
	"slices"

	"empress/model"
)

// roleReach is how far each role carries each permission, in the order of
// model.Roles: a for everything, o for keys that the member owns, - for nothing.
// It is what screens say of a role; a test holds it against the domain, which
// alone decides.
var roleReach = map[model.Permission]string{
	model.KeysView:           "aaao",
	model.UsageView:          "aaao",
	model.KeysCreate:         "aa--",
	model.KeysEdit:           "aa--",
	model.KeysRegenerate:     "aa-o",
	model.KeysSuspend:        "aa-o",
	model.KeysRevoke:         "aa-o",
	model.KeysNeverExpire:    "a---",
	model.ApplicationsManage: "aa--",
	model.MembersView:        "aaa-",
	model.MembersManage:      "a---",
	model.RolesAssign:        "a---",
	model.GrantsGive:         "a---",
	model.AuditView:          "aaa-",
	model.PolicyManage:       "a---",
}

// reachOf is how far a role carries a permission, '-' for one that is not known.
func reachOf(r model.Role, p model.Permission) byte {
	i := slices.Index(model.Roles(), r)
	if i < 0 || i >= len(roleReach[p]) {
		return '-'
	}
	return roleReach[p][i]
}

// reachCell says in a word how far a role carries a permission, "" for not at
// all.
func reachCell(r model.Role, p model.Permission) string {
	return map[byte]string{'a': "all", 'o': "own keys"}[reachOf(r, p)]
}

// roleWords say what a role may do.
func roleWords(r model.Role) string {
	return permissionWords(func(p model.Permission) byte { return reachOf(r, p) })
}

// gainWords say what a role may do that another may not, "" for nothing.
func gainWords(r, before model.Role) string {
	return permissionWords(func(p model.Permission) byte {
		now, was := reachOf(r, p), reachOf(before, p)
		if now == was || was == 'a' {
			return '-'
		}
		return now
	})
}

func permissionWords(reach func(model.Permission) byte) string {
	var all, own []string
	for _, p := range model.Permissions() {
		switch reach(p) {
		case 'a':
			all = append(all, p.Words())
		case 'o':
			own = append(own, p.Words())
		}
	}
	return reachWords(all, own)
}
