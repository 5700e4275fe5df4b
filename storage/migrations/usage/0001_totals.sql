-- Totals of each key, and when members came in last. Files from before they had
-- versions hold one of these tables, or both.
CREATE TABLE IF NOT EXISTS usage (
	key_id     TEXT PRIMARY KEY NOT NULL,
	at         INTEGER NOT NULL,
	address    TEXT NOT NULL,
	user_agent TEXT NOT NULL,
	allowed    INTEGER NOT NULL,
	denied     INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS sign_ins (
	member_id INTEGER NOT NULL,
	ssh_key   INTEGER NOT NULL,
	at        INTEGER NOT NULL,
	PRIMARY KEY (member_id, ssh_key)
) STRICT, WITHOUT ROWID;
