-- What tells who still presents a secret that was regenerated away: digests of
-- the hashes that stood in the key's row, which fit no row themselves.
CREATE TABLE superseded_secrets (
    key_id     TEXT    NOT NULL REFERENCES keys (id),
    generation INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (key_id, generation)
) STRICT, WITHOUT ROWID;
CREATE INDEX superseded_secrets_at ON superseded_secrets (at);
