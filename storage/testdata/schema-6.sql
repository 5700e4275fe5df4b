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
, weak INTEGER NOT NULL DEFAULT 0) STRICT;
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
INSERT INTO team VALUES (1, X'DD91FB673B5C4FD0A0BF9B220FB1B41E', 'Acme', 1795744005737, 1, X'204C52AABCB2626DC2C8F89FC19EDA25EDCD9F82A4C8BC6D30463DC84C2F53EE', X'C50F58CFA64D1486BF01A751439152CA27DC42F59EF7C381D210EA3C09164781');
INSERT INTO members VALUES (1, 'Ada', 'ada@example.com', 'ada', 'Administrator', 'active', 1795744005737, X'113E9FF97D2B7A09414E0B90A25B2B9ADEA85AAEE2EE9F9E3AA07CC07E4CE98E');
INSERT INTO members VALUES (2, 'Max', 'max@example.com', '', 'Auditor', 'removed', 1795744005870, X'1AFBC97EBF3678A6C7E5200EB5D3FDC1CD41E38D157299E71CDE62E7643722F3');
INSERT INTO applications VALUES (1, 'billing', 'billing', '', '', 1795744005851, X'9F71F5438FDCBCA0EAF4A67F9371C8BCFF6164F6A47B8C69FA2A4E5307928BE5', '');
INSERT INTO applications VALUES (2, 'store', 'store', '', '', 1795744005863, X'81DF1C2C2B9F358D5A211B4450BC29825E9364ABE8C07C9BC628BD4488EC46A4', '10.0.0.0/8');
INSERT INTO grants VALUES (1, 2, 'keys.view', 1, 0, 1, 1795744005872, X'94B09B8C80B6D52E4FD1D7EF97CFB5F86CB517E378807929DAF904ED7560B282', 1795744005873);
INSERT INTO keys VALUES ('empk_1sckykh2gexgtbrybh89', 2, X'86F4E8733EF80DA1E6EE50AAB541FC0743A68765FD667FEB790813DD495F34F9', 'active', 'billing', 'ada@example.com', 1, 'invoices:read', '', '100/min', 9223372036854775807, 1, X'A26F1801D10BCD995DDE3A35085F2FB67947FAE20EDE922B885858817EABE89C', 1, 'billing', 'Sends invoices', 1795744005851, 1795744005861, 0, 3, 'billing
ada@example.com
empk_1sckykh2gexgtbrybh89
sends invoices', 0);
INSERT INTO keys VALUES ('empk_qskvb8qnc089b21pr7jg', 1, X'84E6377E97B448A9C465CDE383FFFF928C5FD173FCBC06D5B398A3181546F768', 'revoked', 'store', 'ada@example.com', 1, '', '', '', 1827280005863, 1, X'33BFBD40D76D3F2A7ED523EF1B76287CE609B2A5E3CA927B82983EACBB3C8F9C', 2, 'store', '', 1795744005863, 1795744005863, 0, 3, 'store
ada@example.com
empk_qskvb8qnc089b21pr7jg
', 0);
INSERT INTO events VALUES (1, 1795744005737, 1, 'ada@example.com', 'command', '', 'team.created', 'done', '', '', 'ada@example.com', 0, '', '[{"field":"name","before":"","after":"Ada"},{"field":"login","before":"","after":"ada"},{"field":"role","before":"","after":"Administrator"},{"field":"status","before":"","after":"active"}]', 'Acme', X'44BEA08064AF7D96C6F90EB78113BE311E182B0D94FBCF7CB50B5D4703B2412B');
INSERT INTO events VALUES (2, 1795744005851, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'billing', '', 0, '', 'null', '', X'6546506A0F1AE4A8D009C81A7A36A163936C9799E1F6C7D23E637BA2D7327726');
INSERT INTO events VALUES (3, 1795744005851, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_1sckykh2gexgtbrybh89', 'billing', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"purpose","before":"","after":"Sends invoices"},{"field":"scopes","before":"","after":"invoices:read"},{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"rate","before":"","after":"100/min"},{"field":"expiry","before":"","after":"never"},{"field":"state","before":"","after":"active"}]', '', X'931BF83B00F5889AAFE30677F44FCFCC985E261B14D15E01195BBC6B0FEAF369');
INSERT INTO events VALUES (4, 1795744005857, 1, 'ada@example.com', 'command', '', 'key.edited', 'done', 'empk_1sckykh2gexgtbrybh89', 'billing', '', 1, 'active', '[{"field":"networks","before":"10.0.0.0/8","after":""}]', '', X'11A2CBC097AEB53EF937156AB3A39963EC328EFEE22AC34D9A1E348BF252FAC8');
INSERT INTO events VALUES (5, 1795744005861, 1, 'ada@example.com', 'command', '', 'key.regenerated', 'done', 'empk_1sckykh2gexgtbrybh89', 'billing', '', 2, 'active', 'null', '', X'E2486AF9A9DB37DC0E5528B98498A764D35DB25ECAD0DB6D17A09AE31329183D');
INSERT INTO events VALUES (6, 1795744005863, 1, 'ada@example.com', 'command', '', 'application.created', 'done', '', 'shop', '', 0, '', 'null', '', X'3381A3C8A4058964BF512B7B4E48C87BEE3BFB8C4E5E26104E278CA7244B12EE');
INSERT INTO events VALUES (7, 1795744005863, 1, 'ada@example.com', 'command', '', 'key.created', 'done', 'empk_qskvb8qnc089b21pr7jg', 'shop', '', 1, 'active', '[{"field":"owner","before":"","after":"ada@example.com"},{"field":"expiry","before":"","after":"2027-11-27T01:46:45Z"},{"field":"state","before":"","after":"active"}]', '', X'99742ABB37FC0B5E619EE64664F1E53EA116EBDD54001C97E45A5F343F9E77C4');
INSERT INTO events VALUES (8, 1795744005866, 1, 'ada@example.com', 'command', '', 'key.revoked', 'done', 'empk_qskvb8qnc089b21pr7jg', 'shop', '', 1, 'revoked', '[{"field":"state","before":"active","after":"revoked"}]', '', X'22B4571AA0051C024DE00746A2CE8D3ACAD8C475DC2478EFB569CB18E571B0F6');
INSERT INTO events VALUES (9, 1795744005868, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"support contact","before":"","after":"IT desk: it@example.com"}]', '', X'BAE8EA586CED374E481AF31833D7D5AA1B68504FBE6C074E7F647FB9DBDF1394');
INSERT INTO events VALUES (10, 1795744005870, 1, 'ada@example.com', 'command', '', 'member.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"name","before":"","after":"Max"},{"field":"login","before":"","after":"max"},{"field":"role","before":"","after":"Member"},{"field":"status","before":"","after":"active"}]', 'Member', X'653B860D5A8825911FF4607FFE7B8DEA1CA924C8EA39FC260A89D3CB175EA312');
INSERT INTO events VALUES (11, 1795744005872, 1, 'ada@example.com', 'command', '', 'grant.given', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"permission","before":"","after":"keys.view"},{"field":"application","before":"","after":"billing"}]', 'keys.view', X'AFD585CDB2093CC6B74A1868CC8CB3BDA5DCFF4B40C2011EFCF504667B80BC56');
INSERT INTO events VALUES (12, 1795744005873, 1, 'ada@example.com', 'command', '', 'grant.taken', 'done', '', 'billing', 'max@example.com', 0, '', '[{"field":"grant","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T01:46:45.873Z"}]', 'keys.view', X'3A0B9E350F38559D26EA7CD66D3F9592510BE22C16DFAF96B6D4247E00B84FE6');
INSERT INTO events VALUES (13, 1795744005875, 1, 'ada@example.com', 'command', '', 'ssh_key.added', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"","after":"1"},{"field":"member","before":"","after":"max@example.com"},{"field":"name","before":"","after":"laptop"},{"field":"fingerprint","before":"","after":"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'55854414CFCA868267B61872F29CE3DF7DA39987E76107CD1BC35CB04399CA20');
INSERT INTO events VALUES (14, 1795744005877, 1, 'ada@example.com', 'command', '', 'ssh_key.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"ssh key","before":"1","after":""},{"field":"end","before":"","after":"2026-11-27T01:46:45.877Z"}]', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', X'0CFB5BCD208D03F4D57BC8702AF498C320FF27E3E1D03A9AD01382EF43F45562');
INSERT INTO events VALUES (15, 1795744005879, 1, 'ada@example.com', 'command', '', 'member.role_changed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"role","before":"Member","after":"Auditor"}]', 'Auditor', X'C398A4374C9590EBA8986EAC1DB41C4595CDDC32A7F81992F833B924994A50CD');
INSERT INTO events VALUES (16, 1795744005885, 1, 'ada@example.com', 'command', '', 'member.removed', 'done', '', '', 'max@example.com', 0, '', '[{"field":"login","before":"max","after":""},{"field":"status","before":"active","after":"removed"}]', '', X'823A2B6A6C10F65DDB9D885D6A38B9B76EC8B61CBBD2642E407DF4D24E597CBC');
INSERT INTO events VALUES (17, 1795744005887, 1, 'ada@example.com', 'command', '', 'application.edited', 'done', '', 'store', '', 0, '', '[{"field":"networks","before":"","after":"10.0.0.0/8"},{"field":"name","before":"shop","after":"store"}]', '', X'7F8A386E10EE1D94F04E67768FF46CA1A1DCFBC8F717A6F97BBC68291523389B');
INSERT INTO events VALUES (18, 1795744005889, 1, 'ada@example.com', 'command', '', 'policy.changed', 'done', '', '', '', 0, '', '[{"field":"time until a key counts as unused","before":"","after":"90 days"},{"field":"time until an idle screen signs out","before":"","after":"15 minutes"}]', '', X'4A889AC818177BC3542D041308237CA847CF71238FE6803D34733EC933CB32FE');
INSERT INTO head VALUES (1, 18, X'4A889AC818177BC3542D041308237CA847CF71238FE6803D34733EC933CB32FE', 1795744005889, X'B714A672A0DE25EE4613D96E0534CAC3F12F4E597E0857E70E334A365B69F683');
INSERT INTO policy VALUES (1, 'IT desk: it@example.com', X'EEAE0FE3751EA6825B3E27DA4B85D5E0E5AFF3248DDDFD79B7AEB0D9226FFA6A', 0, 0, 90, 0, 1, 15);
INSERT INTO application_names VALUES ('shop', 'shop', 2, X'14C86E74E20405387E55C57863A057CB3D3E4679ABD7F2DD23BB574B3BEAF714');
INSERT INTO ssh_keys VALUES (1, 2, 'laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU', 1795744005875, 1795744005877, X'53DC026A894A31A4AEB54E4B4E63D26D960B1D0C244CF67FC206CE436A10BB5D');
INSERT INTO superseded_secrets VALUES ('empk_1sckykh2gexgtbrybh89', 1, X'B0709734DF252C5FF8904B76343F65A63ABBC0F03E21FD76545D399007F2E9AC', 1795744005861);
PRAGMA application_id = 1164800114;
PRAGMA user_version = 6;
