-- +goose Up
-- Who may review in a round, as which kind, and how much.
CREATE TABLE reviewers (
  id {{uuid}} PRIMARY KEY,
  round_id {{uuid}} NOT NULL REFERENCES rounds (id),
  person {{uuid}} NOT NULL,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 20),
  ods text NOT NULL CHECK (length(ods) <= 16),
  themes text NOT NULL CHECK (length(themes) <= 200),
  capacity integer NOT NULL CHECK (capacity BETWEEN 0 AND 1000),
  terms_accepted_at {{ts}},
  added_at {{ts}} NOT NULL,
  version integer NOT NULL,
  UNIQUE (round_id, person)
);

-- What people have to do with an application besides their work: declared by them, or found by a rule.
CREATE TABLE interests (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  person {{uuid}} NOT NULL,
  kind text NOT NULL CHECK (length(kind) <= 40),
  source text NOT NULL CHECK (source IN ('found', 'declared')),
  severity text NOT NULL CHECK (severity IN ('none', 'asks', 'bars')),
  statement text NOT NULL CHECK (length(statement) <= 4000),
  at {{ts}} NOT NULL,
  settled_as text NOT NULL CHECK (settled_as IN ('', 'none', 'bars')),
  settled_by {{uuid}},
  settled_at {{ts}},
  note text NOT NULL CHECK (length(note) <= 4000),
  withdrawn_by {{uuid}},
  withdrawn_at {{ts}}
);
CREATE INDEX interests_application ON interests (application_id, person, at);
CREATE INDEX interests_person ON interests (person, at);

-- Proposals of who reviews what. A newer one for the call replaces one that was not approved.
CREATE TABLE assignment_plans (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  state text NOT NULL CHECK (state IN ('proposed', 'approved', 'replaced')),
  problem text NOT NULL,
  result text NOT NULL,
  pairs text NOT NULL,
  changes text NOT NULL,
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  approved_by {{uuid}},
  approved_at {{ts}},
  version integer NOT NULL
);
CREATE INDEX assignment_plans_call ON assignment_plans (call_id, proposed_at);

CREATE TABLE assignments (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  person {{uuid}} NOT NULL,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 20),
  state text NOT NULL CHECK (state IN ('standing', 'done', 'declined', 'struck', 'replaced')),
  reason text NOT NULL CHECK (length(reason) <= 40),
  note text NOT NULL CHECK (length(note) <= 2000),
  due_at {{ts}} NOT NULL,
  assigned_by {{uuid}} NOT NULL,
  assigned_at {{ts}} NOT NULL,
  state_at {{ts}} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX assignments_once ON assignments (application_id, person) WHERE state IN ('standing', 'done');
CREATE INDEX assignments_person ON assignments (person, state, due_at);
CREATE INDEX assignments_application ON assignments (application_id, state);

-- A review: a draft until it is submitted. The scores of a submitted one are rows of their own.
CREATE TABLE reviews (
  id {{uuid}} PRIMARY KEY,
  assignment_id {{uuid}} NOT NULL UNIQUE REFERENCES assignments (id),
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  person {{uuid}} NOT NULL,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 20),
  state text NOT NULL CHECK (state IN ('draft', 'submitted', 'struck')),
  marks text NOT NULL CHECK (length(marks) <= 100000),
  comments text NOT NULL CHECK (length(comments) <= 20000),
  feedback text NOT NULL CHECK (length(feedback) <= 20000),
  saved_at {{ts}} NOT NULL,
  submitted_at {{ts}},
  version integer NOT NULL
);
CREATE INDEX reviews_application ON reviews (application_id, state);

-- Each version of a review that was submitted, kept when it is revised.
CREATE TABLE review_versions (
  review_id {{uuid}} NOT NULL REFERENCES reviews (id),
  version integer NOT NULL,
  marks text NOT NULL,
  comments text NOT NULL,
  feedback text NOT NULL,
  submitted_at {{ts}} NOT NULL,
  PRIMARY KEY (review_id, version)
);

-- Scores that were given. A score that no longer stands is kept. Protected: see the audit trail.
CREATE TABLE scores (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  part text NOT NULL CHECK (length(part) <= 8),
  kind text NOT NULL CHECK (length(kind) <= 20),
  person {{uuid}} NOT NULL,
  review_id {{uuid}} REFERENCES reviews (id),
  value integer CHECK (value BETWEEN 0 AND 5),
  mark text NOT NULL CHECK (mark IN ('score', 'not_applicable', 'abstain')),
  reason text NOT NULL CHECK (length(reason) <= 20000),
  source text NOT NULL CHECK (source IN ('reviewer', 'officer', 'assessor', 'consensus')),
  state text NOT NULL CHECK (state IN ('proposed', 'standing', 'replaced', 'struck')),
  confirmed_by {{uuid}},
  confirmed_at {{ts}},
  at {{ts}} NOT NULL,
  CHECK ((mark = 'score') = (value IS NOT NULL))
);
CREATE INDEX scores_application ON scores (application_id, state, part);
CREATE INDEX scores_review ON scores (review_id);
CREATE INDEX scores_person ON scores (person, at);

-- The reasons that the chair gave for steps of an assessment: closed short, moderated, further reviews.
CREATE TABLE assessment_minutes (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  event text NOT NULL CHECK (length(event) <= 40),
  reason text NOT NULL CHECK (length(reason) <= 20000),
  person {{uuid}} NOT NULL,
  at {{ts}} NOT NULL
);
CREATE INDEX assessment_minutes_application ON assessment_minutes (application_id, at);
