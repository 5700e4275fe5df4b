-- Large batches, noted until they are added to the tables above: of one part of
-- the keys each, encoded. What is noted counts requests, and upto adds up the
-- bytes that were noted up to and with it.
CREATE TABLE journal (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    part     TEXT    NOT NULL,
    requests INTEGER NOT NULL,
    upto     INTEGER NOT NULL,
    batch    BLOB    NOT NULL
) STRICT;
CREATE INDEX journal_part ON journal (part);
