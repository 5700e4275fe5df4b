-- Requests by hour and outcome: of each key, '' for keys that do not exist, and
-- of the whole team, which those are no part of.
ALTER TABLE usage ADD COLUMN unlisted INTEGER NOT NULL DEFAULT 0;

CREATE TABLE hours (
    key_id TEXT    NOT NULL,
    hour   INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (key_id, hour, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX hours_hour ON hours (hour);

CREATE TABLE team_hours (
    hour   INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (hour, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE callers (
    key_id     TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    user_agent TEXT    NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    allowed    INTEGER NOT NULL,
    denied     INTEGER NOT NULL,
    PRIMARY KEY (key_id, address, user_agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE sightings (
    key_id     TEXT    NOT NULL,
    generation INTEGER NOT NULL,
    address    TEXT    NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    PRIMARY KEY (key_id, generation, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_last ON sightings (last);

-- What happened in the last minutes, for a live view.
CREATE TABLE moments (
    mark    INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    key_id  TEXT    NOT NULL,
    address TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    count   INTEGER NOT NULL
) STRICT;
