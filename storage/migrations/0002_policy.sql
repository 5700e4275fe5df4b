-- What the team decided for everybody: no row stands for nothing yet. The
-- indexes lead to what a member did, and to what was done to one.
CREATE TABLE policy (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    support TEXT    NOT NULL,
    seal    BLOB    NOT NULL
) STRICT;
CREATE INDEX events_actor ON events (actor_email, seq);
CREATE INDEX events_member ON events (member, seq);
