-- Whether the secret that is valid now was imported, and not drawn by empress.
ALTER TABLE keys ADD COLUMN weak INTEGER NOT NULL DEFAULT 0;
