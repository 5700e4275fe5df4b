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
CREATE TABLE superseded_secrets (
    key_id     TEXT    NOT NULL REFERENCES keys (id),
    generation INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (key_id, generation)
) STRICT, WITHOUT ROWID;
CREATE INDEX superseded_secrets_at ON superseded_secrets (at);
INSERT INTO team VALUES (1, X'5AFD4CDDEA804F4EF73863FA1BCFFD1D', 'Acme', 1795727484802, 1, X'4E4B0F227F99501222C985D6F6C50B6544987FDA05F357D32E96D82C55FF7BFA', X'4F22B1C599294322FF1C0F9A007D14D7B91CF6211E6E5D71B81C0C8EBB680E3E');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795727484802, X'8C592289CCC73E11E1439AC502B0F92AFAD1F2A554F398D494301A21110EBFAD');
INSERT INTO members VALUES (2, 'Max', 'max@example.com', '', 'Auditor', 'removed', 1795727484823, X'9DF57D16987191898F150E6337D5D9E4C2062A703E4EFEA08ABF2084D65CF2B9');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795727484813, X'A523327E254C3BD08AFED61DB8AE4C5BD39364BF4D07A53CEC5D52AA5DD1FB64', '');
INSERT INTO applications VALUES (2, 'store', 'store', '', '', 1795727484819, X'2C7B889D306B5F41FDFC00F5FEEDCDEA1FF34319C51670BAAEEB492E9412A3B8', '10.0.0.0/8');
INSERT INTO grants VALUES (1, 2, 'keys.view', 1, 0, 1, 1795727484825, X'06E5FF5686ECC967A1C4BF282006406B358AC946D70B0061AC26E57F6EEC6350', 1795727484827);
INSERT INTO keys VALUES ('empk_41q7q8jerkrnpqfzepgf', 2, X'727CA292E9C6E40E08B8FBD45E7A182E4050474E18972A6A0F9683DADD737080', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'8B51B638E7DCE81C9E27857B60A0EC134083CC30582C591CEF1575E2B92C53FF', 1, 'billing', 'Sends invoices', 1795727484813, 1795727484818, 0, 3, 'billing
ada@example.com
empk_41q7q8jerkrnpqfzepgf
sends invoices');
INSERT INTO keys VALUES ('empk_z2g31n62px9h2pr0bh0p', 1, X'5479F7711A1258B277E37E1A8F30AE51E0A4D1B416ADD3B66D4BE7163817D3B5', 'revoked', 'store', 'ada@example.com', 1, '', '', '', 1827263484819, 1, X'905125E0D7F0E6350BB0BB62739B20F09D1376A391BA94CF9D94C0485F60A5C8', 2, 'store', '', 1795727484819, 1795727484819, 0, 3, 'store
ada@example.com
empk_z2g31n62px9h2pr0bh0p
');
INSERT INTO events VALUES (1, 1795727484802, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'B911030D6FF42E95C2C7C1EC2DA5C5A145D30C8E2B113F17EAC346196BC7760D');
INSERT INTO events VALUES (2, 1795727484813, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'BCDF4DFD83F7182E31615210F86160AA44EB56558073C07017A801480E2DDACD');
INSERT INTO events VALUES (3, 1795727484813, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_41q7q8jerkrnpqfzepgf', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'258741E6DEAD1E0EFE7B1662F7343C994CA2BE5C4F00F3BA2A8E64A18C090207');
INSERT INTO events VALUES (4, 1795727484816, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_41q7q8jerkrnpqfzepgf', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'DC48ED5428E2DDB66A61DA1D2E72BA7525D545FE3BEB2EFF27BF750182A95015');
INSERT INTO events VALUES (5, 1795727484818, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_41q7q8jerkrnpqfzepgf', 'billing', '', 2, 'active', 'null', '', X'95C7477FDC37D43EE16396FEA2E0DAA91B9C7E8EC5122ABD1E44623BF0F7F01E');
INSERT INTO events VALUES (6, 1795727484819, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'35D29A9345C606FFE39E184D70839703FFAC7AD727626AFE3CD14B00203672C3');
INSERT INTO events VALUES (7, 1795727484819, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_z2g31n62px9h2pr0bh0p', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-26T21:11:24Z"},{"field":"state","before":"","after":"active"}]', '', X'C08E7E3E77A89F6A05BE2580D28A4295CD4483C82AD925BF413D4660086051FD');
INSERT INTO events VALUES (8, 1795727484821, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_z2g31n62px9h2pr0bh0p', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'B688CA30C4C48735880A16DC972C74F5E3EED778B63E47D9D29AA5181A3DA275');
INSERT INTO events VALUES (9, 1795727484822, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'1E4B04F65412538B78B53150E2E040D904651E90E5DBE31D59F66865A6B7B77B');
INSERT INTO events VALUES (10, 1795727484823, 1, 'ada@example.com', 'command', '', 'member.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"name","before":"","after":"Max"},{"field":"login","before":"","after":"max"},{"field":"role","before":"","after":"Member"},{"field":"status","before":"","after":"active"}]', 'Member', X'508E66CE57E5636D0D3D31B5253CDCF3E3EB454199BF6E7593E6DB2E3E84AE8C');
INSERT INTO events VALUES (11, 1795727484825, 1, 'ada@example.com', 'command', '', 'grant.given', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"permission","before":"","after":"keys.view"},{"field":"application","before":"","after":"billing"}]', 'keys.view', X'DA93036791851A12F52D0B104A1C82CC465C46F9A84EE08BB827D8103B92FACF');
INSERT INTO events VALUES (12, 1795727484827, 1, 'ada@example.com', 'command', '', 'grant.taken', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"1","after":""},{"field":"end","before":"","after":"2026-11-26T21:11:24.827Z"}]', 'keys.view', X'89D29263FDF7B2FA7E0C564B196092B0A9F92B9A3990AB3A9A177EF4A84CA204');
INSERT INTO events VALUES (13, 1795727484828, 1, 'ada@example.com', 'command', '', 'ssh_key.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"name","before":"","after":"laptop"},{"field":"fingerprint","before":"","after":"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'757F3CD1AC0A0E4E48561D77EE251C10060A6961B4CFFE35BD87AD8ACAB832A1');
INSERT INTO events VALUES (14, 1795727484830, 1, 'ada@example.com', 'command', '', 'ssh_key.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"1","after":""},{"field":"end","before":"","after":"2026-11-26T21:11:24.830Z"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'EC2070C784940F3E6A11EC763633FC822D10E9857C27EB61DF583B5B16B84DF3');
INSERT INTO events VALUES (15, 1795727484831, 1, 'ada@example.com', 'command', '', 'member.role_changed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"role","before":"Member","after":"Auditor"}]', 'Auditor', X'CF81548B6CC4388D58E0E3DAF9F76518573F0501CF81F73DC2581A206A22EDEE');
INSERT INTO events VALUES (16, 1795727484833, 1, 'ada@example.com', 'command', '', 'member.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"login","before":"max","after":""},{"field":"status","before":"active","after":"removed"}]', '', X'4AA8786AE12F5DAEC917B4197A16A7EB4038377B984262BBCE02EFA32DCCE9CB');
INSERT INTO events VALUES (17, 1795727484834, 1, 'ada@example.com', 'command', '', 'application.edited', 'done', '', 'store', '', 0, '', '[{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"name","before":"shop","after":"store"}]', '', X'075E3F4033F669650173042918180B5EDFBFDB8CB6040F6ED79B44243F0B7EC8');
INSERT INTO events VALUES (18, 1795727484835, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"time until a key counts as unused","before":"","after":"90 days"},{"field":"time until an idle screen signs out","before":"","after":"15 minutes"}]', '', X'1ED6331338BBFA12467E2C5403824F1389C4E7788D2A8738316752687400D228');
INSERT INTO head VALUES (1, 18, X'1ED6331338BBFA12467E2C5403824F1389C4E7788D2A8738316752687400D228', 1795727484835);
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'DCBCDCFDF8E761DC697522B3E0145F0461C5E1316265E780F50070D9B9AD6ADF', 0, 0, 90, 0, 1, 15);
INSERT INTO application_names VALUES ('shop', 'shop', 2, X'3D7A07BA226802D333620D8BB488AB7EFD0B68669A4E969E01C35B77E7CD92F1');
INSERT INTO ssh_keys VALUES (1, 2, 'laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', 1795727484828, 1795727484830, X'950E481D958A35602CDEF41D70687D4CD44178AFFE5FEC962376F75F6BF5ED43');
INSERT INTO superseded_secrets VALUES ('empk_41q7q8jerkrnpqfzepgf', 1, X'5153D69DFA619056843AFABFE8D817AF3BE17496FDBF242FDF461D6C05595808', 1795727484818);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 4;
