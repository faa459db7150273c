-- +goose Up
-- What changed in a call since a moment: the desk of an assessment reads the applications again that an event names.
CREATE INDEX audit_events_call ON audit_events (call, seq);

-- Reminders that a fund manager sent to reviewers, at most one to each on a day.
CREATE TABLE review_reminders (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  person {{uuid}} NOT NULL,
  day text NOT NULL CHECK (length(day) = 10),
  reviews integer NOT NULL CHECK (reviews > 0),
  at {{ts}} NOT NULL,
  sent_by {{uuid}} NOT NULL,
  UNIQUE (person, day)
);
CREATE INDEX review_reminders_call ON review_reminders (call_id, at);

-- What reviewers and panel write to one another about an application in moderation. Nothing is edited; what its writer takes back is kept
-- and no longer shown.
CREATE TABLE moderation_posts (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  answers {{uuid}} REFERENCES moderation_posts (id),
  person {{uuid}} NOT NULL,
  part text NOT NULL CHECK (length(part) <= 8),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
  at {{ts}} NOT NULL,
  withdrawn_at {{ts}},
  withdrawn_why text NOT NULL CHECK (length(withdrawn_why) <= 2000),
  version integer NOT NULL
);
CREATE INDEX moderation_posts_application ON moderation_posts (application_id, at);
