-- +goose Up
-- What a found interest rests on: an organisation, a system, a supplier, an award. Each is found once, also by two who look at the same moment, and
-- one that was settled or withdrawn is not found anew.
ALTER TABLE interests ADD COLUMN basis text NOT NULL DEFAULT '' CHECK (length(basis) <= 240);
CREATE UNIQUE INDEX interests_found ON interests (application_id, person, kind, basis) WHERE source = 'found';
