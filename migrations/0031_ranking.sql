-- +goose Up
-- What is computed in the background: asked for, under way, done or not possible. It is bookkeeping; what came out stands elsewhere.
CREATE TABLE computations (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  kind text NOT NULL CHECK (kind IN ('ranking', 'scenario')),
  name text NOT NULL CHECK (length(name) <= 200),
  asked text NOT NULL CHECK (length(asked) <= 200000),
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  share integer NOT NULL CHECK (share BETWEEN 0 AND 100),
  step text NOT NULL CHECK (length(step) <= 1000),
  result text NOT NULL CHECK (length(result) <= 40),
  asked_by {{uuid}} NOT NULL,
  asked_at {{ts}} NOT NULL,
  began_at {{ts}},
  ended_at {{ts}}
);
CREATE INDEX computations_call ON computations (call_id, kind, asked_at);

-- A ranking of a call by calibrated scores: what went in and what came out. It never changes.
CREATE TABLE rankings (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  digest text NOT NULL CHECK (length(digest) = 64),
  seed text NOT NULL CHECK (length(seed) BETWEEN 1 AND 20),
  draws integer NOT NULL CHECK (draws > 0),
  software text NOT NULL CHECK (length(software) <= 200),
  problem text NOT NULL,
  result text NOT NULL,
  made_by {{uuid}} NOT NULL,
  made_at {{ts}} NOT NULL
);
CREATE INDEX rankings_call ON rankings (call_id, made_at);

-- The ranking that a call's scenarios rest on, from its freezing to its end.
CREATE TABLE ranking_freezes (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  ranking_id {{uuid}} NOT NULL REFERENCES rankings (id),
  number integer NOT NULL,
  frozen_by {{uuid}} NOT NULL,
  frozen_at {{ts}} NOT NULL,
  ended_by {{uuid}},
  ended_at {{ts}},
  ended_why text NOT NULL CHECK (length(ended_why) <= 4000),
  version integer NOT NULL,
  UNIQUE (call_id, number)
);
