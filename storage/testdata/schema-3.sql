PRAGMA journal_mode = WAL;
CREATE TABLE team (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    database   BLOB    NOT NULL CHECK (length(database) = 16),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    key_number INTEGER NOT NULL,
    key_check  BLOB    NOT NULL,
    seal       BLOB    NOT NULL
) STRICT;
CREATE TABLE members (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    email      TEXT    NOT NULL UNIQUE,
    login      TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    seal       BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX members_login ON members (login) WHERE login <> '';
CREATE TABLE applications (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    fold       TEXT    NOT NULL,
    purpose    TEXT    NOT NULL,
    contact    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    seal       BLOB    NOT NULL
, networks TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX applications_fold ON applications (fold);
CREATE TABLE grants (
    id             INTEGER PRIMARY KEY,
    member_id      INTEGER NOT NULL REFERENCES members (id),
    permission     TEXT    NOT NULL,
    application_id INTEGER NOT NULL,
    until          INTEGER NOT NULL,
    given_by       INTEGER NOT NULL REFERENCES members (id),
    created_at     INTEGER NOT NULL,
    seal           BLOB    NOT NULL
, ended_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX grants_member ON grants (member_id);
CREATE TABLE keys (
    id               TEXT    PRIMARY KEY NOT NULL,
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
    application_id   INTEGER NOT NULL REFERENCES applications (id),
    application_fold TEXT    NOT NULL,
    purpose          TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    secret_at        INTEGER NOT NULL,
    confirmed        INTEGER NOT NULL,
    revision         INTEGER NOT NULL,
    search           TEXT    NOT NULL
) STRICT;
CREATE INDEX keys_application ON keys (application_fold, id);
CREATE INDEX keys_owner ON keys (owner, id);
CREATE INDEX keys_created ON keys (created_at, id);
CREATE INDEX keys_expiry ON keys (expires_at, id);
CREATE INDEX keys_owner_id ON keys (owner_id);
CREATE INDEX keys_application_id ON keys (application_id, state);
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    actor       INTEGER NOT NULL,
    actor_email TEXT    NOT NULL,
    via         TEXT    NOT NULL,
    origin      TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    application TEXT    NOT NULL,
    member      TEXT    NOT NULL,
    generation  INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    changes     TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    mac         BLOB    NOT NULL
) STRICT;
CREATE INDEX events_key ON events (key_id, seq);
CREATE INDEX events_application ON events (application, seq);
CREATE INDEX events_action ON events (action, seq);
CREATE TABLE head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    mac  BLOB    NOT NULL,
    mark INTEGER NOT NULL
) STRICT;
CREATE TABLE policy (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    support TEXT    NOT NULL,
    seal    BLOB    NOT NULL
, default_lifetime INTEGER NOT NULL DEFAULT 0, longest_lifetime INTEGER NOT NULL DEFAULT 0, unused_after INTEGER NOT NULL DEFAULT 0, secret_due_after INTEGER NOT NULL DEFAULT 0, never_allowed INTEGER NOT NULL DEFAULT 1, idle_sign_out INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX events_actor ON events (actor_email, seq);
CREATE INDEX events_member ON events (member, seq);
CREATE TABLE application_names (
    name           TEXT    PRIMARY KEY NOT NULL,
    fold           TEXT    NOT NULL,
    application_id INTEGER NOT NULL REFERENCES applications (id),
    seal           BLOB    NOT NULL
) STRICT;
CREATE INDEX application_names_fold ON application_names (fold);
CREATE INDEX application_names_application ON application_names (application_id);
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
INSERT INTO team VALUES (1, X'1262620503FA83ABC493F85F072D773D', 'Acme', 1795595055403, 1, X'B7B277976406310DFB1CB1EEE02B5907B4189977FAB7CBB9A12D0417B9D41E1A', X'6741F006F74E6C9ABC5A52C968E43E6A2CE0C8BD3BAF5283156220B9C1FCA122');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795595055403, X'1D5BAF873894344AEDB0553DF8FCFD579C4DC8E3A1160E6815F0FF89B03F5D37');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795595055416, X'A35075BDA93FC051EF486334C5CEFE55E77B366AED28096EE224FBCA4CD6A4A2', '');
INSERT INTO applications VALUES (2, 'shop', 'shop', '', '', 1795595055430, X'C59DE1524C13084C6D25D7D22EB6293FFB77A93A9E86973493845BD1586B29A8', '');
INSERT INTO keys VALUES ('empk_zjqtdg4j55mswa2cbjj1', 2, X'28ED4A35C24D8F1B5C41A84AC9132F230AD8E94F72B1ACA5E094E49772A97F62', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'63F8FD740D261A242BC1E93A9D8B820C6F4F4410A4262B3A4C825C8EC9199C2E', 1, 'billing', 'Sends invoices', 1795595055416, 1795595055428, 0, 3, 'billing
ada@example.com
empk_zjqtdg4j55mswa2cbjj1
sends invoices');
INSERT INTO keys VALUES ('empk_trvjz1m8j049kg01qvgk', 1, X'A9F8486B86E202F415191233050D8BF6A882B5D397EEA8E211515D84150EAB2D', 'revoked', 'shop', 'ada@example.com', 1, '', '', '', 1827131055430, 1, X'991FC2B554601F4CDB74AE02413653CDB71D90EE5A258684842B980E665E5116', 2, 'shop', '', 1795595055430, 1795595055430, 0, 2, 'shop
ada@example.com
empk_trvjz1m8j049kg01qvgk
');
INSERT INTO events VALUES (1, 1795595055403, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'B3BB29D6D7872CA57A7131861D49297414386253F56DB7CFA7577AC65CE34E50');
INSERT INTO events VALUES (2, 1795595055416, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'A479D3DCFD2A48D4EBDD0C5F11A78FBA89EE80A6D1A8AB92E43A4899D34654C9');
INSERT INTO events VALUES (3, 1795595055416, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_zjqtdg4j55mswa2cbjj1', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'D92B739D078241C5D5E70BFC3266E6F5D9421F447A4B05CB8D3524BB26A22693');
INSERT INTO events VALUES (4, 1795595055425, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_zjqtdg4j55mswa2cbjj1', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'281B7D2528F26309BFB4EDCF055B7BB4D8CA7C51F8C006E2F69360CEBB77E27C');
INSERT INTO events VALUES (5, 1795595055428, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_zjqtdg4j55mswa2cbjj1', 'billing', '', 2, 'active', 'null', '', X'E95AFF6610EAA7009C760CA80619F8D9C171BCEB3D84C5CB53E52A0910D31C15');
INSERT INTO events VALUES (6, 1795595055430, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'EAF5DCF36E8F1543ABB106A9748BBD05777214656AE9F359081A295486762ECB');
INSERT INTO events VALUES (7, 1795595055430, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_trvjz1m8j049kg01qvgk', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-25T08:24:15Z"},{"field":"state","before":"","after":"active"}]', '', X'35508214BAE26DBCE0280C884C808C867B98571E623D29849B0CB11D46B79E11');
INSERT INTO events VALUES (8, 1795595055436, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_trvjz1m8j049kg01qvgk', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'A7A863EF27E404B260763CA6D1586B80925E6A2B7B02786DD45A91D726F94324');
INSERT INTO events VALUES (9, 1795595055438, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'4D5E2833FD32205C0891607567E199D6D5B86AA641D26E637781A80BC5F58E9D');
INSERT INTO head VALUES (1, 9, X'4D5E2833FD32205C0891607567E199D6D5B86AA641D26E637781A80BC5F58E9D', 1795595055438);
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'C31E40A2D8238D9CFE90A93493BB4DF109175295D2AB6ADBF3EDE4B905C50C49', 0, 0, 0, 0, 1, 0);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 3;
