-- +goose Up
CREATE TABLE rounds (
  id {{uuid}} PRIMARY KEY,
  ref text NOT NULL UNIQUE CHECK (length(ref) <= 8),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  budget {{bigint}} NOT NULL CHECK (budget >= 0),
  senior_officer text NOT NULL CHECK (length(senior_officer) <= 254),
  notice text NOT NULL CHECK (length(notice) <= 500),
  last_number integer NOT NULL,
  created_by text NOT NULL,
  created_at {{ts}} NOT NULL,
  version integer NOT NULL
);

CREATE TABLE calls (
  id {{uuid}} PRIMARY KEY,
  round_id {{uuid}} NOT NULL REFERENCES rounds (id),
  ref text NOT NULL UNIQUE CHECK (length(ref) <= 16),
  theme text NOT NULL CHECK (length(theme) <= 8),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  state text NOT NULL CHECK (length(state) <= 20),
  opens_at {{ts}} NOT NULL,
  closes_at {{ts}} NOT NULL,
  release_at {{ts}},
  settings text NOT NULL,
  published text NOT NULL,
  published_digest text NOT NULL CHECK (length(published_digest) <= 64),
  author text NOT NULL,
  approved_by {{uuid}},
  approved_at {{ts}},
  opened_at {{ts}},
  closed_at {{ts}},
  decided_at {{ts}},
  released_at {{ts}},
  created_at {{ts}} NOT NULL,
  version integer NOT NULL,
  CHECK (closes_at > opens_at)
);
CREATE INDEX calls_round ON calls (round_id, ref);
CREATE INDEX calls_clock ON calls (state, opens_at, closes_at);

-- An extension for all, or a reopening after a failure of the service: proposed by one, confirmed by another.
CREATE TABLE call_changes (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  kind text NOT NULL CHECK (kind IN ('extension', 'reopening')),
  closes_at {{ts}} NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  confirmed_by {{uuid}},
  confirmed_at {{ts}}
);
CREATE INDEX call_changes_call ON call_changes (call_id, proposed_at);
