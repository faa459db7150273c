-- +goose Up
-- What an award is about beyond its amount: the plan, the dates, what it was before it was held, and what is owed at its end.
CREATE TABLE award_terms (
  id {{uuid}} PRIMARY KEY REFERENCES awards (id),
  plan text NOT NULL,
  starts_on text NOT NULL CHECK (length(starts_on) <= 10),
  ends_on text NOT NULL CHECK (length(ends_on) <= 10),
  held_from text NOT NULL CHECK (length(held_from) <= 20),
  reason text NOT NULL CHECK (length(reason) <= 4000),
  owed_to_recipient {{bigint}} NOT NULL CHECK (owed_to_recipient >= 0),
  owed_by_recipient {{bigint}} NOT NULL CHECK (owed_by_recipient >= 0),
  version integer NOT NULL
);

-- Each record of a check is kept; the highest number counts.
CREATE TABLE award_check_records (
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  kind text NOT NULL CHECK (length(kind) <= 40),
  number integer NOT NULL,
  result text NOT NULL CHECK (result IN ('pass', 'fail', 'not_needed')),
  note text NOT NULL CHECK (length(note) <= 4000),
  answers text NOT NULL,
  read text NOT NULL CHECK (length(read) <= 4000),
  person {{uuid}} NOT NULL,
  at {{ts}} NOT NULL,
  PRIMARY KEY (award_id, kind, number)
);
INSERT INTO award_check_records (award_id, kind, number, result, note, answers, read, person, at)
  SELECT award_id, kind, 1, result, note, '{}', '', person, at FROM award_checks;
DROP TABLE award_checks;
ALTER TABLE award_check_records RENAME TO award_checks;

-- A revised plan: asked of the applicant, sent, accepted or sent back.
CREATE TABLE award_plans (
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  number integer NOT NULL,
  ask text NOT NULL CHECK (length(ask) <= 4000),
  asked_by {{uuid}} NOT NULL,
  asked_at {{ts}} NOT NULL,
  due_at {{ts}} NOT NULL,
  lines text NOT NULL,
  explanation text NOT NULL CHECK (length(explanation) <= 8000),
  sent_by {{uuid}},
  sent_at {{ts}},
  answer text NOT NULL CHECK (answer IN ('', 'accepted', 'returned')),
  reason text NOT NULL CHECK (length(reason) <= 4000),
  answered_by {{uuid}},
  answered_at {{ts}},
  PRIMARY KEY (award_id, number)
);

-- The agreement as it is signed. It is drawn up once, when both signatories have accepted the offer.
CREATE TABLE award_agreements (
  id {{uuid}} PRIMARY KEY REFERENCES awards (id),
  kind text NOT NULL CHECK (kind IN ('memorandum', 'grant')),
  content text NOT NULL,
  digest text NOT NULL CHECK (length(digest) = 64),
  drawn_up_at {{ts}} NOT NULL,
  signed_by {{uuid}},
  signed_name text NOT NULL CHECK (length(signed_name) <= 200),
  signed_at {{ts}},
  countersigned_by {{uuid}},
  countersigned_name text NOT NULL CHECK (length(countersigned_name) <= 200),
  countersigned_at {{ts}}
);

-- What is to be paid, and whether it is cleared to pay: its condition is met as one person said and another confirmed.
CREATE TABLE award_payments (
  id {{uuid}} PRIMARY KEY,
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  number integer NOT NULL,
  due text NOT NULL CHECK (length(due) = 10),
  amount {{bigint}} NOT NULL CHECK (amount >= 0),
  condition text NOT NULL CHECK (length(condition) BETWEEN 1 AND 500),
  met_note text NOT NULL CHECK (length(met_note) <= 2000),
  met_by {{uuid}},
  met_at {{ts}},
  cleared_by {{uuid}},
  cleared_at {{ts}},
  UNIQUE (award_id, number)
);

-- Files that belong to what comes after an application: the evidence of a check, of a condition, of a return.
CREATE TABLE kept_files (
  id {{uuid}} PRIMARY KEY,
  subject {{uuid}} NOT NULL,
  place text NOT NULL CHECK (length(place) <= 80),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 400),
  media_type text NOT NULL CHECK (length(media_type) <= 200),
  size {{bigint}} NOT NULL,
  digest text NOT NULL CHECK (length(digest) = 64),
  uploaded_by {{uuid}} NOT NULL,
  uploaded_at {{ts}} NOT NULL,
  scan text NOT NULL CHECK (scan IN ('off', 'pending', 'clean', 'infected')),
  scanned_at {{ts}},
  found text NOT NULL CHECK (length(found) <= 200)
);
CREATE INDEX kept_files_subject ON kept_files (subject, place);
CREATE INDEX kept_files_digest ON kept_files (digest);
CREATE INDEX kept_files_scan ON kept_files (scan, uploaded_at);
