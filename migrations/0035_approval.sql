-- +goose Up
-- What a proposal rests on, sealed when it is made: by part the digest, and what was digested by application, so that it can be said what changed.
CREATE TABLE proposal_seals (
  id {{uuid}} PRIMARY KEY,
  proposal_id {{uuid}} NOT NULL REFERENCES proposals (id),
  part text NOT NULL CHECK (part IN ('method', 'limits', 'scenario', 'ranking', 'scores', 'amounts', 'lines')),
  digest text NOT NULL CHECK (length(digest) = 64),
  content text NOT NULL,
  UNIQUE (proposal_id, part)
);

-- Applications that an approver excepted from a proposal, or held until a later release.
CREATE TABLE approval_lines (
  id {{uuid}} PRIMARY KEY,
  approval_id {{uuid}} NOT NULL REFERENCES approvals (id),
  proposal_id {{uuid}} NOT NULL REFERENCES proposals (id),
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  way text NOT NULL CHECK (way IN ('except', 'hold')),
  ended_at {{ts}},
  ended_by {{uuid}},
  end_reason text NOT NULL DEFAULT '' CHECK (length(end_reason) <= 4000),
  UNIQUE (approval_id, application_id)
);
CREATE INDEX approval_lines_proposal ON approval_lines (proposal_id);

-- Why a proposal is void: what it rested on and no longer does.
ALTER TABLE proposals ADD COLUMN void_why text NOT NULL DEFAULT '' CHECK (length(void_why) <= 4000);
