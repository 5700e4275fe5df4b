-- The schema of SQLite's eighth version and of its usage file, for PostgreSQL.
-- Instants are Unix milliseconds. A key that never expires has the greatest
-- expires_at, so that it sorts last. application, application_fold and owner are
-- copies that renaming keeps true: the verifier and the lists read one row. Texts
-- are compared byte by byte.
CREATE TABLE empress_schema (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO empress_schema (id, version) VALUES (1, 0);

CREATE TABLE team (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    database   BYTEA  NOT NULL CHECK (length(database) = 16),
    name       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    key_number BIGINT NOT NULL,
    key_check  BYTEA  NOT NULL,
    seal       BYTEA  NOT NULL
);

CREATE TABLE members (
    id         BIGINT PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    email      TEXT COLLATE "C" NOT NULL UNIQUE,
    login      TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    status     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    seal       BYTEA  NOT NULL
);
CREATE UNIQUE INDEX members_login ON members (login) WHERE login <> '';

CREATE TABLE applications (
    id         BIGINT PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL UNIQUE,
    fold       TEXT COLLATE "C" NOT NULL,
    purpose    TEXT COLLATE "C" NOT NULL,
    contact    TEXT COLLATE "C" NOT NULL,
    networks   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    seal       BYTEA  NOT NULL
);
CREATE INDEX applications_fold ON applications (fold);

-- Names that applications had: each is reserved for ever.
CREATE TABLE application_names (
    name           TEXT COLLATE "C" PRIMARY KEY,
    fold           TEXT COLLATE "C" NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    seal           BYTEA  NOT NULL
);
CREATE INDEX application_names_fold ON application_names (fold);
CREATE INDEX application_names_application ON application_names (application_id);

-- A grant that was taken, and an SSH key that was removed, stay as rows with the
-- instant; 0 is not yet.
CREATE TABLE grants (
    id             BIGINT PRIMARY KEY,
    member_id      BIGINT NOT NULL REFERENCES members (id),
    permission     TEXT COLLATE "C" NOT NULL,
    application_id BIGINT NOT NULL,
    until          BIGINT NOT NULL,
    given_by       BIGINT NOT NULL REFERENCES members (id),
    created_at     BIGINT NOT NULL,
    ended_at       BIGINT NOT NULL,
    seal           BYTEA  NOT NULL
);
CREATE INDEX grants_member ON grants (member_id);

CREATE TABLE ssh_keys (
    id          BIGINT PRIMARY KEY,
    member_id   BIGINT NOT NULL REFERENCES members (id),
    name        TEXT COLLATE "C" NOT NULL,
    line        TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    removed_at  BIGINT NOT NULL,
    seal        BYTEA  NOT NULL
);
CREATE INDEX ssh_keys_member ON ssh_keys (member_id);
CREATE UNIQUE INDEX ssh_keys_fingerprint ON ssh_keys (fingerprint) WHERE removed_at = 0;

-- n numbers the keys as they were made. In what is searched two line feeds stand
-- before the name of the application, the owner and what tells the key from
-- others. weak is whether the secret that is valid now was imported, and not drawn by
-- empress; due is why it is to be replaced whatever its age: bits, of which 8 is
-- that it is weak.
CREATE TABLE keys (
    n                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id               TEXT COLLATE "C" NOT NULL UNIQUE,
    generation       BIGINT NOT NULL,
    hash             BYTEA  NOT NULL,
    state            TEXT COLLATE "C" NOT NULL,
    application      TEXT COLLATE "C" NOT NULL,
    owner            TEXT COLLATE "C" NOT NULL,
    owner_id         BIGINT NOT NULL REFERENCES members (id),
    scopes           TEXT COLLATE "C" NOT NULL,
    networks         TEXT COLLATE "C" NOT NULL,
    rate             TEXT COLLATE "C" NOT NULL,
    expires_at       BIGINT NOT NULL,
    seal_key         BIGINT NOT NULL,
    seal             BYTEA  NOT NULL,
    weak             BIGINT NOT NULL,
    application_id   BIGINT NOT NULL REFERENCES applications (id),
    application_fold TEXT COLLATE "C" NOT NULL,
    purpose          TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    secret_at        BIGINT NOT NULL,
    confirmed        BIGINT NOT NULL,
    revision         BIGINT NOT NULL,
    due              BIGINT NOT NULL,
    search           TEXT COLLATE "C" NOT NULL
);
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

-- What tells who still presents a secret that was regenerated away: digests of
-- the hashes that stood in the key's row, which fit no row themselves.
CREATE TABLE superseded_secrets (
    key_id     TEXT COLLATE "C" NOT NULL REFERENCES keys (id),
    generation BIGINT NOT NULL,
    digest     BYTEA  NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (key_id, generation)
);
CREATE INDEX superseded_secrets_at ON superseded_secrets (at);

-- What the team decided for everybody: no row stands for nothing yet. Lifetimes
-- and ages are days, idle_sign_out is minutes; 0 is what empress does by itself.
CREATE TABLE policy (
    id               BIGINT PRIMARY KEY CHECK (id = 1),
    support          TEXT COLLATE "C" NOT NULL,
    default_lifetime BIGINT NOT NULL,
    longest_lifetime BIGINT NOT NULL,
    unused_after     BIGINT NOT NULL,
    secret_due_after BIGINT NOT NULL,
    never_allowed    BIGINT NOT NULL,
    idle_sign_out    BIGINT NOT NULL,
    seal             BYTEA  NOT NULL
);

CREATE TABLE events (
    seq         BIGINT PRIMARY KEY,
    at          BIGINT NOT NULL,
    actor       BIGINT NOT NULL,
    actor_email TEXT COLLATE "C" NOT NULL,
    via         TEXT COLLATE "C" NOT NULL,
    origin      TEXT COLLATE "C" NOT NULL,
    action      TEXT COLLATE "C" NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    key_id      TEXT COLLATE "C" NOT NULL,
    application TEXT COLLATE "C" NOT NULL,
    member      TEXT COLLATE "C" NOT NULL,
    generation  BIGINT NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    changes     TEXT COLLATE "C" NOT NULL,
    note        TEXT COLLATE "C" NOT NULL,
    mac         BYTEA  NOT NULL
);
CREATE INDEX events_key ON events (key_id, seq);
CREATE INDEX events_application ON events (application, seq);
CREATE INDEX events_action ON events (action, seq);
CREATE INDEX events_actor ON events (actor_email, seq);
CREATE INDEX events_member ON events (member, seq);

-- Whoever writes locks the one row. The seal is what tells a clock mark that
-- empress stored from another one.
CREATE TABLE head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    mac  BYTEA  NOT NULL,
    mark BIGINT NOT NULL,
    seal BYTEA  NOT NULL
);
INSERT INTO head (id, seq, mac, mark, seal) VALUES (1, 0, '', 0, '');

-- From here on what is known of requests, and when members came in last. Whoever
-- writes any of it locks the one row of usage_turn.
CREATE TABLE usage_turn (
    id BIGINT PRIMARY KEY CHECK (id = 1)
);
INSERT INTO usage_turn (id) VALUES (1);

CREATE TABLE usage (
    key_id     TEXT COLLATE "C" PRIMARY KEY,
    at         BIGINT NOT NULL,
    address    TEXT COLLATE "C" NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    allowed    BIGINT NOT NULL,
    denied     BIGINT NOT NULL,
    unlisted   BIGINT NOT NULL
);

CREATE TABLE sign_ins (
    member_id BIGINT NOT NULL,
    ssh_key   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (member_id, ssh_key)
);

-- Requests by hour and outcome: of each key, '' for keys that do not exist, and
-- of the whole team, which those are no part of.
CREATE TABLE hours (
    key_id TEXT COLLATE "C" NOT NULL,
    hour   BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (key_id, hour, reason)
);
CREATE INDEX hours_hour ON hours (hour);

CREATE TABLE team_hours (
    hour   BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (hour, reason)
);

CREATE TABLE callers (
    key_id     TEXT COLLATE "C" NOT NULL,
    address    TEXT COLLATE "C" NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    first      BIGINT NOT NULL,
    last       BIGINT NOT NULL,
    allowed    BIGINT NOT NULL,
    denied     BIGINT NOT NULL,
    PRIMARY KEY (key_id, address, user_agent)
);

CREATE TABLE sightings (
    key_id     TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    address    TEXT COLLATE "C" NOT NULL,
    first      BIGINT NOT NULL,
    last       BIGINT NOT NULL,
    count      BIGINT NOT NULL,
    PRIMARY KEY (key_id, generation, address)
);
CREATE INDEX sightings_last ON sightings (last);

-- What happened in the last minutes, for a live view: what the latest client of a
-- moment called itself, and how many names there were.
CREATE TABLE moments (
    mark       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         BIGINT NOT NULL,
    key_id     TEXT COLLATE "C" NOT NULL,
    address    TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    count      BIGINT NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    agents     BIGINT NOT NULL
);

-- Large batches, noted until they are added to the tables above: of one part of
-- the keys each, encoded. What is noted counts requests, and upto adds up the
-- bytes that were noted up to and with it.
CREATE TABLE journal (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    part     TEXT COLLATE "C" NOT NULL,
    requests BIGINT NOT NULL,
    upto     BIGINT NOT NULL,
    batch    BYTEA  NOT NULL
);
CREATE INDEX journal_part ON journal (part);
