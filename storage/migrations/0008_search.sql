-- Keys get a number, which an index of every three letters in a row of what is
-- searched leads to. In what is searched two line feeds stand before the name of
-- the application, the owner and what tells the key from others, so that one or
-- two letters at their beginning are three letters in a row, too.
CREATE TABLE superseded_kept AS SELECT key_id, generation, digest, at FROM superseded_secrets;
DROP TABLE superseded_secrets;

CREATE TABLE keys_numbered (
    n                INTEGER PRIMARY KEY,
    id               TEXT    NOT NULL UNIQUE,
    generation       INTEGER NOT NULL,
    hash             BLOB    NOT NULL,
    state            TEXT    NOT NULL,
    application      TEXT    NOT NULL,
    owner            TEXT    NOT NULL,
    owner_id         INTEGER NOT NULL REFERENCES members (id),
    scopes           TEXT    NOT NULL,
    networks         TEXT    NOT NULL,
    rate             TEXT    NOT NULL,
    expires_at       INTEGER NOT NULL,
    seal_key         INTEGER NOT NULL,
    seal             BLOB    NOT NULL,
    weak             INTEGER NOT NULL,
    application_id   INTEGER NOT NULL REFERENCES applications (id),
    application_fold TEXT    NOT NULL,
    purpose          TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    secret_at        INTEGER NOT NULL,
    confirmed        INTEGER NOT NULL,
    revision         INTEGER NOT NULL,
    due              INTEGER NOT NULL,
    search           TEXT    NOT NULL
) STRICT;
INSERT INTO keys_numbered (id, generation, hash, state, application, owner, owner_id, scopes, networks, rate, expires_at, seal_key, seal, weak,
    application_id, application_fold, purpose, created_at, secret_at, confirmed, revision, due, search)
SELECT id, generation, hash, state, application, owner, owner_id, scopes, networks, rate, expires_at, seal_key, seal, weak,
    application_id, application_fold, purpose, created_at, secret_at, confirmed, revision, due,
    char(10, 10) || substr(search, 1, instr(search, char(10)) - 1) || char(10, 10) || owner ||
    CASE WHEN id LIKE 'empk\_%' ESCAPE '\' THEN char(9) || 'empk_' || char(10, 10) || lower(substr(id, 6)) ELSE char(10, 10) || lower(id) END ||
    char(9) || substr(search, instr(search, char(10)) + length(owner) + length(id) + 3)
FROM keys ORDER BY created_at, id;
DROP TABLE keys;
ALTER TABLE keys_numbered RENAME TO keys;
CREATE INDEX keys_application ON keys (application_fold, id);
CREATE INDEX keys_owner ON keys (owner, id);
CREATE INDEX keys_created ON keys (created_at, id);
CREATE INDEX keys_expiry ON keys (expires_at, id, state);
CREATE INDEX keys_secret ON keys (secret_at);
CREATE INDEX keys_owned ON keys (owner_id, application_fold, id);
CREATE INDEX keys_of_application ON keys (application_id, state, expires_at);
CREATE INDEX keys_state ON keys (state, application_fold, id) WHERE state <> 'active';
CREATE INDEX keys_due ON keys (due) WHERE due > 0;
CREATE INDEX keys_unconfirmed ON keys (state, confirmed, generation) WHERE confirmed < generation;
CREATE VIRTUAL TABLE keys_search USING fts5 (search, content = 'keys', content_rowid = 'n', tokenize = 'trigram');
INSERT INTO keys_search (keys_search) VALUES ('rebuild');

CREATE TABLE superseded_secrets (
    key_id     TEXT    NOT NULL REFERENCES keys (id),
    generation INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (key_id, generation)
) STRICT, WITHOUT ROWID;
INSERT INTO superseded_secrets SELECT key_id, generation, digest, at FROM superseded_kept;
DROP TABLE superseded_kept;
CREATE INDEX superseded_secrets_at ON superseded_secrets (at);
