-- +goose Up
CREATE TABLE applications (
  id {{uuid}} PRIMARY KEY,
  ref text NOT NULL UNIQUE CHECK (length(ref) <= 16),
  round_id {{uuid}} NOT NULL REFERENCES rounds (id),
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  theme text NOT NULL CHECK (length(theme) <= 8),
  title text NOT NULL CHECK (length(title) <= 300),
  lead text NOT NULL CHECK (length(lead) <= 16),
  lead_name text NOT NULL CHECK (length(lead_name) <= 300),
  lead_kind text NOT NULL CHECK (length(lead_kind) <= 40),
  region text NOT NULL CHECK (length(region) <= 80),
  ics text NOT NULL CHECK (length(ics) <= 16),
  recipient text NOT NULL CHECK (length(recipient) <= 300),
  requested {{bigint}} NOT NULL CHECK (requested >= 0),
  minimum {{bigint}} NOT NULL CHECK (minimum >= 0),
  state text NOT NULL CHECK (length(state) <= 30),
  state_at {{ts}} NOT NULL,
  main_contact {{uuid}} NOT NULL,
  submission_id {{uuid}},
  submitted_at {{ts}},
  deadline {{ts}},
  created_at {{ts}} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX applications_call ON applications (call_id, state, ref);
CREATE INDEX applications_state ON applications (state, ref);
CREATE INDEX applications_round ON applications (round_id, ref);
CREATE INDEX applications_contact ON applications (main_contact, ref);
CREATE INDEX applications_lead ON applications (lead, ref);

-- What people have to do with an application: their part in it, or what bars them from it. Every condition of the access policy
-- that is about a person and an application is a relation here, so that lists and single pages are decided alike.
CREATE TABLE application_people (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  person {{uuid}} NOT NULL,
  relation text NOT NULL CHECK (length(relation) <= 20),
  sections text NOT NULL CHECK (length(sections) <= 1000),
  since {{ts}} NOT NULL,
  PRIMARY KEY (application_id, person, relation)
);
CREATE INDEX application_people_person ON application_people (person, relation, application_id);

-- The answers of a section as they stand, and each version that stood before.
CREATE TABLE application_sections (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  section text NOT NULL CHECK (length(section) <= 40),
  answers text NOT NULL CHECK (length(answers) <= 1000000),
  saved_by text NOT NULL,
  saved_at {{ts}} NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (application_id, section)
);
CREATE TABLE section_versions (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  section text NOT NULL,
  version integer NOT NULL,
  answers text NOT NULL,
  saved_by text NOT NULL,
  saved_at {{ts}} NOT NULL,
  PRIMARY KEY (application_id, section, version)
);

-- A signature stands for the answers with one digest; a change after it needs a new one.
CREATE TABLE signatures (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  part text NOT NULL CHECK (part IN ('sro', 'finance')),
  person {{uuid}} NOT NULL,
  typed_name text NOT NULL CHECK (length(typed_name) BETWEEN 1 AND 200),
  digest text NOT NULL CHECK (length(digest) = 64),
  signed_at {{ts}} NOT NULL,
  cleared_at {{ts}}
);
CREATE INDEX signatures_application ON signatures (application_id, part);

-- A submission never changes.
CREATE TABLE submissions (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  number integer NOT NULL,
  snapshot text NOT NULL,
  digest text NOT NULL CHECK (length(digest) = 64),
  submitted_by {{uuid}} NOT NULL,
  arrived_at {{ts}} NOT NULL,
  replaces text NOT NULL,
  UNIQUE (application_id, number)
);
CREATE TABLE receipts (
  submission_id {{uuid}} PRIMARY KEY REFERENCES submissions (id),
  receipt text NOT NULL
);

-- An extension for one applicant: a reason from the list, proposed by one, confirmed by another.
CREATE TABLE application_extensions (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  until_at {{ts}} NOT NULL,
  reason text NOT NULL CHECK (length(reason) <= 40),
  note text NOT NULL CHECK (length(note) <= 2000),
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  confirmed_by {{uuid}},
  confirmed_at {{ts}}
);

-- Evidence files: the row names the bytes by digest; the same file is stored once.
CREATE TABLE files (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  question text NOT NULL CHECK (length(question) <= 40),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  media_type text NOT NULL CHECK (length(media_type) <= 100),
  size {{bigint}} NOT NULL CHECK (size >= 0),
  digest text NOT NULL CHECK (length(digest) = 64),
  uploaded_by {{uuid}} NOT NULL,
  uploaded_at {{ts}} NOT NULL,
  removed_at {{ts}}
);
CREATE INDEX files_application ON files (application_id, question);
