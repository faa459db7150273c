-- +goose Up
-- The list of the NHS Organisation Data Service, with who succeeded whom.
CREATE TABLE organisations (
  ods_code text PRIMARY KEY CHECK (length(ods_code) BETWEEN 1 AND 16),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
  search_name text NOT NULL,
  kind text NOT NULL CHECK (length(kind) <= 40),
  region text NOT NULL CHECK (length(region) <= 80),
  ics text NOT NULL CHECK (length(ics) <= 16),
  valid_from text NOT NULL CHECK (length(valid_from) <= 10),
  valid_to text NOT NULL CHECK (length(valid_to) <= 10),
  successor text NOT NULL CHECK (length(successor) <= 16)
);
CREATE TABLE mail_domains (
  domain text NOT NULL CHECK (length(domain) BETWEEN 3 AND 253),
  ods_code text NOT NULL REFERENCES organisations (ods_code),
  PRIMARY KEY (domain, ods_code)
);

CREATE TABLE persons (
  id {{uuid}} PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  password text NOT NULL CHECK (length(password) <= 300),
  confirmed_at {{ts}},
  disabled_at {{ts}},
  factor_secret text NOT NULL CHECK (length(factor_secret) <= 100),
  factor_at {{ts}},
  factor_step {{bigint}} NOT NULL,
  failures integer NOT NULL,
  wait_until {{ts}},
  created_at {{ts}} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX persons_name ON persons (name, id);
CREATE TABLE recovery_codes (
  person {{uuid}} NOT NULL REFERENCES persons (id),
  digest text NOT NULL CHECK (length(digest) = 64),
  used_at {{ts}},
  PRIMARY KEY (person, digest)
);

-- A role held in the fund (no round, no call), in a round or in a call.
CREATE TABLE grants (
  id {{uuid}} PRIMARY KEY,
  person {{uuid}} NOT NULL REFERENCES persons (id),
  role text NOT NULL CHECK (length(role) <= 40),
  round_id text NOT NULL,
  call_id text NOT NULL,
  granted_by text NOT NULL,
  granted_at {{ts}} NOT NULL,
  revoked_by text NOT NULL,
  revoked_at {{ts}}
);
CREATE UNIQUE INDEX grants_standing ON grants (person, role, round_id, call_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_scope ON grants (role, round_id, call_id);

-- Who may act for an organisation, and how that was settled.
CREATE TABLE representatives (
  person {{uuid}} NOT NULL REFERENCES persons (id),
  ods_code text NOT NULL REFERENCES organisations (ods_code),
  settled text NOT NULL CHECK (settled IN ('asked', 'domain', 'representative', 'fund')),
  settled_by text NOT NULL,
  at {{ts}} NOT NULL,
  PRIMARY KEY (person, ods_code)
);

-- Signed-in browsers, by the digest of the token in the cookie.
CREATE TABLE sessions (
  digest text PRIMARY KEY CHECK (length(digest) = 64),
  id {{uuid}} NOT NULL UNIQUE,
  person {{uuid}} NOT NULL REFERENCES persons (id),
  factor {{bool}} NOT NULL,
  agent text NOT NULL CHECK (length(agent) <= 300),
  created_at {{ts}} NOT NULL,
  seen_at {{ts}} NOT NULL,
  expires_at {{ts}} NOT NULL,
  ended_at {{ts}}
);
CREATE INDEX sessions_person ON sessions (person, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Links sent by mail, single use: to confirm an address, to set a new password, to accept an invitation, to sign in once.
CREATE TABLE links (
  digest text PRIMARY KEY CHECK (length(digest) = 64),
  purpose text NOT NULL CHECK (purpose IN ('confirm', 'reset', 'invite', 'once')),
  person {{uuid}} NOT NULL REFERENCES persons (id),
  expires_at {{ts}} NOT NULL,
  used_at {{ts}}
);
CREATE INDEX links_person ON links (person, purpose);

-- What somebody had typed when the session had ended: given back after signing in again.
CREATE TABLE held_forms (
  id {{uuid}} PRIMARY KEY,
  person {{uuid}} NOT NULL REFERENCES persons (id),
  path text NOT NULL CHECK (length(path) <= 500),
  body text NOT NULL CHECK (length(body) <= 400000),
  held_at {{ts}} NOT NULL
);
CREATE INDEX held_forms_person ON held_forms (person);
