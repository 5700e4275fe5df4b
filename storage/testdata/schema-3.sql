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
INSERT INTO team VALUES (1, X'1CFD5C586B817C74CA4641C998504389', 'Acme', 1795597553725, 1, X'060768265586F389B2D6C7D800976E1D56ED4F4B3567471FC74CD603C3BC86B2', X'C718D284DDA5C79AD6D7EE9B39763BFE07C1ADA181A0B3654360EDED0D9FE734');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795597553725, X'3ED0C0153AC72988AA688C6232FC1D8EA5289972AC63C04EFDC1B8546A84CAE6');
INSERT INTO members VALUES (2, 'Max', 'max@example.com', '', 'Auditor', 'removed', 1795597553783, X'D4705997FE688B432B996E714673C8191212F9ED11FE6BE5AA20C99231D49EBA');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795597553759, X'4F81C40727FEE0B8659B3F7114329860F33531A99D207575E000E47185296CB7', '');
INSERT INTO applications VALUES (2, 'store', 'store', '', '', 1795597553776, X'F026A91033ED935F9B6C3D64DC7DEB75C70226902D9D78D62D114BA4ED6D62C1', '10.0.0.0/8');
INSERT INTO grants VALUES (1, 2, 'keys.view', 1, 0, 1, 1795597553786, X'AFB3B0A02AD6586023E429ABA6E5750C198AB627B8FC8E9F28D9E9F8518270B3', 1795597553790);
INSERT INTO keys VALUES ('empk_zbe5w68f1tg59qvzamdw', 2, X'DCDE0B2B663F15B86DA598CC17D076CAB203C0086D0ACD5CFCD101426E6C8A85', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'ECB8B6234B47B3DB215051DBB043D759373B489537FC88D31BE261CEFAC26E23', 1, 'billing', 'Sends invoices', 1795597553759, 1795597553773, 0, 3, 'billing
ada@example.com
empk_zbe5w68f1tg59qvzamdw
sends invoices');
INSERT INTO keys VALUES ('empk_4pesz7nhs6829gddxx2e', 1, X'EA1A1424DD1928833BFD471C4127674B00C8068CC91605BCF8ECFD7DB119A51C', 'revoked', 'store', 'ada@example.com', 1, '', '', '', 1827133553776, 1, X'1CC5C8F072DAD66FF6C840048401C7D11BD842A65360B33AD3E4FA5193AECBF2', 2, 'store', '', 1795597553776, 1795597553776, 0, 3, 'store
ada@example.com
empk_4pesz7nhs6829gddxx2e
');
INSERT INTO events VALUES (1, 1795597553725, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'5B4C7CDDA81FCA3D4EBCAB9BE58C25786C6DF06E08D7CC4864CA6BA461509A30');
INSERT INTO events VALUES (2, 1795597553759, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'CC958FEBCD5C8379B5815ED69B63CBA1140C1D5CB20AC5CAAAA49E7068DE7AA9');
INSERT INTO events VALUES (3, 1795597553759, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_zbe5w68f1tg59qvzamdw', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'9C80979173B134D199F98F9DAEC493B3925EDC27F831F2EABEEC81F85A13B42B');
INSERT INTO events VALUES (4, 1795597553770, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_zbe5w68f1tg59qvzamdw', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'AB3BE99F78920580C3EDF189D3DF3E700216D27F1A05B63E557692EB19312FD1');
INSERT INTO events VALUES (5, 1795597553773, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_zbe5w68f1tg59qvzamdw', 'billing', '', 2, 'active', 'null', '', X'9E16F8EE99045F1C57BC213F3CA206167238BE0B01022E08059B9879576AF462');
INSERT INTO events VALUES (6, 1795597553776, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'1828A3CA6292C312782D4F42420CBD9FB7428DAA83C3327B8ABDDD2481F5C86B');
INSERT INTO events VALUES (7, 1795597553776, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_4pesz7nhs6829gddxx2e', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-25T09:05:53Z"},{"field":"state","before":"","after":"active"}]', '', X'02E80C18EAB0212BC2B1CA152D6AF6DB3EC2F1A8100D667A64DE62B02FD3FCA4');
INSERT INTO events VALUES (8, 1795597553778, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_4pesz7nhs6829gddxx2e', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'F0A6A4E2ADE649C31F35D6C82230231B8C6940570D6FB3CDDEDE919FCD31FFF0');
INSERT INTO events VALUES (9, 1795597553781, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'320786D4170685F2DC437339B2C7B72FB9A322EBAFF576668D8719B62DA7919A');
INSERT INTO events VALUES (10, 1795597553783, 1, 'ada@example.com', 'command', '', 'member.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"name","before":"","after":"Max"},{"field":"login","before":"","after":"max"},{"field":"role","before":"","after":"Member"},{"field":"status","before":"","after":"active"}]', 'Member', X'D4E150784883982908846F7C8C2A44E0D61EE21A06C56D5F7F5EFC01A72E3C6E');
INSERT INTO events VALUES (11, 1795597553786, 1, 'ada@example.com', 'command', '', 'grant.given', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"permission","before":"","after":"keys.view"},{"field":"application","before":"","after":"billing"}]', 'keys.view', X'755F19D64560EC375660E3935D6EF800A3E9BB4F98151F2625CDD95A313DA57C');
INSERT INTO events VALUES (12, 1795597553790, 1, 'ada@example.com', 'command', '', 'grant.taken', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"1","after":""},{"field":"end","before":"","after":"2026-11-25T09:05:53.790Z"}]', 'keys.view', X'1C5F4F2F0F8FEE13F483C1CCDF70318ABF71ECA0A10B9F248DCE6B2FECAB1F48');
INSERT INTO events VALUES (13, 1795597553794, 1, 'ada@example.com', 'command', '', 'ssh_key.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"name","before":"","after":"laptop"},{"field":"fingerprint","before":"","after":"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'B24D51A9F21E2CE11809672FF6B6855BACB1DE9C273E5244791DF1737E441A4E');
INSERT INTO events VALUES (14, 1795597553799, 1, 'ada@example.com', 'command', '', 'ssh_key.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"1","after":""},{"field":"end","before":"","after":"2026-11-25T09:05:53.799Z"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'C2856CAD8DE217DD1D64996BEC14A0643C74EEC32AB85A82E52A22A0BFC1F79D');
INSERT INTO events VALUES (15, 1795597553808, 1, 'ada@example.com', 'command', '', 'member.role_changed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"role","before":"Member","after":"Auditor"}]', 'Auditor', X'103B3BBF526858534FD8A3159A2C5A3F68490E318CC9764092C0741E1A8436EB');
INSERT INTO events VALUES (16, 1795597553813, 1, 'ada@example.com', 'command', '', 'member.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"login","before":"max","after":""},{"field":"status","before":"active","after":"removed"}]', '', X'B5A3A80879AE7C249D4C89F0E03DD55CC712E3F2D7EAEDACEE22F1700BA9DCC4');
INSERT INTO events VALUES (17, 1795597553820, 1, 'ada@example.com', 'command', '', 'application.edited', 'done', '', 'store', '', 0, '', '[{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"name","before":"shop","after":"store"}]', '', X'A2C3CA169FDFEA6C6FDD335D6C1AFE74787D4B97F58F7BA7B717B437BB7F0EDA');
INSERT INTO events VALUES (18, 1795597553825, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"time until a key counts as unused","before":"","after":"90 days"},{"field":"time until an idle screen signs out","before":"","after":"15 minutes"}]', '', X'73E5E00A00E4FF9C52E11B4521568C497BC4F96AD638BC2510F52C2094CEBA6C');
INSERT INTO head VALUES (1, 18, X'73E5E00A00E4FF9C52E11B4521568C497BC4F96AD638BC2510F52C2094CEBA6C', 1795597553825);
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'8DC410292127B06B316E19795B65D7D32CFCE48229CCDCCC4EED70309BED4BD5', 0, 0, 90, 0, 1, 15);
INSERT INTO application_names VALUES ('shop', 'shop', 2, X'372C68A2F794317C3B2C9661D3F778733E2503A9A55F0372031E6A9E7267E5BE');
INSERT INTO ssh_keys VALUES (1, 2, 'laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', 1795597553794, 1795597553799, X'1D6292D30536DB0F51996A96AD7824281AEAF0D8CB7E33EF6FB8E4A2348760AE');
PRAGMA application_id = 1164800114;
PRAGMA user_version = 3;
