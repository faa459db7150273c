-- +goose Up
-- Meetings of a call's panel.
CREATE TABLE meetings (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  starts_at {{ts}} NOT NULL,
  place text NOT NULL CHECK (length(place) BETWEEN 1 AND 500),
  notes text NOT NULL CHECK (length(notes) <= 20000),
  planned_by {{uuid}} NOT NULL,
  planned_at {{ts}} NOT NULL,
  started_at {{ts}},
  ended_at {{ts}},
  signed_at {{ts}},
  digest text NOT NULL CHECK (length(digest) <= 64),
  version integer NOT NULL
);
CREATE INDEX meetings_call ON meetings (call_id, starts_at);

-- Who belongs to a meeting. kind: as which kind of reviewer somebody counts towards the quorum, or none.
CREATE TABLE meeting_members (
  id {{uuid}} PRIMARY KEY,
  meeting_id {{uuid}} NOT NULL REFERENCES meetings (id),
  person {{uuid}} NOT NULL,
  kind text NOT NULL CHECK (length(kind) <= 20),
  apologies_at {{ts}},
  apologies text NOT NULL CHECK (length(apologies) <= 2000),
  UNIQUE (meeting_id, person)
);

-- When somebody came and left: as often as they did.
CREATE TABLE meeting_presence (
  id {{uuid}} PRIMARY KEY,
  meeting_id {{uuid}} NOT NULL REFERENCES meetings (id),
  person {{uuid}} NOT NULL,
  joined_at {{ts}} NOT NULL,
  left_at {{ts}}
);
CREATE INDEX meeting_presence_meeting ON meeting_presence (meeting_id, joined_at);

-- What was declared at a meeting, about one application or in general.
CREATE TABLE meeting_declarations (
  id {{uuid}} PRIMARY KEY,
  meeting_id {{uuid}} NOT NULL REFERENCES meetings (id),
  person {{uuid}} NOT NULL,
  application_id {{uuid}} REFERENCES applications (id),
  statement text NOT NULL CHECK (length(statement) BETWEEN 1 AND 8000),
  at {{ts}} NOT NULL
);
CREATE INDEX meeting_declarations_meeting ON meeting_declarations (meeting_id, at);

-- The agenda: one application a line. present and stepped_out are the people as a decision was recorded.
CREATE TABLE meeting_items (
  id {{uuid}} PRIMARY KEY,
  meeting_id {{uuid}} NOT NULL REFERENCES meetings (id),
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  position integer NOT NULL,
  opened_at {{ts}},
  closed_at {{ts}},
  outcome text NOT NULL CHECK (length(outcome) <= 30),
  note text NOT NULL CHECK (length(note) <= 20000),
  led_by {{uuid}},
  recorded_by {{uuid}},
  present text NOT NULL CHECK (length(present) <= 20000),
  stepped_out text NOT NULL CHECK (length(stepped_out) <= 20000),
  version integer NOT NULL,
  UNIQUE (meeting_id, application_id)
);
CREATE INDEX meeting_items_meeting ON meeting_items (meeting_id, position);

-- The minutes by section, each signed by the one who led it. Protected: see the audit trail.
CREATE TABLE meeting_minutes (
  id {{uuid}} PRIMARY KEY,
  meeting_id {{uuid}} NOT NULL REFERENCES meetings (id),
  position integer NOT NULL,
  application_id {{uuid}} REFERENCES applications (id),
  heading text NOT NULL CHECK (length(heading) BETWEEN 1 AND 300),
  text text NOT NULL CHECK (length(text) <= 40000),
  edited_by {{uuid}} NOT NULL,
  edited_at {{ts}} NOT NULL,
  signed_by {{uuid}},
  signed_at {{ts}},
  version integer NOT NULL
);
CREATE INDEX meeting_minutes_meeting ON meeting_minutes (meeting_id, position);
