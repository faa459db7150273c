-- +goose Up
-- What the register shows of a product, in one row, so that a page of it reads no return. It follows from the returns, assessments and
-- positions, and is written again with each of them; holds_until is the last day on which the provisional status is known to hold.
CREATE TABLE dtac_register (
  product_id {{uuid}} PRIMARY KEY REFERENCES products (id),
  provisional text NOT NULL CHECK (length(provisional) <= 20),
  holds_until text NOT NULL CHECK (length(holds_until) <= 10),
  forms text NOT NULL CHECK (length(forms) <= 400),
  position_id {{uuid}},
  status text NOT NULL CHECK (length(status) <= 20),
  reviewed_on text NOT NULL CHECK (length(reviewed_on) <= 10),
  person_name text NOT NULL CHECK (length(person_name) <= 200),
  expires text NOT NULL CHECK (length(expires) <= 10),
  stale {{bool}} NOT NULL
);
CREATE INDEX dtac_register_expires ON dtac_register (expires, product_id);
CREATE INDEX dtac_register_status ON dtac_register (status, product_id);

-- Which version of a product was declared from which, and how much of its evidence it affects.
CREATE TABLE product_releases (
  product_id {{uuid}} PRIMARY KEY REFERENCES products (id),
  from_id {{uuid}} NOT NULL REFERENCES products (id),
  affected text NOT NULL CHECK (length(affected) <= 20000),
  pieces integer NOT NULL,
  declared_by text NOT NULL,
  declared_at {{ts}} NOT NULL
);
CREATE INDEX product_releases_from ON product_releases (from_id, declared_at);

-- How often a decision was changed, so that two who change the same one meet; and the form that it was carried over from.
ALTER TABLE dtac_assessments ADD COLUMN revision integer NOT NULL DEFAULT 1;
ALTER TABLE dtac_assessments ADD COLUMN carried text NOT NULL DEFAULT '';

-- Who has which section of a return, and had it before: one at a time.
CREATE TABLE dtac_sections (
  id {{uuid}} PRIMARY KEY,
  return_id {{uuid}} NOT NULL REFERENCES returns (id),
  section text NOT NULL CHECK (length(section) <= 40),
  person {{uuid}} NOT NULL,
  person_name text NOT NULL CHECK (length(person_name) <= 200),
  given_by text NOT NULL CHECK (length(given_by) <= 200),
  since {{ts}} NOT NULL,
  until {{ts}},
  ended_by text NOT NULL CHECK (length(ended_by) <= 200)
);
CREATE UNIQUE INDEX dtac_sections_held ON dtac_sections (return_id, section) WHERE until IS NULL;
CREATE INDEX dtac_sections_return ON dtac_sections (return_id, since);
CREATE INDEX dtac_sections_person ON dtac_sections (person, return_id);

-- Positions that wait for a second look, and what became of them.
CREATE TABLE position_proposals (
  id {{uuid}} PRIMARY KEY,
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  return_id {{uuid}} NOT NULL REFERENCES returns (id),
  call_id {{uuid}} NOT NULL,
  status text NOT NULL CHECK (length(status) <= 20),
  decided text NOT NULL CHECK (length(decided) = 64),
  person {{uuid}} NOT NULL,
  person_name text NOT NULL CHECK (length(person_name) <= 200),
  proposed_at {{ts}} NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('', 'confirmed', 'returned', 'overtaken')),
  settled_name text NOT NULL CHECK (length(settled_name) <= 200),
  settled_at {{ts}},
  reason text NOT NULL CHECK (length(reason) <= 2000)
);
CREATE UNIQUE INDEX position_proposals_waiting ON position_proposals (return_id) WHERE outcome = '';
CREATE INDEX position_proposals_product ON position_proposals (product_id, proposed_at);

-- Assessments of other NHS bodies that the fund relies on. They are never positions of the fund.
CREATE TABLE recognised_positions (
  id {{uuid}} PRIMARY KEY,
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  round_id {{uuid}} NOT NULL,
  call_id {{uuid}} NOT NULL,
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 200),
  officer text NOT NULL CHECK (length(officer) BETWEEN 1 AND 200),
  product_version text NOT NULL CHECK (length(product_version) BETWEEN 1 AND 80),
  form text NOT NULL CHECK (length(form) <= 60),
  status text NOT NULL CHECK (status IN ('compliant', 'on_the_way', 'not_compliant')),
  assessed_on text NOT NULL CHECK (length(assessed_on) = 10),
  expires text NOT NULL CHECK (length(expires) = 10),
  reference text NOT NULL CHECK (length(reference) BETWEEN 1 AND 500),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  person {{uuid}} NOT NULL,
  person_name text NOT NULL CHECK (length(person_name) <= 200),
  recorded_at {{ts}} NOT NULL
);
CREATE INDEX recognised_positions_product ON recognised_positions (product_id, recorded_at);
CREATE INDEX recognised_positions_expires ON recognised_positions (expires, id);
CREATE INDEX positions_expires ON positions (expires, id);

-- Of which end people were told, so many days before: each once.
CREATE TABLE dtac_warnings (
  subject {{uuid}} NOT NULL,
  days integer NOT NULL,
  told_at {{ts}} NOT NULL,
  PRIMARY KEY (subject, days)
);
