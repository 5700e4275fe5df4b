-- What happens to a team after it was founded. A grant that was taken, and an
-- SSH key that was removed, stay as rows with the instant; 0 is not yet.
ALTER TABLE grants ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN networks TEXT NOT NULL DEFAULT '';

-- Names that applications had: each is reserved for ever.
CREATE TABLE application_names (
    name           TEXT    PRIMARY KEY NOT NULL,
    fold           TEXT    NOT NULL,
    application_id INTEGER NOT NULL REFERENCES applications (id),
    seal           BLOB    NOT NULL
) STRICT;
CREATE INDEX application_names_fold ON application_names (fold);
CREATE INDEX application_names_application ON application_names (application_id);

-- Lifetimes and ages are days, idle_sign_out is minutes; 0 is what empress does
-- by itself.
ALTER TABLE policy ADD COLUMN default_lifetime INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN longest_lifetime INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN unused_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN secret_due_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN never_allowed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE policy ADD COLUMN idle_sign_out INTEGER NOT NULL DEFAULT 0;

CREATE TABLE ssh_keys (
    id          INTEGER PRIMARY KEY,
    member_id   INTEGER NOT NULL REFERENCES members (id),
    name        TEXT    NOT NULL,
    line        TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    removed_at  INTEGER NOT NULL,
    seal        BLOB    NOT NULL
) STRICT;
CREATE INDEX ssh_keys_member ON ssh_keys (member_id);
CREATE UNIQUE INDEX ssh_keys_fingerprint ON ssh_keys (fingerprint) WHERE removed_at = 0;
