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
, seal BLOB NOT NULL DEFAULT x'') STRICT;
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
CREATE TABLE "keys" (
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
CREATE TABLE superseded_secrets (
    key_id     TEXT    NOT NULL REFERENCES keys (id),
    generation INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (key_id, generation)
) STRICT, WITHOUT ROWID;
CREATE INDEX superseded_secrets_at ON superseded_secrets (at);
INSERT INTO team VALUES (1, X'6872471BA82A02DA32DAFE28E9B76E7C', 'Acme', 1795752413868, 1, X'6D9FEDF4A941720CEEF8BC4BC11C62627BBD2E338A3B0345B71CA4A2125E2637', X'0B06DF4B874881F1232586DB6421E7A65EAA70510BB5039CE6248A9C26B35AB9');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795752413868, X'A9C04AE1BEE61AFB12470B33902E99FC4BA0E43F550F5201326784BA08700602');
INSERT INTO members VALUES (2, 'Max', 'max@example.com', '', 'Auditor', 'removed', 1795752414008, X'C2BF43B8950F0800ACE33D42F0A4F9254FC60E41E825AE4EB9A26970A28860F7');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795752413962, X'A0F5D7C3E180084F3EA2FBCECAE3A1826F2BB72655F25F56215A1B3206B580BD', '');
INSERT INTO applications VALUES (2, 'store', 'store', '', '', 1795752413987, X'AF5A06AA5CAA690ABB87E9345AF46C8683BB97AC9C2FA42B477A6045376C9446', '10.0.0.0/8');
INSERT INTO grants VALUES (1, 2, 'keys.view', 1, 0, 1, 1795752414012, X'E736D32F77FCAF5A2B5ACA469EC8C0D2E8E884B3AAAF74A4014107EB1D3060E1', 1795752414016);
INSERT INTO events VALUES (1, 1795752413868, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'C31784BC18421296B5AAE2EF4694E2F0AF986DE77873861551818295916B4D9B');
INSERT INTO events VALUES (2, 1795752413962, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'B3E37AE6FC600F5C988BCD47CFB6D035F488105BAFEAA46211DB53B452DAC9AE');
INSERT INTO events VALUES (3, 1795752413962, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_760n70z0qkxv3ckqtqkt', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'3CD0AE35FE946B33C2B079323E716594AD85D5F03EEA8CED515C926CEFD8F2AF');
INSERT INTO events VALUES (4, 1795752413976, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_760n70z0qkxv3ckqtqkt', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'3F5EEE7D980DAB4AD85D4C4AED3D24DC66F83F9F067AD06F3EB9CCC59C8511B2');
INSERT INTO events VALUES (5, 1795752413984, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_760n70z0qkxv3ckqtqkt', 'billing', '', 2, 'active', 'null', '', X'F3B00574BB3F209A5C680A7B6D94433CBB17326B764AC6E3FB1B9F4AE29FC026');
INSERT INTO events VALUES (6, 1795752413987, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'FA38FCE6F4E8B4DF7F2A41FA75CE610B1F8F5ABCD6407EA7438BACD631097D3B');
INSERT INTO events VALUES (7, 1795752413987, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_wrh752y765s97pzhz4zh', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-27T04:06:53Z"},{"field":"state","before":"","after":"active"}]', '', X'3CC2A2794404AF4C74FC13638064749529D8A3D1FCAA781FD80920DA1360B988');
INSERT INTO events VALUES (8, 1795752413996, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_wrh752y765s97pzhz4zh', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'93C29D63B4B4E94E314F8A3E8904683EEEDD6BCB5E8924EE260F8FC5933F4EF6');
INSERT INTO events VALUES (9, 1795752413999, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'244CFED767A793A838E46FB1D45111C04EC6C1FFBEA0C7324C08524D53ECE5AE');
INSERT INTO events VALUES (10, 1795752414008, 1, 'ada@example.com', 'command', '', 'member.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"name","before":"","after":"Max"},{"field":"login","before":"","after":"max"},{"field":"role","before":"","after":"Member"},{"field":"status","before":"","after":"active"}]', 'Member', X'B42C4E72BA7AAED56692AD702D7647BCF439D530ABA9DE91121A02F346D14018');
INSERT INTO events VALUES (11, 1795752414012, 1, 'ada@example.com', 'command', '', 'grant.given', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"permission","before":"","after":"keys.view"},{"field":"application","before":"","after":"billing"}]', 'keys.view', X'687D0BC6A415F079C145A1423BBF41F618E0425EF4DEDE31A041FA6034262512');
INSERT INTO events VALUES (12, 1795752414016, 1, 'ada@example.com', 'command', '', 'grant.taken', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T04:06:54.016Z"}]', 'keys.view', X'942FC93B722B7BBF67AC18A455A6FB03066842810415B4F602C115CA0E53EBB4');
INSERT INTO events VALUES (13, 1795752414020, 1, 'ada@example.com', 'command', '', 'ssh_key.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"name","before":"","after":"laptop"},{"field":"fingerprint","before":"","after":"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'D91E2270A2202BA22288C8F342081B1AB28952C4213FB2BBE8409EAFFF44EEE6');
INSERT INTO events VALUES (14, 1795752414028, 1, 'ada@example.com', 'command', '', 'ssh_key.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T04:06:54.028Z"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'9AB89726B8E1B8754C402A93729B354F5563D607002FF1CF61B4D29EE37707A4');
INSERT INTO events VALUES (15, 1795752414032, 1, 'ada@example.com', 'command', '', 'member.role_changed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"role","before":"Member","after":"Auditor"}]', 'Auditor', X'22FAE07F6E71D395A7E6E6061352749269469B83B12F142D2F0C921B9335ECCE');
INSERT INTO events VALUES (16, 1795752414040, 1, 'ada@example.com', 'command', '', 'member.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"login","before":"max","after":""},{"field":"status","before":"active","after":"removed"}]', '', X'C09CEADBCE257B51990F69A790E9AF5B7EF5011E619CDF4280DFC1FC95414160');
INSERT INTO events VALUES (17, 1795752414045, 1, 'ada@example.com', 'command', '', 'application.edited', 'done', '', 'store', '', 0, '', '[{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"name","before":"shop","after":"store"}]', '', X'01115D4368FE29CE2C016D95BDEF58169E3CD13F28B9EC73E9CBD48A6A70796A');
INSERT INTO events VALUES (18, 1795752414060, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"time until a key counts as unused","before":"","after":"90 days"},{"field":"time until an idle screen signs out","before":"","after":"15 minutes"}]', '', X'89C0DAE246FE558F6DAC6F577F4D571D3A86B555259F9D73BA9BDD99EC9CC2FD');
INSERT INTO head VALUES (1, 18, X'89C0DAE246FE558F6DAC6F577F4D571D3A86B555259F9D73BA9BDD99EC9CC2FD', 1795752414060, X'5D65DFEED843320FD4C20F671BAEECC9125484687D041D5FAD11C83DE31C2920');
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'F015ECE1316F48B66C7273509617D640AB6DAAB11FB645F4CD4DF209F3C6B681', 0, 0, 90, 0, 1, 15);
INSERT INTO application_names VALUES ('shop', 'shop', 2, X'686312C2D58603C4899A4A697C2A7B4060DAEF86D8C9CCA963B2AF320D7436DE');
INSERT INTO ssh_keys VALUES (1, 2, 'laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', 1795752414020, 1795752414028, X'DBF2CE146B267EAB81B5C64AFF70B118D5529944FAD7CFC2E52FC0254B7167F5');
INSERT INTO keys VALUES (1, 'empk_760n70z0qkxv3ckqtqkt', 2, X'702ED7E17C1724435D21FA90EF86CD7251242555FABC902F978783F1B61B9734', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'F9196383A98ADB5DAB5A101CD28F58846F676EE03FE26C269705686A97F3ADA8', 0, 1, 'billing', 'Sends invoices', 1795752413962, 1795752413984, 0, 3, 0, '

billing

ada@example.com	empk_

760n70z0qkxv3ckqtqkt	sends invoices');
INSERT INTO keys VALUES (2, 'empk_wrh752y765s97pzhz4zh', 1, X'B1314880B6CAE7DDBD5CABB40100D747A3DD450AEBC5571F777A5E54C2494B41', 'revoked', 'store', 'ada@example.com', 1, '', '', '', 1827288413987, 1, X'780B40D0212089EC22A9F4EF251658EA8B0B017C64433DA222487C08747B5E3B', 0, 2, 'store', '', 1795752413987, 1795752413987, 0, 3, 0, '

store

ada@example.com	empk_

wrh752y765s97pzhz4zh	');
INSERT INTO superseded_secrets VALUES ('empk_760n70z0qkxv3ckqtqkt', 1, X'06C414B1A0BCF67AC9F340CCA41D4AFC8F7BC6E5DB488193D82B855F8B2175C8', 1795752413984);
INSERT INTO keys_search (keys_search) VALUES ('rebuild');
PRAGMA application_id = 1164800114;
PRAGMA user_version = 8;
