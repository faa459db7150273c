-- +goose Up
-- Questions that people ask the fund team about a call. published is the question as everybody reads it: the fund team takes names out.
CREATE TABLE call_questions (
  id {{uuid}} PRIMARY KEY,
  call_id {{uuid}} NOT NULL REFERENCES calls (id),
  code text NOT NULL CHECK (length(code) <= 40),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
  asked_by {{uuid}} NOT NULL,
  asked_at {{ts}} NOT NULL,
  published text NOT NULL CHECK (length(published) <= 2000),
  answer text NOT NULL CHECK (length(answer) <= 8000),
  public {{bool}} NOT NULL,
  answered_by {{uuid}},
  answered_at {{ts}},
  changed_at {{ts}},
  version integer NOT NULL
);
CREATE INDEX call_questions_call ON call_questions (call_id, public, answered_at, id);
CREATE INDEX call_questions_waiting ON call_questions (answered_at, asked_at, id);
CREATE INDEX call_questions_person ON call_questions (asked_by, call_id, asked_at);
