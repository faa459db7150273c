-- +goose Up
-- The templates of the letters on decisions, by round and kind. Each version is kept; the last one counts, and where there is none the program's
-- own does.
CREATE TABLE letter_templates (
  id {{uuid}} PRIMARY KEY,
  round_id {{uuid}} NOT NULL REFERENCES rounds (id),
  kind text NOT NULL CHECK (kind IN ('successful', 'reserve', 'unsuccessful')),
  version integer NOT NULL CHECK (version > 0),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 400),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
  saved_by {{uuid}} NOT NULL,
  saved_at {{ts}} NOT NULL,
  UNIQUE (round_id, kind, version)
);

-- Letters as they were released, and their corrections: each with the next number. They never change.
CREATE TABLE letters (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  decision_id {{uuid}} NOT NULL REFERENCES decisions (id),
  number integer NOT NULL CHECK (number > 0),
  kind text NOT NULL CHECK (kind IN ('successful', 'reserve', 'unsuccessful')),
  template_version integer NOT NULL,
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 1000),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 100000),
  correction_id {{uuid}},
  written_at {{ts}} NOT NULL,
  UNIQUE (decision_id, number)
);
CREATE INDEX letters_application ON letters (application_id, written_at);

-- Who looked at which held letter, and what it said then.
CREATE TABLE letter_looks (
  decision_id {{uuid}} NOT NULL,
  person {{uuid}} NOT NULL,
  digest text NOT NULL CHECK (length(digest) = 64),
  at {{ts}} NOT NULL,
  PRIMARY KEY (decision_id, person)
);

-- New texts for released letters, proposed by one person and settled by another.
CREATE TABLE letter_corrections (
  id {{uuid}} PRIMARY KEY,
  letter_id {{uuid}} NOT NULL REFERENCES letters (id),
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 1000),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 100000),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 8000),
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  settled text NOT NULL CHECK (settled IN ('', 'approved', 'returned')),
  note text NOT NULL CHECK (length(note) <= 8000),
  settled_by {{uuid}},
  settled_at {{ts}},
  version integer NOT NULL
);
CREATE INDEX letter_corrections_application ON letter_corrections (application_id, proposed_at);
