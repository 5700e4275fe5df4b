package cli

import (
	"os"
	"os/user"
	"strconv"
	"strings"

	"empress/model"
)

// person is the operating-system user that the process acts as.
type person struct{ login, name string }

// effectiveUser asks the kernel and the user database, never the environment,
// which anybody can set. A user without a name goes by the number.
func effectiveUser() person {
	id := strconv.Itoa(os.Geteuid())
	u, err := user.LookupId(id)
	if err != nil || u.Username == "" {
		return person{id, id}
	}
	return person{u.Username, first(strings.TrimSpace(u.Name), u.Username)}
}

// founding is what the first run proposes.
func (p person) founding() model.Founding {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	return model.Founding{Team: "My team", Name: p.name, Email: p.login + "@" + host, Login: p.login}
}
