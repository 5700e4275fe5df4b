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
CREATE TABLE policy (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    support TEXT    NOT NULL,
    seal    BLOB    NOT NULL
) STRICT;
CREATE INDEX events_actor ON events (actor_email, seq);
CREATE INDEX events_member ON events (member, seq);
INSERT INTO team VALUES (1, X'68A22C685B923D6AC0B92F0CD7EE776C', 'Acme', 1795570443609, 1, X'9FA3AE70B94A2DD4FA6F51200A6482EE745D6458907293FE4F319F755519814A', X'C3BA765F7D661B21D844C1DCCA6D6C6F6B0B52FC9432E24C130DA4F885CBC991');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795570443609, X'4F277A88467948EA5E239A4C992E52D0A1328D993A64E96B10D92DF815CB4229');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795570443616, X'C6DC390DE2C586C411786DD0A4B118EED17C51A363A08BE7735332334492DDC2');
INSERT INTO applications VALUES (2, 'shop', 'shop', '', '', 1795570443621, X'7F2FF3D0B3F5175DE60ABFA58A380F56379FDB767385F56F97F740C59752BDE7');
INSERT INTO keys VALUES ('empk_16gs3xebshpkdyad952s', 2, X'74F9B625B83D518DBEB874CD38F1AD3F29125C90CEC565DA3A3342F7E3547B9F', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'9B37D7720C624F4FAB0BAB497972CC7ACA8609EC2B8E4909BAD19CF05670F102', 1, 'billing', 'Sends invoices', 1795570443616, 1795570443620, 0, 3, 'billing
ada@example.com
empk_16gs3xebshpkdyad952s
sends invoices');
INSERT INTO keys VALUES ('empk_g82kqbxkjekh78ckt9e8', 1, X'69D361617CB67AEDE1B7D048D5A54A84CB5D7D61FA2E3B4A1D43D44F5DE7A1A8', 'revoked', 'shop', 'ada@example.com', 1, '', '', '', 1827106443621, 1, X'5B0B4E1D720B7D1486FDF7F02FAB9DD62CC8E4FCFA26D8EB6BD067CD745D2D2C', 2, 'shop', '', 1795570443621, 1795570443621, 0, 2, 'shop
ada@example.com
empk_g82kqbxkjekh78ckt9e8
');
INSERT INTO events VALUES (1, 1795570443609, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'984142212E194DDBC0FFC231CCC93095A89E0C25534E56839325C1D5A5E2C6BD');
INSERT INTO events VALUES (2, 1795570443616, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'CD142C800EBBE550CBCC87F3D4794BD6EF2771A9200A09A4737D9817AE273076');
INSERT INTO events VALUES (3, 1795570443616, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_16gs3xebshpkdyad952s', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'ECC430B27E14A4E845D22A48223C6853E9F98ACFAA2FC695D17C31F37E11B6A2');
INSERT INTO events VALUES (4, 1795570443619, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_16gs3xebshpkdyad952s', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'4F6E492ADC531912546156A30C14CE59AD2D4FA93F8A5E310E33522DA146FE73');
INSERT INTO events VALUES (5, 1795570443620, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_16gs3xebshpkdyad952s', 'billing', '', 2, 'active', 'null', '', X'3E7796716825D92E707404807A299D62243677D4B49F113F719D9FBFE6471AB0');
INSERT INTO events VALUES (6, 1795570443621, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'97A574C53A5C9E65E91C34FDC753C22B14730D4615ABEDC39FF40E64F15B5AF1');
INSERT INTO events VALUES (7, 1795570443621, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_g82kqbxkjekh78ckt9e8', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-25T01:34:03Z"},{"field":"state","before":"","after":"active"}]', '', X'719A209FE94FD92F9C64E40D1FFA60B1293202780DDC095ABBB4669113581381');
INSERT INTO events VALUES (8, 1795570443623, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_g82kqbxkjekh78ckt9e8', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'56BDABA0E83C423AEE3D03C19FDD4CAB79BCDE844100072EE8508AAE0622C219');
INSERT INTO events VALUES (9, 1795570443624, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'DB01759D4AD22E3BE299C9271E2A4065A21EAA4DEEA7EC40B049BFEA0CA6756D');
INSERT INTO head VALUES (1, 9, X'DB01759D4AD22E3BE299C9271E2A4065A21EAA4DEEA7EC40B049BFEA0CA6756D', 1795570443624);
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'B45CC1A3BB24A12E1617E62A9445C6AE178D31EBBE5BEF7C268D728F05C4ABAA');
PRAGMA application_id = 1164800114;
PRAGMA user_version = 2;
