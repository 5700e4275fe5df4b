package ui

import "empress/model"

// place is a screen that can be gone to by its name, and the way there.
type place struct {
	at    Place // "" for one that the program cannot open with
	name  string
	hint  string
	also  string                         // more that the palette finds it by
	way   func(s *surroundings) []screen // after the dashboard
	needs model.Permission               // "" for nothing
}

// places lists every screen that has a name of its own.
func places() []place {
	settings := func(s *surroundings) []screen { return []screen{newSettings(s)} }
	team := func(s *surroundings) []screen { return append(settings(s), newTeam(s)) }
	access := func(s *surroundings) []screen { return append(team(s), newAccess(s)) }
	return []place{
		{AtDashboard, "Dashboard", "the team's keys at a glance", "home overview start", func(*surroundings) []screen { return nil }, ""},
		{AtSettings, "Settings", "the team, this installation", "installation database preferences", settings, ""},
		{AtTeam, "Profile & Team", "you, your team and its API keys", "people", team, ""},
		{AtAccess, "API Access", "see, create and regenerate API keys", "list secrets", access, ""},
		{AtRotation, "Rotation", "keys that are due for a new secret, unused keys", "rotate many due expire regenerate age leaver weak", func(s *surroundings) []screen { return append(access(s), newRotation(s)) }, ""},
		{"", "Create New API Key", "for a new or an existing application", "new add", func(s *surroundings) []screen { return append(access(s), newCreateForm(s)) }, model.KeysCreate},
		{"", "Members", "who belongs to the team", "people team colleagues", func(s *surroundings) []screen { return append(team(s), newMembers(s)) }, model.MembersView},
		{"", "Roles & permissions", "who may do what, and why", "access rights administrator manager auditor allowed", func(s *surroundings) []screen { return append(team(s), newRolesPage(s)) }, ""},
		{"", "Applications", "what uses the keys, and whom to ask", "services programs clients contact rename", func(s *surroundings) []screen { return append(team(s), newApplications(s)) }, ""},
		{"", "Your profile", "your role, your API keys and your SSH keys", "me account self", func(s *surroundings) []screen { return append(team(s), newProfile(s)) }, ""},
		{"", "Your SSH keys", "the keys by which you are known", "me public fingerprint", func(s *surroundings) []screen {
			return append(team(s), newProfile(s), newSSHKeys(s, s.session.Me()))
		}, ""},
		{AtActivity, "Activity", "who did what, and when", "audit trail history log", func(s *surroundings) []screen { return []screen{newActivity(s)} }, model.AuditView},
		{"", "Live requests", "allowed and denied, as it happens", "traffic usage watch tail monitor", func(s *surroundings) []screen { return []screen{newLive(s)} }, ""},
		{"", "Appearance", "light or dark, lines, the mouse", "dark light theme background colors contrast unicode ascii", func(s *surroundings) []screen { return append(settings(s), newAppearancePage(s)) }, ""},
		{"", "Keys outside the policy", "which, and why", "security unused old expiry rules check", func(s *surroundings) []screen {
			return append(settings(s), newPolicyForm(s), newOutside(s))
		}, ""},
		{"", "Security policy", "lifetimes, whom to ask", "support contact help desk rules expiry", func(s *surroundings) []screen { return append(settings(s), newPolicyForm(s)) }, ""},
	}
}

// walk returns the screens on the way to a place.
func walk(s *surroundings, to Place) []screen {
	stack := []screen{newDashboard(s)}
	for _, p := range places() {
		if p.at != "" && p.at == to {
			stack = append(stack, p.way(s)...)
		}
	}
	return stack
}
