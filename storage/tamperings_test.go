package storage_test

import (
	"fmt"
	"testing"
)

// tampering is a change to a database behind the program's back.
type tampering struct {
	name, sql string
	says      string // part of a problem that the audit finds
}

const back = "DELETE FROM keys WHERE application = 'billing'; INSERT INTO keys SELECT * FROM %s WHERE application = 'billing'"

// tamperings lists ways to change what a place that lived has in its database.
func (l *lived) tamperings(t *testing.T) []tampering {
	t.Helper()
	return []tampering{
		{"the first secret put back", fmt.Sprintf(back, "at_first"), "with secret 1, but the trail says active with secret 3"},
		{"the last secret but one put back", fmt.Sprintf(back, "before_regeneration"), "with secret 2, but the trail says active with secret 3"},
		{"an old state put back", fmt.Sprintf(back, "while_suspended") + "; UPDATE keys SET revision = 99", "is suspended with secret 2"},
		{"a revoked key put back", "DELETE FROM keys WHERE application = 'shop'; INSERT INTO keys SELECT * FROM at_first WHERE application = 'shop'", "an old row was put back"},
		{"a key deleted", "DELETE FROM keys WHERE application = 'billing'", "was deleted outside empress"},
		{"a key copied under another name", "INSERT INTO keys SELECT NULL, 'empk_00000000000000000001', " + rest(t, l, "keys", "id", "n") + " FROM keys WHERE application = 'billing'", "was changed outside empress"},
		{"a purpose changed", "UPDATE keys SET purpose = 'New', search = substr(search, 1, length(search) - length(purpose)) || 'new'", "the purpose of key"},
		{"two rows' hashes swapped", "UPDATE keys SET hash = (SELECT k.hash FROM keys k WHERE k.id <> keys.id LIMIT 1)", "was changed outside empress"},
		{"a member promoted", "UPDATE members SET role = 'Auditor'", "member ada@example.com was changed"},
		{"a member's login taken over", "UPDATE members SET login = 'eve' WHERE id = 1", "member ada@example.com was changed"},
		{"a member's status changed", "UPDATE members SET status = 'removed'", "no active administrator"},
		{"an application renamed", "UPDATE applications SET name = 'Shop' WHERE name = 'shop'", "application Shop was changed"},
		{"a grant made up", "DELETE FROM grants; INSERT INTO grants (id, member_id, permission, application_id, until, given_by, created_at, ended_at, seal) VALUES (1, 1, 'keys.create', 0, 0, 1, 0, 0, zeroblob(32))", "grant 1 of member ada@example.com was changed"},
		{"the role of before put back", put("members", "plain_members", "login = 'max'"), `the role of member max@example.com is "Member", but the trail says "IT Manager"`},
		{"the suspension of before put back", put("members", "suspended_members", "login = 'max'"), `the status of member max@example.com is "suspended"`},
		{"a removed member put back", put("members", "members_with_eva", "email = 'eva@example.com'"), `the status of member eva@example.com is "active", but the trail says "removed"`},
		{"a removed member deleted", "DELETE FROM members WHERE email = 'eva@example.com'", "member eva@example.com is in the trail but not in the database"},
		{"two members' roles swapped", "UPDATE members SET role = CASE id WHEN 1 THEN 'IT Manager' WHEN 2 THEN 'Administrator' ELSE role END", "member max@example.com was changed"},
		{"two members' seals swapped", "UPDATE members SET seal = (SELECT m.seal FROM members m WHERE m.id <> members.id LIMIT 1)", "member ada@example.com was changed"},
		{"two members' numbers swapped", "PRAGMA foreign_keys = 0; UPDATE members SET id = -id; UPDATE members SET id = 4 + id", "member ada@example.com was changed"},
		{"a taken grant put back", put("grants", "untaken_grants", "id = 2"), `the end of grant 2 of member max@example.com is ""`},
		{"a taken grant given again", "UPDATE grants SET ended_at = 0 WHERE id = 2", "grant 2 of member max@example.com was changed"},
		{"a grant taken", "UPDATE grants SET ended_at = 1 WHERE id = 1", "grant 1 of member max@example.com was changed"},
		{"two grants' permissions swapped", "UPDATE grants SET permission = CASE id WHEN 1 THEN 'keys.edit' ELSE 'keys.view' END", "grant 1 of member max@example.com was changed"},
		{"two grants swapped", "UPDATE grants SET id = -id; UPDATE grants SET id = 3 + id", "grant 1 of member max@example.com was changed"},
		{"a grant deleted", "DELETE FROM grants", "grant 1 is in the trail but not in the database"},
		{"a member deleted", "DELETE FROM grants; DELETE FROM members WHERE login = 'max'", "member max@example.com is in the trail but not in the database"},
		{"an application's networks put back", put("applications", "wide_applications", "id = 3"), "application desk is not in the trail"},
		{"an application's networks changed", "UPDATE applications SET networks = '' WHERE id = 3", "application front desk was changed"},
		{"the name of before put back", put("applications", "desk_applications", "id = 3"), "application desk is not in the trail"},
		{"the name of before put back in a key", put("keys", "desk_keys", "application_id = 3"), "is of desk, but the trail says of front desk"},
		{"a reserved name freed", "DELETE FROM application_names", "the former name desk is in the trail but not in the database"},
		{"a reserved name given away", "UPDATE application_names SET application_id = 1", "the former name desk was changed"},
		{"a reserved name hidden from look-alikes", "UPDATE application_names SET fold = 'z'", "the former name desk was changed"},
		{"a reserved name made up", "INSERT INTO application_names VALUES ('x', 'x', 1, zeroblob(32))", "the former name x was changed"},
		{"a removed SSH key put back", put("ssh_keys", "live_ssh_keys", "id = 1"), `the end of SSH key 1 of member ada@example.com is ""`},
		{"an SSH key given to another", "UPDATE ssh_keys SET member_id = 2 WHERE id = 2", "SSH key 2 of member max@example.com was changed"},
		{"an SSH key swapped for another", "UPDATE ssh_keys SET line = 'ssh-ed25519 AAAA' WHERE id = 2", "SSH key 2 of member ada@example.com was changed"},
		{"an SSH key made up", "INSERT INTO ssh_keys VALUES (3, 1, 'eve', 'ssh-ed25519 AAAA', 'SHA256:x', 0, 0, zeroblob(32))", "SSH key 3 of member ada@example.com was changed"},
		{"an SSH key deleted", "DELETE FROM ssh_keys WHERE id = 2", "SSH key 2 is in the trail but not in the database"},
		{"an application deleted", "DELETE FROM keys WHERE application = 'shop'; DELETE FROM applications WHERE name = 'shop'", "application shop is in the trail but not in the database"},
		{"an application's purpose changed", "UPDATE applications SET purpose = 'Another'", "the purpose of application"},
		{"a creation antedated", "UPDATE keys SET created_at = created_at - 1", "the time of the creation of key"},
		{"the foundation antedated", "UPDATE team SET created_at = created_at - 1", "the time of the creation of the team is"},
		{"a member postdated", "UPDATE members SET created_at = 9999999999999 WHERE id = 1", "the time of the creation of member ada@example.com is 2286-11-20T17:46:39.999Z, but the trail says"},
		{"a member who was added later antedated", "UPDATE members SET created_at = created_at - 1 WHERE login = 'max'", "the time of the creation of member max@example.com"},
		{"an application antedated", "UPDATE applications SET created_at = created_at - 1 WHERE name = 'shop'", "the time of the creation of application shop"},
		{"a renamed application antedated", "UPDATE applications SET created_at = created_at - 1 WHERE name = 'front desk'", "the time of the creation of application front desk"},
		{"a grant antedated", "UPDATE grants SET created_at = created_at - 1 WHERE id = 1", "the time of the creation of grant 1 of member max@example.com"},
		{"a grant that was taken antedated", "UPDATE grants SET created_at = created_at - 1 WHERE id = 2", "the time of the creation of grant 2 of member max@example.com"},
		{"an SSH key antedated", "UPDATE ssh_keys SET created_at = created_at - 1 WHERE id = 2", "the time of the creation of SSH key 2 of member ada@example.com"},
		{"a removed SSH key antedated", "UPDATE ssh_keys SET created_at = created_at - 1 WHERE id = 1", "the time of the creation of SSH key 1 of member ada@example.com"},
		{"a secret antedated", "UPDATE keys SET secret_at = secret_at - 1", "the time of the latest secret of key"},
		{"a secret called confirmed", "UPDATE keys SET confirmed = generation", "is called confirmed"},
		{"a key hidden from the filter", "UPDATE keys SET search = ''", "was changed outside empress"},
		{"a key sorted elsewhere", "UPDATE keys SET application_fold = 'z'", "was changed outside empress"},
		{"an application hidden from look-alikes", "UPDATE applications SET fold = 'z' WHERE name = 'shop'", "application shop was changed"},
		{"the policy changed", "UPDATE policy SET support = 'call eve'", "the security policy was changed outside empress"},
		{"an old policy put back", "DELETE FROM policy; INSERT INTO policy SELECT * FROM old_policy", `the support contact of the security policy is "IT desk"`},
		{"keys that never expire allowed", "UPDATE policy SET never_allowed = 1", "the security policy was changed outside empress"},
		{"every other rule taken out", "UPDATE policy SET never_allowed = 1, longest_lifetime = 0, idle_sign_out = 0", "the security policy was changed outside empress"},
		{"the policy of before its rules put back", "DELETE FROM policy; INSERT INTO policy SELECT * FROM old_policy", `the rule on keys that never expire of the security policy is "", but the trail says "not allowed"`},
		{"the policy deleted", "DELETE FROM policy", "the support contact of the security policy"},

		{"the first event deleted", "DELETE FROM events WHERE seq = 1", "event 2 follows event 0"},
		{"an event deleted", "DELETE FROM events WHERE seq = 4", "event 5 follows event 3"},
		{"an event deleted and the rest moved", "DELETE FROM events WHERE seq = 4; UPDATE events SET seq = seq - 1 WHERE seq > 4; UPDATE head SET seq = seq - 1", "does not fit the chain"},
		{"every event deleted", "DELETE FROM events", "its end was cut off"},
		{"every event deleted, the head too", "DELETE FROM events; UPDATE head SET seq = 0, mac = x'', mark = 0", "not in the trail"},
		{"two events swapped", "UPDATE events SET seq = -1 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = -1", "event 4"},
		{"an event repeated", "INSERT INTO events SELECT (SELECT max(seq) + 1 FROM events), " + rest(t, l, "events", "seq") + " FROM events ORDER BY seq DESC LIMIT 1", "does not fit the chain"},
		{"the end cut off", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "its end was cut off"},
		{"the end cut off, the head set back", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events); UPDATE head SET (seq, mac, mark) = (SELECT seq, mac, at FROM events ORDER BY seq DESC LIMIT 1)", "an old row was put back"},
		{"the head's number changed", "UPDATE head SET seq = seq + 1", "but its head says"},
		{"the head's MAC changed", "UPDATE head SET mac = zeroblob(32)", "but its head says"},
		{"the clock mark lowered", "UPDATE head SET mark = mark - 1", "the clock mark is"},
		{"the clock mark raised", "UPDATE head SET mark = mark + 100000000", "the clock mark is"},
		{"the clock mark's seal taken away", "UPDATE head SET seal = x''", "the clock mark is"},
		{"the clock mark of before an event put back", "UPDATE head SET (mark, seal) = (SELECT mark, seal FROM old_head)", "the clock mark is"},
		{"the head of before an event put back", "DELETE FROM head; INSERT INTO head SELECT * FROM old_head", "but its head says"},
		{"the end cut off, the head made up", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events); UPDATE head SET (seq, mac, mark) = (SELECT seq, mac, (SELECT max(at) FROM events) FROM events ORDER BY seq DESC LIMIT 1)", "the clock mark is"},
	}
}
