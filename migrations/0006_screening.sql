-- +goose Up
-- What officers decided of a criterion. A decision never changes; a later one stands in its place.
CREATE TABLE findings (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  submission_id {{uuid}} NOT NULL REFERENCES submissions (id),
  criterion text NOT NULL CHECK (criterion IN ('EV', 'DT', 'FU', 'RO')),
  decision text NOT NULL CHECK (decision IN ('pass', 'fail', 'clarify')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  rules text NOT NULL CHECK (length(rules) <= 4000),
  person {{uuid}} NOT NULL,
  found_at {{ts}} NOT NULL,
  standing {{bool}} NOT NULL
);
CREATE INDEX findings_application ON findings (application_id, criterion, found_at);

-- Questions to an applicant with a date by which to answer, asked together in turns.
CREATE TABLE clarifications (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  turn integer NOT NULL CHECK (turn >= 1),
  question text NOT NULL CHECK (length(question) <= 40),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
  due_at {{ts}} NOT NULL,
  asked_by {{uuid}} NOT NULL,
  asked_at {{ts}} NOT NULL,
  answer text NOT NULL CHECK (length(answer) <= 20000),
  answered_by {{uuid}},
  answered_at {{ts}},
  overdue_at {{ts}}
);
CREATE INDEX clarifications_application ON clarifications (application_id, turn, asked_at);
CREATE INDEX clarifications_due ON clarifications (due_at);

-- Eligibility that is to be looked at again: proposed by one, confirmed by another.
CREATE TABLE reopenings (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  confirmed_by {{uuid}},
  confirmed_at {{ts}}
);
CREATE INDEX reopenings_application ON reopenings (application_id, proposed_at);

-- What officers say to one another of a case: why a proposal was returned.
CREATE TABLE screening_notes (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
  person {{uuid}} NOT NULL,
  noted_at {{ts}} NOT NULL
);
CREATE INDEX screening_notes_application ON screening_notes (application_id, noted_at);
