-- +goose Up
CREATE TABLE awards (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL UNIQUE REFERENCES applications (id),
  round_id {{uuid}} NOT NULL REFERENCES rounds (id),
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  ref text NOT NULL UNIQUE CHECK (length(ref) <= 16),
  state text NOT NULL CHECK (length(state) <= 20),
  state_at {{ts}} NOT NULL,
  amount {{bigint}} NOT NULL CHECK (amount >= 0),
  recipient text NOT NULL CHECK (length(recipient) <= 300),
  offer_due {{ts}},
  offered_at {{ts}},
  accepted_at {{ts}},
  agreed_at {{ts}},
  agreement text NOT NULL,
  created_at {{ts}} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX awards_call ON awards (call_id, state, ref);
CREATE INDEX awards_round ON awards (round_id, ref);
CREATE INDEX awards_agreed ON awards (agreed_at, ref);

-- Pre-award checks: by whom, when, with which result.
CREATE TABLE award_checks (
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  kind text NOT NULL CHECK (length(kind) <= 40),
  result text NOT NULL CHECK (result IN ('pass', 'fail', 'not_needed')),
  note text NOT NULL CHECK (length(note) BETWEEN 1 AND 4000),
  person {{uuid}} NOT NULL,
  at {{ts}} NOT NULL,
  PRIMARY KEY (award_id, kind)
);

CREATE TABLE award_conditions (
  id {{uuid}} PRIMARY KEY,
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
  owner text NOT NULL CHECK (length(owner) <= 200),
  due text NOT NULL CHECK (length(due) <= 10),
  met_at {{ts}},
  met_by {{uuid}}
);
CREATE INDEX award_conditions_award ON award_conditions (award_id);

-- The signatories' acceptance of an offer.
CREATE TABLE award_acceptances (
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  part text NOT NULL CHECK (part IN ('sro', 'finance')),
  person {{uuid}} NOT NULL,
  typed_name text NOT NULL CHECK (length(typed_name) BETWEEN 1 AND 200),
  at {{ts}} NOT NULL,
  PRIMARY KEY (award_id, part)
);
