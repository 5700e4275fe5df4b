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
CREATE TABLE superseded_secrets (
    key_id     TEXT    NOT NULL REFERENCES keys (id),
    generation INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (key_id, generation)
) STRICT, WITHOUT ROWID;
CREATE INDEX superseded_secrets_at ON superseded_secrets (at);
INSERT INTO team VALUES (1, X'8710F1FF7BDDADCDCE83225500654BA3', 'Acme', 1795739789949, 1, X'A05782D26E6B882A196991DF5ED1D2EF172EAC3E7369A6FDDCDB224A96404A7C', X'DB9DEBBF0D01663E88F238D5E06F912A99A7DE93DBF6862DD16B58B6DA08B238');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795739789949, X'CC9AFFE8286CB301A1B5C7D3AD227533F2C520CA208BB2125F33CEEBA513A6E4');
INSERT INTO members VALUES (2, 'Max', 'max@example.com', '', 'Auditor', 'removed', 1795739789986, X'37F3D1E8C5DCEC136430E2CC406BA0DCA9BEABD74BA2FDB74B49298176EAFF78');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795739789966, X'329D106EA5CAB1452FBB3A3978EF9521AD4DED28FF25A957CFB1AF1CB3C369B7', '');
INSERT INTO applications VALUES (2, 'store', 'store', '', '', 1795739789973, X'FAD7F75F263AC13C66B147A231D98CE91BEB176080429C819E7BB5C7603D788D', '10.0.0.0/8');
INSERT INTO grants VALUES (1, 2, 'keys.view', 1, 0, 1, 1795739789988, X'1C1B82125FB1EA71A86D71DBEE93283E510ED4C15F71A855BEE01582CCA74CD7', 1795739789989);
INSERT INTO keys VALUES ('empk_gtjqsg02s3c9k6yp9yyq', 2, X'18FCCFBDE7176840831967B8347A33847BDE380D426C7A59CDE5EED7DDD903CD', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'8FE8B9624F87D079F3AF6ABC68AB1E09B2858441E6D2EAC419C51224D7981E55', 1, 'billing', 'Sends invoices', 1795739789966, 1795739789972, 0, 3, 'billing
ada@example.com
empk_gtjqsg02s3c9k6yp9yyq
sends invoices');
INSERT INTO keys VALUES ('empk_rg8vyvnskkqmefxktefy', 1, X'6C52951DDA006AF1996F9D8F3DE2DEB8760855CB98D7C46A8B57B891D91155B7', 'revoked', 'store', 'ada@example.com', 1, '', '', '', 1827275789973, 1, X'815A72D660BBF609E845A7719007181A16C4761DBE3AF8470DDA098A44987918', 2, 'store', '', 1795739789973, 1795739789973, 0, 3, 'store
ada@example.com
empk_rg8vyvnskkqmefxktefy
');
INSERT INTO events VALUES (1, 1795739789949, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'F166D02406F23D4C9EF0BD90E468FDAECD576CE2152B7F0E88F43056B1BFED0C');
INSERT INTO events VALUES (2, 1795739789966, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'6F6665EE15F5406F65A447A8C2CD1CBA4A09C6A3BE7D81B9654AA5F2F610B9F9');
INSERT INTO events VALUES (3, 1795739789966, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_gtjqsg02s3c9k6yp9yyq', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'12A88DA1F3A8D310BF0BA6304317CAE0731F03A887B923B529963224EDC02044');
INSERT INTO events VALUES (4, 1795739789969, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_gtjqsg02s3c9k6yp9yyq', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'D720548286E33620AF38BA741C30AF2910FCB63F367469025623421B3A6FF6E1');
INSERT INTO events VALUES (5, 1795739789972, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_gtjqsg02s3c9k6yp9yyq', 'billing', '', 2, 'active', 'null', '', X'43DAFF629216942815BBE41DFEC127A21096700C5CC638E79D9B8C31E01805D5');
INSERT INTO events VALUES (6, 1795739789973, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'53D116E54FEDF5BCF574F7ECBD784CB4FE897C58DBB9CCCA5DB25CED8C92DA9D');
INSERT INTO events VALUES (7, 1795739789973, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_rg8vyvnskkqmefxktefy', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-27T00:36:29Z"},{"field":"state","before":"","after":"active"}]', '', X'9DA2144F5C87751848F1EC7B25E501674CF17DC8134D1267E2D9342623FF810C');
INSERT INTO events VALUES (8, 1795739789975, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_rg8vyvnskkqmefxktefy', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'B41D11E1158A13C00D5F012975BBF0361A88B908568451881F7239D2F95B569C');
INSERT INTO events VALUES (9, 1795739789982, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'074F2A4338DFBF2083B861880936FAE1E961F614A44BBB35EC4A17BE19814230');
INSERT INTO events VALUES (10, 1795739789986, 1, 'ada@example.com', 'command', '', 'member.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"name","before":"","after":"Max"},{"field":"login","before":"","after":"max"},{"field":"role","before":"","after":"Member"},{"field":"status","before":"","after":"active"}]', 'Member', X'F7EF68BCBCC5D45A7073215E33129E9D11BBBFC3EA0D5B214028B2462E2712E8');
INSERT INTO events VALUES (11, 1795739789988, 1, 'ada@example.com', 'command', '', 'grant.given', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"permission","before":"","after":"keys.view"},{"field":"application","before":"","after":"billing"}]', 'keys.view', X'76C1B702FBEDC85A4120F506F7ACE903C909D842487A52BCA1806CB247E31EF9');
INSERT INTO events VALUES (12, 1795739789989, 1, 'ada@example.com', 'command', '', 'grant.taken', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T00:36:29.989Z"}]', 'keys.view', X'4BBB37982932A444CE00B5E76AE54426E34B225255E1F7696C46973D5F3D04D2');
INSERT INTO events VALUES (13, 1795739789989, 1, 'ada@example.com', 'command', '', 'ssh_key.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"name","before":"","after":"laptop"},{"field":"fingerprint","before":"","after":"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'CBDC5B80386BB576CD9ABA2B52CB484DC10ECE8D24BCB87FEAB0A52984C32BFE');
INSERT INTO events VALUES (14, 1795739789990, 1, 'ada@example.com', 'command', '', 'ssh_key.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T00:36:29.990Z"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'893764704F30AFCED0021D085AE66DDD8571B2EE65463D3F304EACC2A3773DAC');
INSERT INTO events VALUES (15, 1795739789991, 1, 'ada@example.com', 'command', '', 'member.role_changed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"role","before":"Member","after":"Auditor"}]', 'Auditor', X'5AB55BCFF5F140985E8CCA18FDCEB69FBBD2889834DE4EDEB30F33915A9B556F');
INSERT INTO events VALUES (16, 1795739789992, 1, 'ada@example.com', 'command', '', 'member.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"login","before":"max","after":""},{"field":"status","before":"active","after":"removed"}]', '', X'A27683562217100104297F10BDA986C9271D84FDB47B2E2E8349158D1708FF3A');
INSERT INTO events VALUES (17, 1795739789993, 1, 'ada@example.com', 'command', '', 'application.edited', 'done', '', 'store', '', 0, '', '[{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"name","before":"shop","after":"store"}]', '', X'E368425DB5334970FA3AB96A459A2E286469AF3C874C677C6DC36D35B044CCED');
INSERT INTO events VALUES (18, 1795739789996, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"time until a key counts as unused","before":"","after":"90 days"},{"field":"time until an idle screen signs out","before":"","after":"15 minutes"}]', '', X'3D38479F741DD2C510904BC9BB2BAE86DEEF6415A82DE2DA1052BAE1A15A550C');
INSERT INTO head VALUES (1, 18, X'3D38479F741DD2C510904BC9BB2BAE86DEEF6415A82DE2DA1052BAE1A15A550C', 1795739789996, X'EC11994AA0321C28EDDE1B6487D4F52DE54CFB0CD03B03D923ECF4C35BB9955F');
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'47045350217D9C508CBCC5FBE2EC685FC0A4804AB28C37065446C792688C79A6', 0, 0, 90, 0, 1, 15);
INSERT INTO application_names VALUES ('shop', 'shop', 2, X'8637D4CB1BE4C34F7FBE1B7D158042A34FD11CC1AF24329836A1E0B7F6EA3501');
INSERT INTO ssh_keys VALUES (1, 2, 'laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', 1795739789989, 1795739789990, X'B122B37FF2D5121F890B36F567983C839FEA3C25D4DC3B3E5C256753F64F2AC5');
INSERT INTO superseded_secrets VALUES ('empk_gtjqsg02s3c9k6yp9yyq', 1, X'5110BC969B73C03D88128BBBAD1F333F39B118B6FE609A267AA7CD8CA657C530', 1795739789972);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 5;
