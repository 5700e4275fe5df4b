package ui

// guide says what everybody should know, in words without jargon. Whom names
// who can help.
func guide(support string) []Fact {
	whom := "An administrator of your team: Profile & Team lists them for those who may see it. Settings > Security policy can name somebody here."
	if support != "" {
		whom = support
	}
	return []Fact{
		{"API key", "The name of an application to your systems, in two parts. The api_key is public: it may stand in a log or a letter."},
		{"API secret", "The other part, which proves that the caller is that application. Treat it like a password: it is shown once, and nobody, not even an administrator, can look it up later."},
		{"Lost it", "Regenerate the secret of the key. A new one is made and shown once; the old one stops working at once."},
		{"It leaked", "Regenerate the secret at once, give the new one to the application, and tell an administrator. The history of the key shows who did what and when."},
		{"Regenerate", "Makes a new secret for the same key. Do this when a secret may have been seen by others, and whenever somebody who knew it leaves."},
		{"Suspend", "Denies every request with the key until somebody resumes it. Nothing is lost. Good while you find out what happened."},
		{"Revoke", "Ends the key for good. For an application that is gone."},
		{"No interruption", "Only the latest secret of a key works. To change it without a pause, give the application a second key, move over, and revoke the first one."},
		{"Owner", "The member who answers for a key: whom others ask before they touch it."},
		{"Not confirmed", "A secret was made, and nobody said that it arrived. If it was not stored, regenerate it."},
		{"Secret number", "Counts the secrets of a key: the first is number 1, and each Regenerate makes the next. Only the latest works."},
		{"Usage", "The requests that were made with a key, allowed and denied, over time and by whom. Requests are counted about a second after they are checked; hours and days are those of UTC."},
		{"Replaced secret", "A secret that was regenerated away and is still presented by somebody. It is denied. Give the new one to whoever is named, or find out who they are."},
		{"Outside the networks", "A caller from an address that the application did not declare. Either the declaration is out of date, or somebody else has the secret: then regenerate it."},
		{"How", "Says in Activity by which way somebody came: terminal is these screens, command the command line, ssh either of them over the network, with the address."},
		{"Trail unbroken", "Every entry of Activity is sealed together with the one before it. All of them were checked, and none was changed, taken out or put in."},
		{"SSH key", "A public key by which a member is known. Whoever holds its private half acts as that member, so the private half is given to nobody and pasted nowhere."},
		{"Outside the policy", "A key that the security policy would not allow today, or that it says to look after. It works as before until somebody changes it."},
		{"Who may", "Administrators and IT managers manage keys, and so does anyone to whom an administrator granted it. Auditors look at everything and change nothing. Members see, regenerate, suspend and revoke the keys that they own. Profile & Team says what you may do."},
		{"Support contact", whom},
	}
}
