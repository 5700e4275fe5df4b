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
) STRICT;
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
) STRICT;
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
CREATE INDEX events_actor ON events (actor, seq);
CREATE INDEX events_action ON events (action, seq);
CREATE TABLE head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    mac  BLOB    NOT NULL,
    mark INTEGER NOT NULL
) STRICT;
INSERT INTO team VALUES (1, X'ACB8A84510601C2E3E8DA28A27B7AB9A', 'Acme', 1795421591751, 1, X'812706E09126AC0E00A1467195F5230D2A81907D3A8852A7DE302388427C8B9F', X'90422AF1B203F4367C27878BF48254149E54FF32A2E2CF52518EE8450B46A710');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795421591751, X'CAF9B8D2CA4BD20A1ECE171A461C958ACAE59CB70E9F1FD8FA6945E3281D3417');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795421591756, X'A89415DB74B469DB584D7A0DA22CA6356A92731CC7A1A5FC9514AE36766CC9B5');
INSERT INTO applications VALUES (2, 'shop', 'shop', '', '', 1795421591761, X'A8518E7B8425BB816F480C6DC9E37AFE353CDE5FC590C3565BDE007665209DAD');
INSERT INTO keys VALUES ('empk_3rbfqc17z5kqwj0a3krc', 2, X'14A303E88728D7F50EE3D478CAE61EA0F3684A3D8B0120F007398054CDAB3D0C', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'66FC8C3A32A1358DB318BAA636DA5D3AA012C0F3DEED4756827FA9AD7163A3DA', 1, 'billing', 'Sends invoices', 1795421591756, 1795421591760, 0, 3, 'billing
ada@example.com
empk_3rbfqc17z5kqwj0a3krc
sends invoices');
INSERT INTO keys VALUES ('empk_s0txea9axj7yqnbr63g5', 1, X'32ABA5C7B310BCFE0853990434F6BD184F56CFB35B515E9825CB8FE57B6F041B', 'revoked', 'shop', 'ada@example.com', 1, '', '', '', 1826957591761, 1, X'5B3C4D86CEF6A2D8242960DF5987EF32DCD9C2E5D4FC0F267A571A5D6F0449D2', 2, 'shop', '', 1795421591761, 1795421591761, 0, 2, 'shop
ada@example.com
empk_s0txea9axj7yqnbr63g5
');
INSERT INTO events VALUES (1, 1795421591751, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'C13C6F131BBB16786290DFE87CED86933B001802E13CA1CFBFBB0D81055D04EC');
INSERT INTO events VALUES (2, 1795421591756, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'5AA51A8B44540D8B0FFD3C8929DA9559CD82D4D2A2389C77D9AE7DBC174899E9');
INSERT INTO events VALUES (3, 1795421591756, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_3rbfqc17z5kqwj0a3krc', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'5B2478EE3D5EF74D9CFDBE50BC423732B4B091424E4E80A74D6B5983C7ADAFCB');
INSERT INTO events VALUES (4, 1795421591759, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_3rbfqc17z5kqwj0a3krc', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'129482117D8E45CFB7B47EDC15C710DC5BDE180CA0E5C98EAD72C7108BA8A302');
INSERT INTO events VALUES (5, 1795421591760, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_3rbfqc17z5kqwj0a3krc', 'billing', '', 2, 'active', 'null', '', X'8EF08A98B58397E44198833CE5B4979531C95F09958BC28C4CC8B39D09454B8A');
INSERT INTO events VALUES (6, 1795421591761, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'92114B14CEE439E627306C7711053B666B9648054F7335A84E4FDA2C611C3440');
INSERT INTO events VALUES (7, 1795421591761, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_s0txea9axj7yqnbr63g5', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-23T08:13:11Z"},{"field":"state","before":"","after":"active"}]', '', X'A97CC7D9B5A13148A4160C31F556C5271DF3C3D39AC8DE8E170AC3009E89A5C0');
INSERT INTO events VALUES (8, 1795421591762, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_s0txea9axj7yqnbr63g5', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'3BEC5E052F782E378FEE92CA6B0799FFA54FE6FE0628737000257D08CAE1C850');
INSERT INTO head VALUES (1, 8, X'3BEC5E052F782E378FEE92CA6B0799FFA54FE6FE0628737000257D08CAE1C850', 1795421591762);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 1;
