package storage

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"empress/model"
)

// Address is where a PostgreSQL database is, and how to come in.
type Address struct {
	config *pgconn.Config
	hosts  *hosts
}

// IsAddress reports whether a text is meant as the address of a PostgreSQL
// database.
func IsAddress(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// ParseAddress reads a connection URI of PostgreSQL
// (https://www.postgresql.org/docs/current/libpq-connect.html, 34.1.1.2), with
// what it leaves out taken from the environment (PGHOST, PGPASSFILE and the
// others) as other programs do. Of several hosts only one that takes writes is
// taken, and a silent one keeps nobody from the next. No error holds any of the text: there may be a
// password anywhere in it.
func ParseAddress(text string) (*Address, error) {
	c, err := pgconn.ParseConfig(text)
	if err != nil {
		return nil, model.Errorf(model.CodeInvalid, "The address of the PostgreSQL database cannot be understood. It looks like postgres://USER@HOST:5432/DATABASE?sslmode=verify-full; the files that it names must be there.")
	}
	if c.Database == "" {
		c.Database = c.User
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectPatience
	}
	// What was decided counts, and only one server knows it.
	h := &hosts{}
	c.ValidateConnect = h.primary
	c.RuntimeParams["client_encoding"] = "UTF8"
	c.RuntimeParams["application_name"] = cmp.Or(c.RuntimeParams["application_name"], "empress")
	c.DialFunc = vigilant()
	c.OnNotice, c.OnNotification = noteWarning, noteChange
	h.each = eachHost(c)
	return &Address{c, h}, nil
}

// String is the address without a password, and without what only says how to
// come in.
func (a *Address) String() string {
	var hosts []string
	add := func(host string, port uint16) {
		if strings.HasPrefix(host, "/") {
			host = url.PathEscape(host)
		}
		if h := net.JoinHostPort(host, strconv.Itoa(int(port))); !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	add(a.config.Host, a.config.Port)
	for _, f := range a.config.Fallbacks {
		add(f.Host, f.Port)
	}
	return fmt.Sprintf("postgres://%s@%s/%s", url.PathEscape(a.config.User), strings.Join(hosts, ","), url.PathEscape(a.config.Database))
}

// FileName is the database's name as a part of the name of a file.
func (a *Address) FileName() string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, a.config.Database)
}

// HasPassword reports whether the password is in the text of an address, which
// ParseAddress accepted.
func HasPassword(text string) bool {
	_, rest, _ := strings.Cut(text, "://")
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' && strings.Contains(rest[:i], ":") {
		return true
	}
	_, query, _ := strings.Cut(rest, "?")
	settings, err := url.ParseQuery(query)
	return err != nil || settings.Has("password") || settings.Has("sslpassword")
}
