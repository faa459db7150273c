-- +goose Up
-- What a scenario was asked to be, the ranking it rests on, and what its result hangs on. It never changes.
CREATE TABLE scenario_details (
  id {{uuid}} PRIMARY KEY REFERENCES scenarios (id),
  number integer NOT NULL,
  note text NOT NULL CHECK (length(note) <= 4000),
  asked text NOT NULL,
  ranking_id {{uuid}} REFERENCES rankings (id),
  sensitivity text NOT NULL
);

-- A proposal that departs from the method of its call: why, and who accepted and approved that.
CREATE TABLE deviations (
  id {{uuid}} PRIMARY KEY REFERENCES proposals (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  departs text NOT NULL CHECK (length(departs) <= 20000),
  accepted_by {{uuid}},
  accepted_at {{ts}},
  approved_by {{uuid}},
  approved_at {{ts}},
  version integer NOT NULL
);

-- What the chair entered in front of the panel for the lot of a call: once. The seed is worked out from it and the frozen ranking.
CREATE TABLE lots (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL UNIQUE REFERENCES calls (id),
  entered text NOT NULL CHECK (length(entered) BETWEEN 1 AND 200),
  entered_by {{uuid}} NOT NULL,
  entered_at {{ts}} NOT NULL
);
