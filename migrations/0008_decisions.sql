-- +goose Up
-- An allocation being tried: the problem that was solved and what came out. It never changes.
CREATE TABLE scenarios (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  published_method {{bool}} NOT NULL,
  problem text NOT NULL,
  result text NOT NULL,
  fingerprint text NOT NULL CHECK (length(fingerprint) = 64),
  made_by {{uuid}} NOT NULL,
  made_at {{ts}} NOT NULL
);
CREATE INDEX scenarios_call ON scenarios (call_id, made_at);

-- The scenario put forward, frozen with what it rests on.
CREATE TABLE proposals (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  scenario_id {{uuid}} NOT NULL REFERENCES scenarios (id),
  number integer NOT NULL,
  state text NOT NULL CHECK (state IN ('made', 'approved', 'returned', 'void', 'released')),
  total {{bigint}} NOT NULL CHECK (total >= 0),
  note text NOT NULL CHECK (length(note) <= 4000),
  made_by {{uuid}} NOT NULL,
  made_at {{ts}} NOT NULL,
  version integer NOT NULL,
  UNIQUE (call_id, number)
);
CREATE TABLE proposal_lines (
  proposal_id {{uuid}} NOT NULL REFERENCES proposals (id),
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  outcome text NOT NULL CHECK (outcome IN ('fund', 'reserve', 'not_fund')),
  amount {{bigint}} NOT NULL CHECK (amount >= 0),
  place integer NOT NULL,
  score {{float}} NOT NULL,
  dtac_status text NOT NULL CHECK (length(dtac_status) <= 20),
  reason text NOT NULL CHECK (length(reason) <= 1000),
  dropped_at {{ts}},
  PRIMARY KEY (proposal_id, application_id)
);
CREATE INDEX proposal_lines_application ON proposal_lines (application_id);

CREATE TABLE approvals (
  id {{uuid}} PRIMARY KEY,
  proposal_id {{uuid}} NOT NULL REFERENCES proposals (id),
  step text NOT NULL CHECK (step IN ('first', 'second', 'return')),
  person {{uuid}} NOT NULL,
  reason text NOT NULL CHECK (length(reason) <= 4000),
  at {{ts}} NOT NULL
);
CREATE INDEX approvals_proposal ON approvals (proposal_id, at);

-- What was decided on an application; it is shown to the applicant from released_at on.
CREATE TABLE decisions (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  proposal_id {{uuid}} NOT NULL REFERENCES proposals (id),
  outcome text NOT NULL CHECK (outcome IN ('successful', 'reserve', 'unsuccessful')),
  amount {{bigint}} NOT NULL CHECK (amount >= 0),
  reason text NOT NULL CHECK (length(reason) <= 1000),
  letter_subject text NOT NULL,
  letter text NOT NULL,
  decided_at {{ts}} NOT NULL,
  released_at {{ts}}
);
CREATE INDEX decisions_application ON decisions (application_id, decided_at);
CREATE INDEX decisions_proposal ON decisions (proposal_id);
