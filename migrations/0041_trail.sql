-- +goose Up
-- Each day's verification of the whole audit trail. Where it was whole, a signed checkpoint was made of it.
CREATE TABLE trail_checks (
  day text PRIMARY KEY CHECK (length(day) = 10),
  made_at {{ts}} NOT NULL,
  events {{bigint}} NOT NULL,
  blocks {{bigint}} NOT NULL,
  rows {{bigint}} NOT NULL,
  break text NOT NULL CHECK (length(break) <= 1000),
  checkpoint text NOT NULL CHECK (length(checkpoint) <= 2000)
);

-- The trail and the read log are searched by time.
CREATE INDEX audit_events_at ON audit_events (at, seq);
CREATE INDEX read_blocks_at ON read_blocks (at, seq);
