-- What tells a clock mark that empress stored from another one. An empty seal is
-- of an empress that sealed no mark; the next one that opens the database takes
-- such a mark in once, if it is that of the trail.
ALTER TABLE head ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
