-- +goose Up
-- Who wants to be sent a link to a report, how often, and when next. The mail has no figures in it: the file is made when its link is opened,
-- by whoever is signed in then.
CREATE TABLE report_schedules (
  id {{uuid}} PRIMARY KEY,
  person {{uuid}} NOT NULL REFERENCES persons (id),
  round_id {{uuid}} NOT NULL REFERENCES rounds (id),
  kind text NOT NULL CHECK (length(kind) <= 40),
  format text NOT NULL CHECK (length(format) <= 20),
  query text NOT NULL CHECK (length(query) <= 2000),
  every text NOT NULL CHECK (every IN ('day', 'week')),
  next_at {{ts}} NOT NULL,
  created_at {{ts}} NOT NULL,
  ended_at {{ts}},
  version integer NOT NULL
);
CREATE INDEX report_schedules_due ON report_schedules (next_at) WHERE ended_at IS NULL;
CREATE INDEX report_schedules_person ON report_schedules (person, round_id);
