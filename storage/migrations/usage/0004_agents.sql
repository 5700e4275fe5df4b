-- What the latest client of a moment called itself, and how many names there were.
ALTER TABLE moments ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE moments ADD COLUMN agents INTEGER NOT NULL DEFAULT 0;
