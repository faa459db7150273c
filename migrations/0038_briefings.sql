-- +goose Up
-- Who may read the outcomes of a call before their release: by name, with a reason, from a moment on. It ends with the release.
CREATE TABLE briefings (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  person {{uuid}} NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  from_at {{ts}} NOT NULL,
  given_by {{uuid}} NOT NULL,
  given_at {{ts}} NOT NULL,
  ended_by {{uuid}},
  ended_at {{ts}}
);
CREATE INDEX briefings_call ON briefings (call_id, person);
