-- +goose Up
-- A product at a version, once for all applications that name it. identity is name, supplier and version in one spelling.
CREATE TABLE products (
  id {{uuid}} PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  supplier text NOT NULL CHECK (length(supplier) BETWEEN 1 AND 200),
  supplier_ods text NOT NULL CHECK (length(supplier_ods) <= 16),
  version text NOT NULL CHECK (length(version) BETWEEN 1 AND 80),
  identity text NOT NULL UNIQUE CHECK (length(identity) <= 600),
  created_by text NOT NULL,
  created_at {{ts}} NOT NULL,
  revision integer NOT NULL
);
CREATE INDEX products_name ON products (name, version, id);

-- Who acts for a product's supplier. A claim counts once it is confirmed.
CREATE TABLE product_people (
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  person {{uuid}} NOT NULL,
  claimed_at {{ts}} NOT NULL,
  confirmed_by text NOT NULL,
  confirmed_at {{ts}},
  PRIMARY KEY (product_id, person)
);
CREATE INDEX product_people_person ON product_people (person, product_id);

-- The candidate products of an application; chosen is the one that its award rests on.
CREATE TABLE application_products (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  round_id {{uuid}} NOT NULL,
  call_id {{uuid}} NOT NULL,
  chosen {{bool}} NOT NULL,
  PRIMARY KEY (application_id, product_id)
);
CREATE INDEX application_products_product ON application_products (product_id, application_id);
CREATE INDEX application_products_call ON application_products (call_id, application_id);
CREATE INDEX application_products_round ON application_products (round_id, application_id);

-- The completed DTAC form of a product at its version: body is what its supplier works on, sent is what was sent last.
CREATE TABLE returns (
  id {{uuid}} PRIMARY KEY,
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  form text NOT NULL CHECK (length(form) <= 60),
  product_version text NOT NULL CHECK (length(product_version) <= 80),
  body text NOT NULL CHECK (length(body) <= 2000000),
  sent text NOT NULL CHECK (length(sent) <= 2000000),
  sent_digest text NOT NULL CHECK (length(sent_digest) <= 64),
  submitted_by text NOT NULL,
  submitted_at {{ts}},
  revision integer NOT NULL,
  UNIQUE (product_id, form)
);

-- What assessors decided, a row for each question; the trail keeps what they decided before.
CREATE TABLE dtac_assessments (
  return_id {{uuid}} NOT NULL REFERENCES returns (id),
  question text NOT NULL CHECK (length(question) <= 40),
  result text NOT NULL CHECK (result IN ('pass', 'fail', 'action_needed', 'waived')),
  reason text NOT NULL CHECK (length(reason) <= 4000),
  what text NOT NULL CHECK (length(what) <= 2000),
  owner text NOT NULL CHECK (length(owner) <= 200),
  due text NOT NULL CHECK (length(due) <= 10),
  assessed_by {{uuid}} NOT NULL,
  assessed_at {{ts}} NOT NULL,
  PRIMARY KEY (return_id, question)
);

-- What the fund concluded of a product, as reviewed on a day by a person: not a certificate. A position never changes.
CREATE TABLE positions (
  id {{uuid}} PRIMARY KEY,
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  return_id {{uuid}} NOT NULL REFERENCES returns (id),
  round_id {{uuid}} NOT NULL,
  call_id {{uuid}} NOT NULL,
  form text NOT NULL CHECK (length(form) <= 60),
  status text NOT NULL CHECK (length(status) <= 20),
  provisional text NOT NULL CHECK (length(provisional) <= 20),
  result text NOT NULL,
  sent_digest text NOT NULL CHECK (length(sent_digest) = 64),
  reviewed_on text NOT NULL CHECK (length(reviewed_on) = 10),
  person {{uuid}} NOT NULL,
  person_name text NOT NULL CHECK (length(person_name) <= 200),
  expires text NOT NULL CHECK (length(expires) <= 10),
  recorded_at {{ts}} NOT NULL
);
CREATE INDEX positions_product ON positions (product_id, recorded_at);
CREATE INDEX positions_call ON positions (call_id, recorded_at);
