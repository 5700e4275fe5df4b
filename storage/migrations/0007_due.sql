-- Why the secret of a key is due to be replaced whatever its age: bits, of which
-- 8 is that it is weak. The indexes lead to what is due, by that and by age.
ALTER TABLE keys ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
UPDATE keys SET due = 8 WHERE weak <> 0;
CREATE INDEX keys_due ON keys (application_fold, id) WHERE due <> 0;
CREATE INDEX keys_secret ON keys (secret_at, id);
CREATE INDEX keys_state ON keys (state, application_fold, id) WHERE state <> 'active';
