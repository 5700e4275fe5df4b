package storage

import (
	"context"
	"crypto/tls"
	"database/sql"
	"fmt"
	"net"
	"strings"

	"empress/model"
)

// Finding is one thing that was found out about a database's server.
type Finding struct {
	Check string // what was looked at, such as "connection"
	Wrong bool   // that somebody should mend it
	Words string // for people, with the mend where it is wrong
}

// InspectServer looks at the server and at the way to it: its version, whether
// the connection can be overheard, what the user may do, and what becomes of an
// acknowledged change when the server crashes or is lost.
func (s *Postgres) InspectServer(ctx context.Context) ([]Finding, error) {
	f, err := s.serverFacts(ctx)
	if err != nil {
		return nil, s.mapError(err)
	}
	f.authority, f.name = s.address.verifies()
	found := []Finding{f.aboutVersion(), f.aboutConnection(), f.aboutUser(), f.aboutOthers(), f.aboutCrashes(), f.aboutStandby()}
	if len(s.address.hosts.each) > 1 {
		found = append(found, aboutHosts(s.address.hosts.standings(ctx)))
	}
	for i := range found {
		found[i].Words = model.Printable(found[i].Words)
	}
	return found, nil
}

// serverFacts is what is known of a server. The names are those of PostgreSQL's
// settings and catalogues.
type serverFacts struct {
	version string // such as 15.13
	number  int    // such as 150013
	standby bool   // pg_is_in_recovery

	local           bool // the connection does not leave this computer
	encrypted       bool // as the server sees it
	authority, name bool // what of the server's certificate every connection checks

	user          string
	superuser     bool
	database      string
	readOnly      string // own tables that the user may not read and change, separated by blanks
	foreign       string // own tables that the user does not own
	public        string // own tables that everybody may read or change
	publicCreates bool   // everybody may make tables and functions beside them
	schema        string

	fsync, fullPageWrites, synchronousCommit string
	standbyNames                             string // synchronous_standby_names
	standbys                                 int    // that are connected
	unseen                                   int    // of them, whose state the user may not see
	waitedFor                                int    // of them, that changes wait for
}

func (s *Postgres) serverFacts(ctx context.Context) (f serverFacts, err error) {
	c, err := s.readers.Conn(ctx)
	if err != nil {
		return f, err
	}
	defer c.Close() //nolint:errcheck // it goes back to its pool
	err = c.Raw(func(driven any) error {
		f.local = local(driven.(*connection).pg.Conn().RemoteAddr())
		return nil
	})
	if err != nil {
		return f, err
	}
	err = c.QueryRowContext(ctx, `SELECT current_setting('server_version'), current_setting('server_version_num')::bigint, pg_is_in_recovery(),
			coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), current_database(),
			current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), current_setting('synchronous_standby_names'),
			(SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_stat_replication WHERE sync_state IS NULL),
			(SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))`).
		Scan(&f.version, &f.number, &f.standby, &f.encrypted, &f.user, &f.superuser, &f.database, &f.fsync, &f.fullPageWrites, &f.synchronousCommit, &f.standbyNames,
			&f.standbys, &f.unseen, &f.waitedFor)
	if err != nil {
		return f, err
	}
	return f, f.readPrivileges(ctx, c)
}

// readPrivileges reads who may do what to empress's own tables.
func (f *serverFacts) readPrivileges(ctx context.Context, c *sql.Conn) error {
	tables, err := ownTables()
	if err != nil {
		return err
	}
	return c.QueryRowContext(ctx, `SELECT (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = `+ownSchema+`),
			coalesce(string_agg(relname, ' ' ORDER BY relname) FILTER (WHERE NOT (has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(t.oid, 'INSERT')
				AND has_table_privilege(t.oid, 'UPDATE') AND has_table_privilege(t.oid, 'DELETE'))), ''),
			coalesce(string_agg(relname, ' ' ORDER BY relname) FILTER (WHERE NOT pg_has_role(relowner, 'USAGE')), ''),
			coalesce(string_agg(relname, ' ' ORDER BY relname) FILTER (WHERE EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0)), ''),
			EXISTS (SELECT FROM pg_namespace n, aclexplode(nspacl) WHERE n.oid = `+ownSchema+` AND grantee = 0 AND privilege_type = 'CREATE')
		FROM pg_class t WHERE relnamespace = `+ownSchema+` AND relkind = 'r' AND relname = ANY (string_to_array(?, ' '))`, strings.Join(tables, " ")).
		Scan(&f.schema, &f.readOnly, &f.foreign, &f.public, &f.publicCreates)
}

// local reports whether what is sent to an address stays on this computer.
func local(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback()
}

// verifies reports what of the server's certificate is checked whichever of the
// hosts is reached, and however: that a known authority signed it, and that it
// bears the host's name.
func (a *Address) verifies() (authority, name bool) {
	configs := []*tls.Config{a.config.TLSConfig}
	for _, f := range a.config.Fallbacks {
		configs = append(configs, f.TLSConfig)
	}
	authority, name = true, true
	for _, c := range configs {
		name = name && c != nil && !c.InsecureSkipVerify
		authority = authority && c != nil && (!c.InsecureSkipVerify || c.VerifyPeerCertificate != nil)
	}
	return authority, name
}

// The versions that matter, as server_version_num has them: the first one that
// has the identity columns of the schema, and the one of the tests.
const (
	firstVersion  = 100000
	testedVersion = 150000
)

func (f serverFacts) aboutVersion() Finding {
	about := func(wrong bool, words string) Finding {
		return Finding{"server", wrong, "PostgreSQL " + f.version + " " + words}
	}
	switch major := f.number / 10000 * 10000; {
	case f.standby:
		return about(true, "is a standby, which takes no changes. Name the primary in the address of the database, or all servers: the one that takes changes is used.")
	case f.number < firstVersion:
		return about(true, "is too old: it lacks the identity columns of empress's tables, which came with 10. Upgrade the server; empress is tested with 15.")
	case major < testedVersion:
		return about(false, "is the primary. It is older than 15, which empress is tested with, and has all that empress needs. Its makers mend a version for five years only: upgrade it in time.")
	case major > testedVersion:
		return about(false, "is the primary. It is newer than 15, which empress is tested with.")
	}
	return about(false, "is the primary, and of the version that empress is tested with. It keeps texts in UTF-8.")
}

func (f serverFacts) aboutConnection() Finding {
	const mend = " Add sslmode=verify-full to the address of the database, and sslrootcert with the certificate of who signed the server's."
	about := func(wrong bool, words string) Finding { return Finding{"connection", wrong, words} }
	switch {
	case f.local && !f.encrypted:
		return about(false, "The connection to the server does not leave this computer.")
	case f.local:
		return about(false, "The connection to the server does not leave this computer, and is encrypted.")
	case !f.encrypted:
		return about(true, "The connection to the server is not encrypted: whoever is on the way can read it, and change what comes back."+mend)
	case !f.authority:
		return about(true, "The connection to the server is encrypted, but nobody checks whose server it is, so another one can take its place."+mend)
	case !f.name:
		return about(false, "The connection to the server is encrypted, and a known authority signed its certificate. Its name is not compared, which sslmode=verify-full does.")
	}
	return about(false, "The connection to the server is encrypted, and its certificate and name are checked.")
}

func (f serverFacts) aboutUser() Finding {
	about := func(wrong bool, words string) Finding {
		return Finding{"database user", wrong, fmt.Sprintf("%s %s", f.user, words)}
	}
	switch {
	case f.readOnly != "":
		return about(true, fmt.Sprintf("may not read and change everything in: %s. Let the owner of these tables make that user their owner.", f.readOnly))
	case f.foreign != "":
		return about(true, fmt.Sprintf("does not own the tables: %s. So the next upgrade of empress cannot change them. Let their owner make that user their owner.", f.foreign))
	case f.superuser:
		return about(true, fmt.Sprintf("is a superuser of the server, which is far more than empress needs: whoever takes empress over has the server. Make an ordinary user the owner of the database %s and of the tables in its schema %s, and use that one.", f.database, f.schema))
	}
	return about(false, "owns the tables of empress, may change them, and is no superuser.")
}

func (f serverFacts) aboutOthers() Finding {
	about := func(wrong bool, words string) Finding { return Finding{"other users", wrong, words} }
	switch {
	case f.public != "":
		return about(true, fmt.Sprintf("Everybody who may connect to the database may read or change: %s. Run: REVOKE ALL ON ALL TABLES IN SCHEMA %s FROM PUBLIC", f.public, f.schema))
	case f.publicCreates:
		return about(true, fmt.Sprintf("Everybody who may connect to the database may put tables and functions beside those of empress. Run: REVOKE CREATE ON SCHEMA %s FROM PUBLIC", f.schema))
	}
	return about(false, "Nothing of empress's is open to everybody who may connect to the database.")
}

func (f serverFacts) aboutCrashes() Finding {
	var off []string
	for _, setting := range [][2]string{{"fsync", f.fsync}, {"full_page_writes", f.fullPageWrites}, {"synchronous_commit", f.synchronousCommit}} {
		if setting[1] == "off" {
			off = append(off, setting[0])
		}
	}
	if len(off) > 0 {
		return Finding{"crashes", true, fmt.Sprintf("A crash of the server can lose changes that were called done, such as a revocation, or damage the database: off is %s. Switch that on, for the server and for this user.", strings.Join(off, ", "))}
	}
	return Finding{"crashes", false, "A change is on the server's disk before it is called done."}
}

func (f serverFacts) aboutStandby() Finding {
	about := func(wrong bool, words string) Finding { return Finding{"standby", wrong, words} }
	waits := f.standbyNames != "" && f.synchronousCommit != "local" && f.synchronousCommit != "off"
	switch {
	case !waits && f.standbys == 0:
		return about(false, "No standby is connected. When the server is lost, its database is what the latest backup holds.")
	case !waits:
		return about(false, "A standby is connected, but no change waits for it: when it takes over, the latest changes can be missing, such as a revocation.")
	case f.waitedFor > 0:
		return about(false, "A change is called done when a standby has it, and one is connected.")
	case f.unseen > 0:
		return about(false, "A change is called done when a standby has it. Whether the one that is connected counts, this user may not see; for that, run: GRANT pg_read_all_stats TO "+f.user)
	}
	return about(true, fmt.Sprintf("Every change waits for a standby of synchronous_standby_names (%s), but none is connected, so no change comes to an end. Bring one back, or take it out of that setting.", f.standbyNames))
}
