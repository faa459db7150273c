-- +goose Up
-- Requests to look at a decision again, one for each decision, settled by somebody who was not involved before.
CREATE TABLE decision_reviews (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  decided_state text NOT NULL CHECK (length(decided_state) <= 30),
  decided_at {{ts}} NOT NULL,
  grounds text NOT NULL CHECK (length(grounds) BETWEEN 1 AND 200),
  statement text NOT NULL CHECK (length(statement) BETWEEN 1 AND 8000),
  asked_by {{uuid}} NOT NULL,
  asked_at {{ts}} NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('', 'upheld', 'dismissed')),
  reason text NOT NULL CHECK (length(reason) <= 8000),
  settled_by {{uuid}},
  settled_at {{ts}},
  version integer NOT NULL,
  UNIQUE (application_id, decided_at)
);
CREATE INDEX decision_reviews_open ON decision_reviews (call_id, outcome);

-- Eligible applications that are to be left off the shortlist of a call: proposed with the feedback that their applicants get, confirmed
-- or returned by somebody else.
CREATE TABLE shortlist_lines (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  feedback text NOT NULL CHECK (length(feedback) BETWEEN 1 AND 8000),
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  settled text NOT NULL CHECK (settled IN ('', 'confirmed', 'returned')),
  note text NOT NULL CHECK (length(note) <= 8000),
  settled_by {{uuid}},
  settled_at {{ts}}
);
CREATE INDEX shortlist_lines_call ON shortlist_lines (call_id, settled);
CREATE INDEX shortlist_lines_application ON shortlist_lines (application_id, proposed_at);
