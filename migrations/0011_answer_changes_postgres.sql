-- +goose Up
-- What changed in the answers of a section, a row for each time that somebody saved; consecutive saves while they typed are one row.
-- A version that was typed and not chosen is here too, set aside. The answers are the section as it stood at the end of the row.
CREATE TABLE answer_changes (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  section text NOT NULL CHECK (length(section) <= 40),
  version integer NOT NULL,
  way text NOT NULL CHECK (way IN ('start', 'typing', 'save', 'restore', 'aside')),
  person text NOT NULL CHECK (length(person) <= 100),
  began_at {{ts}} NOT NULL,
  ended_at {{ts}} NOT NULL,
  saves integer NOT NULL CHECK (saves >= 1),
  changes text NOT NULL,
  answers text NOT NULL
);
CREATE INDEX answer_changes_application ON answer_changes (application_id, began_at, id);
CREATE INDEX answer_changes_section ON answer_changes (application_id, section, version);

-- Versions from before this table say what stood, not what changed.
INSERT INTO answer_changes (id, application_id, section, version, way, person, began_at, ended_at, saves, changes, answers)
SELECT gen_random_uuid(), application_id, section, version, 'save', saved_by, saved_at, saved_at, 1, '{}', answers FROM section_versions;
DROP TABLE section_versions;

