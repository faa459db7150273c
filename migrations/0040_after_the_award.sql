-- +goose Up
-- A condition is reported as met by the recipient, and signed off, sent back or waived by the fund.
ALTER TABLE award_conditions ADD COLUMN source text NOT NULL DEFAULT 'fund' CHECK (source IN ('fund', 'dtac', 'milestone'));
ALTER TABLE award_conditions ADD COLUMN report text NOT NULL DEFAULT '' CHECK (length(report) <= 4000);
ALTER TABLE award_conditions ADD COLUMN reported_by {{uuid}};
ALTER TABLE award_conditions ADD COLUMN reported_at {{ts}};
ALTER TABLE award_conditions ADD COLUMN answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 4000);
ALTER TABLE award_conditions ADD COLUMN waived {{bool}} NOT NULL DEFAULT false;

-- Returns on an award: one for each quarter, and the final report.
CREATE TABLE award_returns (
  id {{uuid}} PRIMARY KEY,
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  year text NOT NULL CHECK (length(year) = 7),
  quarter text NOT NULL CHECK (length(quarter) = 2),
  final {{bool}} NOT NULL,
  due text NOT NULL CHECK (length(due) = 10),
  answers text NOT NULL,
  state text NOT NULL CHECK (state IN ('due', 'sent', 'returned', 'accepted')),
  sent_by {{uuid}},
  sent_at {{ts}},
  reason text NOT NULL CHECK (length(reason) <= 4000),
  answered_by {{uuid}},
  answered_at {{ts}},
  version integer NOT NULL,
  UNIQUE (award_id, year, quarter, final)
);
CREATE INDEX award_returns_due ON award_returns (state, due);

-- Variations: proposed by a signatory, settled by an approver.
CREATE TABLE award_variations (
  id {{uuid}} PRIMARY KEY,
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  number integer NOT NULL,
  amount {{bigint}} NOT NULL CHECK (amount >= 0),
  was_amount {{bigint}} NOT NULL,
  ends_on text NOT NULL CHECK (length(ends_on) <= 10),
  was_ends_on text NOT NULL CHECK (length(was_ends_on) <= 10),
  recipient text NOT NULL CHECK (length(recipient) <= 300),
  was_recipient text NOT NULL CHECK (length(was_recipient) <= 300),
  change text NOT NULL CHECK (length(change) <= 4000),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  answer text NOT NULL CHECK (answer IN ('', 'approved', 'refused', 'withdrawn')),
  answer_reason text NOT NULL CHECK (length(answer_reason) <= 4000),
  answered_by {{uuid}},
  answered_at {{ts}},
  UNIQUE (award_id, number)
);

-- What was paid, spent and returned when an award is closed.
CREATE TABLE award_closings (
  id {{uuid}} PRIMARY KEY REFERENCES awards (id),
  paid {{bigint}} NOT NULL CHECK (paid >= 0),
  spent {{bigint}} NOT NULL CHECK (spent >= 0),
  returned {{bigint}} NOT NULL CHECK (returned >= 0),
  note text NOT NULL CHECK (length(note) <= 4000),
  proposed_by {{uuid}} NOT NULL,
  proposed_at {{ts}} NOT NULL,
  closed_by {{uuid}},
  closed_at {{ts}}
);

-- Of which dates of an award people were reminded, and how long before.
CREATE TABLE award_reminders (
  award_id {{uuid}} NOT NULL REFERENCES awards (id),
  what text NOT NULL CHECK (length(what) <= 120),
  at {{ts}} NOT NULL,
  PRIMARY KEY (award_id, what)
);
