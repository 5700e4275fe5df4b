PRAGMA journal_mode = WAL;
CREATE TABLE team (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
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
INSERT INTO team VALUES (1, 'Acme', 1795418438916, 1, X'6B10C57639ED4D19654B39A49748359E0F293EA38137F323DFDB274779BF39F2', X'B8018A37FA68698681461BE13D85F8DF1331E19F0D3EBA0D2200DAE40E4976FC');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795418438916, X'964253C75FF80792FEA63829B605F9D8808E89F0F2A2BBB5787AC62A9147CA1B');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795418438941, X'139CF0F57FF458B8A96A7D4F8059ABBEBEE37F638CAA149F1D3A73ED7BF5936D');
INSERT INTO applications VALUES (2, 'shop', 'shop', '', '', 1795418438954, X'5D96BCA8C99901C6CD3CB2DF14147AFD5797036544F3E58C4E2792D4F3A2A0A3');
INSERT INTO keys VALUES ('empk_k6t9r60zb5rcgz5kzc4x', 2, X'740B67DBC65CBA98FFDCA761B9998C2B86B0E5429D37755886D26B69E368CBDA', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'05575BC44324E4978B830E54FDB1DCC0BF32A79DE45F5AAFD4455570B0ECFE9F', 1, 'billing', 'Sends invoices', 1795418438941, 1795418438952, 0, 3, 'billing
ada@example.com
empk_k6t9r60zb5rcgz5kzc4x
sends invoices');
INSERT INTO keys VALUES ('empk_248rjv0254tnzr9pvfxn', 1, X'F6A7EE2FE8DC852465EBBE03C0109455B3B4B6826333CE5C3627841C75AE9A36', 'revoked', 'shop', 'ada@example.com', 1, '', '', '', 1826954438954, 1, X'9342F1EC7E2794A5D339E7C613B8C4A6141F64326347504B322054CD20B8DACC', 2, 'shop', '', 1795418438954, 1795418438954, 0, 2, 'shop
ada@example.com
empk_248rjv0254tnzr9pvfxn
');
INSERT INTO events VALUES (1, 1795418438916, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', 'null', 'Acme', X'76CB4939741FB64DF661525DDE9F7425788BBC2A0B1D03C18C1B8A9FCB23706F');
INSERT INTO events VALUES (2, 1795418438941, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'71F2999A62D39139CCDDF105E1E76464A9CB5A8A1E01488507B8037C912032C9');
INSERT INTO events VALUES (3, 1795418438941, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_k6t9r60zb5rcgz5kzc4x', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'1B65D12149E52E6DB180008E485E9848DD3ABB835D6EDAFA48B008301FD3C94A');
INSERT INTO events VALUES (4, 1795418438946, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_k6t9r60zb5rcgz5kzc4x', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'408D4C441967FF8665E825DF558BE90A89FD19C40CEEF65EC0368494B534607D');
INSERT INTO events VALUES (5, 1795418438952, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_k6t9r60zb5rcgz5kzc4x', 'billing', '', 2, 'active', 'null', '', X'BB04017555DCA7E03D1FEFA5E9C3023858F2094B3671E6DAE9F9FB94940FCF18');
INSERT INTO events VALUES (6, 1795418438954, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'69BA85195AE79930839942A6249CCDB49D9A1C5CA19807453B779E00C869702C');
INSERT INTO events VALUES (7, 1795418438954, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_248rjv0254tnzr9pvfxn', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-23T07:20:38Z"},{"field":"state","before":"","after":"active"}]', '', X'A3144129657B2CA36E4CE131B7315F29FC78619A61D975D2846B6AEEA2B28D1D');
INSERT INTO events VALUES (8, 1795418438957, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_248rjv0254tnzr9pvfxn', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'4C0F136E688A4C0EB127B3E0DCC84DEE1527E228661B09D7FE51C1419D616C01');
INSERT INTO head VALUES (1, 8, X'4C0F136E688A4C0EB127B3E0DCC84DEE1527E228661B09D7FE51C1419D616C01', 1795418438957);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 1;
