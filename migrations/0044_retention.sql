-- +goose Up
-- What must not be removed, whatever its age: an application, a person, a call or a round.
CREATE TABLE legal_holds (
  id {{uuid}} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('application', 'person', 'call', 'round')),
  subject {{uuid}} NOT NULL,
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 254),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  set_by {{uuid}},
  set_at {{ts}} NOT NULL,
  lift_reason text NOT NULL CHECK (length(lift_reason) <= 4000),
  lifted_by {{uuid}},
  lifted_at {{ts}}
);
CREATE UNIQUE INDEX legal_holds_standing ON legal_holds (kind, subject) WHERE lifted_at IS NULL;

-- A list of what is past its period, frozen with its digest. salt makes the pseudonyms of what is kept without names, and is emptied
-- when the list has been carried out.
CREATE TABLE removal_lists (
  id {{uuid}} PRIMARY KEY,
  number integer NOT NULL UNIQUE CHECK (number > 0),
  state text NOT NULL CHECK (state IN ('made', 'approved', 'refused', 'done')),
  content text NOT NULL,
  digest text NOT NULL CHECK (length(digest) = 64),
  salt text NOT NULL CHECK (length(salt) <= 64),
  made_by {{uuid}} NOT NULL,
  made_at {{ts}} NOT NULL,
  reason text NOT NULL CHECK (length(reason) <= 4000),
  settled_by {{uuid}},
  settled_at {{ts}},
  done_at {{ts}},
  version integer NOT NULL
);

-- What became of each item of a list.
CREATE TABLE removal_items (
  list_id {{uuid}} NOT NULL REFERENCES removal_lists (id),
  number integer NOT NULL CHECK (number > 0),
  kind text NOT NULL CHECK (length(kind) <= 20),
  subject text NOT NULL CHECK (length(subject) <= 40),
  result text NOT NULL CHECK (result IN ('', 'removed', 'skipped')),
  why text NOT NULL CHECK (length(why) <= 400),
  at {{ts}},
  PRIMARY KEY (list_id, number)
);
CREATE INDEX removal_items_subject ON removal_items (kind, subject, result);
