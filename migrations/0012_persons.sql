-- +goose Up
-- The organisation for which somebody takes part in an application: an ODS code, "other", or empty where it was not said.
ALTER TABLE application_people ADD COLUMN organisation text NOT NULL DEFAULT '' CHECK (length(organisation) <= 16);

-- Who is asked to contribute to an application, or to become its main contact. They see nothing of it before they accept. The name
-- is the one that was typed: the account's own stays unknown to those who invite.
CREATE TABLE application_invitations (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  kind text NOT NULL CHECK (kind IN ('contributor', 'main_contact')),
  person {{uuid}} NOT NULL REFERENCES persons (id),
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sections text NOT NULL CHECK (length(sections) <= 1000),
  organisation text NOT NULL CHECK (length(organisation) <= 16),
  stays {{bool}} NOT NULL,
  reason text NOT NULL CHECK (length(reason) <= 2000),
  invited_by {{uuid}} NOT NULL,
  invited_at {{ts}} NOT NULL,
  expires_at {{ts}} NOT NULL,
  accepted_at {{ts}},
  ended_at {{ts}}
);
CREATE INDEX application_invitations_application ON application_invitations (application_id, invited_at);
CREATE INDEX application_invitations_person ON application_invitations (person, application_id);

-- How a signature was given, for whom, and what took it back.
ALTER TABLE signatures ADD COLUMN given text NOT NULL DEFAULT 'account' CHECK (given IN ('account', 'mail'));
ALTER TABLE signatures ADD COLUMN signed_for {{uuid}};
ALTER TABLE signatures ADD COLUMN cleared_by text NOT NULL DEFAULT '' CHECK (length(cleared_by) <= 100);
ALTER TABLE signatures ADD COLUMN cleared_section text NOT NULL DEFAULT '' CHECK (length(cleared_section) <= 40);

-- The deputies whom signatories name for their part.
CREATE TABLE signatory_deputies (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  part text NOT NULL CHECK (part IN ('sro', 'finance')),
  person {{uuid}} NOT NULL REFERENCES persons (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  named_by {{uuid}} NOT NULL,
  named_at {{ts}} NOT NULL,
  ended_at {{ts}}
);
CREATE INDEX signatory_deputies_application ON signatory_deputies (application_id, part);

-- Links in mails with which a signatory signs without an account, and the code that goes to the same mailbox. Digests only.
CREATE TABLE signing_links (
  digest text PRIMARY KEY CHECK (length(digest) = 64),
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  person {{uuid}} NOT NULL REFERENCES persons (id),
  answers_digest text NOT NULL CHECK (length(answers_digest) = 64),
  made_at {{ts}} NOT NULL,
  expires_at {{ts}} NOT NULL,
  ended_at {{ts}},
  code_digest text NOT NULL CHECK (length(code_digest) <= 64),
  code_sent_at {{ts}},
  codes integer NOT NULL,
  tries integer NOT NULL
);
CREATE INDEX signing_links_application ON signing_links (application_id, person);

-- A session that reaches one application only.
ALTER TABLE sessions ADD COLUMN application {{uuid}};
ALTER TABLE sessions ADD COLUMN application_ref text NOT NULL DEFAULT '' CHECK (length(application_ref) <= 16);

-- Who turned which mails off.
CREATE TABLE mail_preferences (
  person {{uuid}} PRIMARY KEY REFERENCES persons (id),
  no_reminders {{bool}} NOT NULL,
  no_news {{bool}} NOT NULL,
  changed_at {{ts}} NOT NULL
);
ALTER TABLE mails ADD COLUMN stop text NOT NULL DEFAULT '' CHECK (length(stop) <= 600);

-- Which reminders of a deadline were written: a step of a deadline once.
CREATE TABLE reminders (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  step integer NOT NULL,
  deadline text NOT NULL CHECK (length(deadline) <= 40),
  at {{ts}} NOT NULL,
  PRIMARY KEY (application_id, step, deadline)
);
