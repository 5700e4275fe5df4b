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
, weak INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0) STRICT;
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
CREATE INDEX keys_due ON keys (application_fold, id) WHERE due <> 0;
CREATE INDEX keys_secret ON keys (secret_at, id);
CREATE INDEX keys_state ON keys (state, application_fold, id) WHERE state <> 'active';
INSERT INTO team VALUES (1, X'098BCFDA4BEF1FF0C961E2E64D51E62E', 'Acme', 1795750549060, 1, X'4B5BC0723C8025BB8701A35CE48792D7B0F587AD924EDB54D4A5BB87BDBECD28', X'637D84063884360953099DD38AD952AD707D370495A39B0AF35D3C5552C27658');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795750549060, X'A8E88945D8267FC6443AEF8861092B6745F7D83EC2792FCAF69A169795F59883');
INSERT INTO members VALUES (2, 'Max', 'max@example.com', '', 'Auditor', 'removed', 1795750549104, X'B50B16476B94DD7BC9662C517056DCA72EED2BEF37CD054B84C01723F8D2F660');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795750549090, X'E0343A7EA1CEF1A218B135D5D0C7E751239385D4BD893E7D63CA2E16BF171188', '');
INSERT INTO applications VALUES (2, 'store', 'store', '', '', 1795750549098, X'C5395723FAEDA31E4277F18E262265584ADBEA65ABCF77AD0EEB504AFF94EFBD', '10.0.0.0/8');
INSERT INTO grants VALUES (1, 2, 'keys.view', 1, 0, 1, 1795750549106, X'F51F050968AD65C19ACB1374005288EAE6229B957383C0A19B70F27E8B565FFA', 1795750549109);
INSERT INTO keys VALUES ('empk_815pdwayfvec1q8txbh8', 2, X'F9CBAD44CDBBE1CE9E9DD7DD444A4592D338A5E0D136B71F319CFC08932BBB3F', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'DBCC012339D9533D2805171419D03B804F527267709C84D87DB26BE174A0FC99', 1, 'billing', 'Sends invoices', 1795750549090, 1795750549096, 0, 3, 'billing
ada@example.com
empk_815pdwayfvec1q8txbh8
sends invoices', 0, 0);
INSERT INTO keys VALUES ('empk_n0jnjebzpgtppwcreh88', 1, X'3D9E91DBA355DC8A74B5B99894AC7AD3F42E69AA0CA12EC9AA86AF483B5B5418', 'revoked', 'store', 'ada@example.com', 1, '', '', '', 1827286549098, 1, X'22D8E2AD6DFB65A0BFDA9D3059CF0DA2D9FF22D16E9F913ACC25C3F09204F99E', 2, 'store', '', 1795750549098, 1795750549098, 0, 3, 'store
ada@example.com
empk_n0jnjebzpgtppwcreh88
', 0, 0);
INSERT INTO events VALUES (1, 1795750549060, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'15CF123EA60FF43559DEE4C170FEA67EF5D6DA970F72EF75CD54E592EF69FD8A');
INSERT INTO events VALUES (2, 1795750549090, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'7A9BC5F74971E8159B5DEB9F12C7B9F8B32BE3EE39C4B0D794998DA7FCBC3D8C');
INSERT INTO events VALUES (3, 1795750549090, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_815pdwayfvec1q8txbh8', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'D24D4FE2F1082ABCEB6BE88D9C4BB3F018F051F38DB10A5F634CFBE2B8BCCB50');
INSERT INTO events VALUES (4, 1795750549094, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_815pdwayfvec1q8txbh8', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'A5B0BACAFC73F7FA55E06AC404E1CDDE5B60D4D44D4035AF6DF9533E13F2A409');
INSERT INTO events VALUES (5, 1795750549096, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_815pdwayfvec1q8txbh8', 'billing', '', 2, 'active', 'null', '', X'EB243493C9DEBF66046D36F552F5BFB3D1B6EA4EB9F4D9C427BC0BF95CF0AD82');
INSERT INTO events VALUES (6, 1795750549098, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'0245DC8F3068E89E6FC34DD229CEA4AD272027D818E84788443F0497B18374D9');
INSERT INTO events VALUES (7, 1795750549098, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_n0jnjebzpgtppwcreh88', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-27T03:35:49Z"},{"field":"state","before":"","after":"active"}]', '', X'9A93FC07157F2C8E72CBD7E83280CE0D0B0CC29C87D7AD96C1A26CF8E3F5A718');
INSERT INTO events VALUES (8, 1795750549100, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_n0jnjebzpgtppwcreh88', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'D6A1D2CBE7C7845A45064DA74EB57CE6E948233B193E01B047824D0F88530F36');
INSERT INTO events VALUES (9, 1795750549102, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'314542FF84850AA34B53F9AD1B966152AAF02EF61B75AF2A9ED8EA625602C287');
INSERT INTO events VALUES (10, 1795750549104, 1, 'ada@example.com', 'command', '', 'member.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"name","before":"","after":"Max"},{"field":"login","before":"","after":"max"},{"field":"role","before":"","after":"Member"},{"field":"status","before":"","after":"active"}]', 'Member', X'B8241F5DBA853866D928BE8A106986AA9034F36F7B9DB77B9C0EBE95273022D6');
INSERT INTO events VALUES (11, 1795750549106, 1, 'ada@example.com', 'command', '', 'grant.given', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"permission","before":"","after":"keys.view"},{"field":"application","before":"","after":"billing"}]', 'keys.view', X'E32D00CFB4CFDB4D2A9A3B10C8E41D559D92D9EBF417BA42C89E4973111617A8');
INSERT INTO events VALUES (12, 1795750549109, 1, 'ada@example.com', 'command', '', 'grant.taken', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T03:35:49.109Z"}]', 'keys.view', X'015ECD0D965C5518A49F25941B80F35814FB95D2F1C4F6A92151DAF7AE2F4626');
INSERT INTO events VALUES (13, 1795750549111, 1, 'ada@example.com', 'command', '', 'ssh_key.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"name","before":"","after":"laptop"},{"field":"fingerprint","before":"","after":"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'683D7A546FD473A2EC618F0D4373F378850AE02D88F02B716B83FFC3CB0B2647');
INSERT INTO events VALUES (14, 1795750549114, 1, 'ada@example.com', 'command', '', 'ssh_key.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T03:35:49.114Z"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'EEB6043EFFF62F3F3435761A56429381DAB4E1980C2DC4CAF4AD81F16B903CA6');
INSERT INTO events VALUES (15, 1795750549116, 1, 'ada@example.com', 'command', '', 'member.role_changed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"role","before":"Member","after":"Auditor"}]', 'Auditor', X'53B692A9FAB2DA2692FC4EE4E5ACB1D66367BF7E76AA64FE5B39A8B32A3AB50F');
INSERT INTO events VALUES (16, 1795750549118, 1, 'ada@example.com', 'command', '', 'member.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"login","before":"max","after":""},{"field":"status","before":"active","after":"removed"}]', '', X'82AF049A3578A0E994F4892EA730CA2361CD95D3D13BECB3CB7050421BB0DBD7');
INSERT INTO events VALUES (17, 1795750549121, 1, 'ada@example.com', 'command', '', 'application.edited', 'done', '', 'store', '', 0, '', '[{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"name","before":"shop","after":"store"}]', '', X'E42A4DECDAF9E33ABE353891B733619A0DC40A916AE92D89DC26413A96C09050');
INSERT INTO events VALUES (18, 1795750549124, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"time until a key counts as unused","before":"","after":"90 days"},{"field":"time until an idle screen signs out","before":"","after":"15 minutes"}]', '', X'24845984468CDED13687EAD6C035E5F0A53E9EC7E3102200A83FAC9F1AC31040');
INSERT INTO head VALUES (1, 18, X'24845984468CDED13687EAD6C035E5F0A53E9EC7E3102200A83FAC9F1AC31040', 1795750549124, X'0F616EE399ED69F0D2F402DEEDE5781747003EBE02B17AD38791BD56B844AB6A');
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'C7331334F30596B8FA55CD1201AE2F733E105A48C2E64B4699B53685DB6A2BE1', 0, 0, 90, 0, 1, 15);
INSERT INTO application_names VALUES ('shop', 'shop', 2, X'D889FD8535936E9A8CCC262026D62163EC987F8D7C631897395546FA24EB9730');
INSERT INTO ssh_keys VALUES (1, 2, 'laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', 1795750549111, 1795750549114, X'AC8C36DF974C6EF51832BD5F4EBA70B84A03F52250DB69939A47F00BB4A9BFA4');
INSERT INTO superseded_secrets VALUES ('empk_815pdwayfvec1q8txbh8', 1, X'5FB980C02CCCB2C733EBCA998F41C8785DE43AD20216C1E0EB67073A71A5CEE9', 1795750549096);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 7;
