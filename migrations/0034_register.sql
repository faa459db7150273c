-- +goose Up
-- The register of awards is read the newest first, also of one round, and its state is asked for with each request for its files.
CREATE INDEX awards_register ON awards (agreed_at DESC, ref) WHERE agreed_at IS NOT NULL;
CREATE INDEX awards_changed ON awards (state_at) WHERE agreed_at IS NOT NULL;
