-- +goose Up
-- A later deadline that was proposed can be refused by the second person.
ALTER TABLE application_extensions ADD COLUMN refused_by {{uuid}};
ALTER TABLE application_extensions ADD COLUMN refused_at {{ts}};
ALTER TABLE call_changes ADD COLUMN refused_by {{uuid}};
ALTER TABLE call_changes ADD COLUMN refused_at {{ts}};

-- Why an applicant took an application back, or declined the award: in their words, for the fund team alone.
CREATE TABLE withdrawals (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  what text NOT NULL CHECK (what IN ('application', 'award')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  person {{uuid}} NOT NULL,
  at {{ts}} NOT NULL
);
CREATE INDEX withdrawals_application ON withdrawals (application_id, at);

-- An answer of a submission that was changed at the fund's question: the submission stays as it was signed, the later answer is read
-- in its place, and both are kept.
CREATE TABLE amendments (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  submission_id {{uuid}} NOT NULL REFERENCES submissions (id),
  clarification_id {{uuid}} NOT NULL REFERENCES clarifications (id),
  question text NOT NULL CHECK (length(question) <= 40),
  before_answer text NOT NULL,
  after_answer text NOT NULL,
  person {{uuid}} NOT NULL,
  at {{ts}} NOT NULL
);
CREATE INDEX amendments_submission ON amendments (submission_id, at);
