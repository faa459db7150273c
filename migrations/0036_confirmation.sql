-- +goose Up
-- When somebody confirmed with their password, in a session, that it is they: what weighs most asks for it anew.
ALTER TABLE sessions ADD COLUMN confirmed_at {{ts}};
