-- +goose Up
-- The feedback that an applicant gets, as the chair made it from the texts of the reviewers, which stay as they are. Each version is kept;
-- the last one counts.
CREATE TABLE feedback_versions (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  version integer NOT NULL CHECK (version > 0),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
  confirmed text NOT NULL CHECK (length(confirmed) <= 8000), -- what the check found and the editor kept nevertheless, one to a line
  edited_by {{uuid}} NOT NULL,
  edited_at {{ts}} NOT NULL,
  PRIMARY KEY (application_id, version)
);
