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
CREATE INDEX events_action ON events (action, seq);
CREATE TABLE head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    mac  BLOB    NOT NULL,
    mark INTEGER NOT NULL
) STRICT;
INSERT INTO team VALUES (1, X'A692A05312A1E250C179EEDBC3DB3487', 'Acme', 1795422190184, 1, X'B116D0A6605A678160A9F88C2E060AD4FD422479BF28D7A70C620CAB2B65D165', X'E80CC259F55543597F96C38772A009FC265ECBF31C58DDAE8814D108AF82C197');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795422190184, X'7444C0ECE8C78CDB3FD88B9A43E2AC912828B9CDF1C9173A2F255FD1C39716D0');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795422190191, X'3C354856B17847AF79C5B9B272E5D1E763FABAF63126A882CE7B9F919B9B9D64');
INSERT INTO applications VALUES (2, 'shop', 'shop', '', '', 1795422190196, X'C46563402AF61DD858A21EEDD9FB0DC1EE9EF66A80B2100D0F60FDAA5A055FB9');
INSERT INTO keys VALUES ('empk_9qpfkp97d0xtjhw2h89n', 2, X'193CEB7517ECF152D3E7671D7F431A00D13EF1282DA7585269E792B5DA8EFAAA', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'D23626FF602AABFD6B9F0840521A29B5E074EECB35217AEDCB1DCE68A558E866', 1, 'billing', 'Sends invoices', 1795422190191, 1795422190195, 0, 3, 'billing
ada@example.com
empk_9qpfkp97d0xtjhw2h89n
sends invoices');
INSERT INTO keys VALUES ('empk_92p4c9vjjzbtmd6vfc4v', 1, X'2519322D20ECFA758870846E70DB2B01AD014267F8030E07430A308AA978DF90', 'revoked', 'shop', 'ada@example.com', 1, '', '', '', 1826958190196, 1, X'678A0CFB6CB72F66FE11319F62955618B25E992666A71EF782A846205C2478E3', 2, 'shop', '', 1795422190196, 1795422190196, 0, 2, 'shop
ada@example.com
empk_92p4c9vjjzbtmd6vfc4v
');
INSERT INTO events VALUES (1, 1795422190184, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'90BBC9A71A955D6D7F29686E1CEFA940C2D86C30908AD84736FDBCA73A88E422');
INSERT INTO events VALUES (2, 1795422190191, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'14FF518158295E0452B0280F14DFB6A15AD18FB4E82415E43F3938F0FC0D9704');
INSERT INTO events VALUES (3, 1795422190191, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_9qpfkp97d0xtjhw2h89n', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'BAB9332AD2C21B4C1F4666390A5FCF809D185D230AE04375E4272FDDA8E99EDB');
INSERT INTO events VALUES (4, 1795422190193, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_9qpfkp97d0xtjhw2h89n', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'9D6E22680CBDD460D535AE8D6B3D760EF70A85393A1A2B22306755D545431867');
INSERT INTO events VALUES (5, 1795422190195, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_9qpfkp97d0xtjhw2h89n', 'billing', '', 2, 'active', 'null', '', X'D588DCBDA0C5DB9566EE6145B93735E2EF772D02CAE63EA628973C78EB0EF07D');
INSERT INTO events VALUES (6, 1795422190196, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'8CBB0BD4F300B888D5B2018081B1B9E80769BBA2E7FC7B545383CB3068986A9F');
INSERT INTO events VALUES (7, 1795422190196, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_92p4c9vjjzbtmd6vfc4v', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-23T08:23:10Z"},{"field":"state","before":"","after":"active"}]', '', X'FEDE0AFBFDEC1DF39E21593C5AFCBF09644F2F2BC43E36FB957FB93D259511F8');
INSERT INTO events VALUES (8, 1795422190198, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_92p4c9vjjzbtmd6vfc4v', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'49F61434088B7477152595461F7C54077626209A72EECAF2DF55A2A06A363194');
INSERT INTO head VALUES (1, 8, X'49F61434088B7477152595461F7C54077626209A72EECAF2DF55A2A06A363194', 1795422190198);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 1;
