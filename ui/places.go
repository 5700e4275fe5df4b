package ui

// place is a screen that can be gone to by its name, and the way there.
type place struct {
	at   Place // "" for one that the program cannot open with
	name string
	hint string
	way  func(s *surroundings) []screen // after the dashboard
}

// places lists every screen that has a name of its own.
func places() []place {
	settings := func(s *surroundings) []screen { return []screen{newSettings(s)} }
	team := func(s *surroundings) []screen { return append(settings(s), newTeam(s)) }
	access := func(s *surroundings) []screen { return append(team(s), newAccess(s)) }
	return []place{
		{AtDashboard, "Dashboard", "the team's keys at a glance", func(*surroundings) []screen { return nil }},
		{AtSettings, "Settings", "the team, this installation, how it looks", settings},
		{AtTeam, "Profile & Team", "you, your team and its API keys", team},
		{AtAccess, "API Access", "see, create and regenerate API keys", access},
		{"", "Create New API Key", "for a new or an existing application", func(s *surroundings) []screen { return append(access(s), newCreateForm(s)) }},
		{AtActivity, "Activity", "who did what, and when", func(s *surroundings) []screen { return []screen{newActivity(s)} }},
		{"", "Appearance", "light or dark, lines, colours, the mouse", func(s *surroundings) []screen { return append(settings(s), newAppearancePage(s)) }},
		{"", "Security policy", "whom people ask", func(s *surroundings) []screen { return append(settings(s), newPolicyForm(s)) }},
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
