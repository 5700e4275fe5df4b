package model

// CheckDemand returns what is wrong with what a request is to demand of keys:
// nil when there can be a key of that application, "" for any, with those
// scopes. A name must be written exactly as it is stored.
func CheckDemand(application string, scopes []string) error {
	if application != "" {
		name, err := cleanName("application", application)
		if err != nil {
			return err
		}
		if name != application {
			return invalid("application", "%q is no application's name. It would be written %q.", Printable(application), name)
		}
	}
	for _, s := range scopes {
		if err := checkScope(s); err != nil {
			return err
		}
	}
	return nil
}
