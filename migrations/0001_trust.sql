-- +goose Up
-- The audit trail: one row an event, chained by digest; nothing updates or deletes here.
CREATE TABLE audit_events (
  seq {{bigint}} PRIMARY KEY,
  at {{ts}} NOT NULL,
  by_kind text NOT NULL CHECK (length(by_kind) <= 20),
  by_id text NOT NULL CHECK (length(by_id) <= 100),
  verb text NOT NULL CHECK (length(verb) <= 80),
  kind text NOT NULL CHECK (length(kind) <= 40),
  subject text NOT NULL CHECK (length(subject) <= 100),
  round text NOT NULL,
  call text NOT NULL,
  application text NOT NULL,
  facts text NOT NULL,
  guarded text NOT NULL,
  prev text NOT NULL CHECK (length(prev) <= 64),
  digest text NOT NULL CHECK (length(digest) = 64)
);
CREATE INDEX audit_events_subject ON audit_events (subject, seq);
CREATE INDEX audit_events_application ON audit_events (application, seq);
CREATE INDEX audit_events_by ON audit_events (by_id, seq);
CREATE INDEX audit_events_verb ON audit_events (verb, seq);

-- The end of each chain, signed with the installation's key, so that a missing last row is found.
CREATE TABLE audit_heads (
  chain text PRIMARY KEY CHECK (length(chain) <= 20),
  seq {{bigint}} NOT NULL,
  digest text NOT NULL,
  at {{ts}} NOT NULL,
  signature text NOT NULL
);

-- What people read of personal or scored data, a block at a time, chained by block.
CREATE TABLE read_blocks (
  seq {{bigint}} PRIMARY KEY,
  at {{ts}} NOT NULL,
  entries text NOT NULL,
  prev text NOT NULL,
  digest text NOT NULL CHECK (length(digest) = 64)
);

-- Who did what to what, for the pairs of deeds that one person may not do (policies/segregation.csv).
CREATE TABLE deeds (
  subject text NOT NULL CHECK (length(subject) <= 100),
  person {{uuid}} NOT NULL,
  deed text NOT NULL CHECK (length(deed) <= 80),
  at {{ts}} NOT NULL,
  PRIMARY KEY (subject, person, deed)
);

-- Mail and other work that is done after the change that asked for it; written in the same transaction.
CREATE TABLE jobs (
  id {{uuid}} PRIMARY KEY,
  kind text NOT NULL CHECK (length(kind) <= 40),
  dedupe text NOT NULL UNIQUE CHECK (length(dedupe) <= 200),
  payload text NOT NULL,
  run_at {{ts}} NOT NULL,
  attempts integer NOT NULL,
  lease_until {{ts}},
  done_at {{ts}},
  failed_at {{ts}},
  last_error text NOT NULL CHECK (length(last_error) <= 1000)
);
CREATE INDEX jobs_waiting ON jobs (run_at) WHERE done_at IS NULL AND failed_at IS NULL;

CREATE TABLE mails (
  id {{uuid}} PRIMARY KEY,
  dedupe text NOT NULL UNIQUE CHECK (length(dedupe) <= 200),
  kind text NOT NULL CHECK (length(kind) <= 40),
  person {{uuid}},
  address text NOT NULL CHECK (length(address) <= 254),
  subject text NOT NULL CHECK (length(subject) <= 300),
  body text NOT NULL,
  created_at {{ts}} NOT NULL,
  sent_at {{ts}}
);
CREATE INDEX mails_recent ON mails (created_at, id);

-- What the installation knows of itself: whether it holds a demonstration, and which.
CREATE TABLE installation (
  name text PRIMARY KEY CHECK (length(name) <= 40),
  value text NOT NULL CHECK (length(value) <= 200)
);
