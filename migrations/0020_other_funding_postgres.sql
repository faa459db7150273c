-- +goose Up
-- Lists of what others fund: national programme awards and grants. Their rows are staged under the import's number and count from the
-- moment at which its state becomes standing. A list of the same name that stood before is replaced then, and its rows are swept.
CREATE TABLE other_funding_imports (
  id {{uuid}} PRIMARY KEY,
  number {{bigint}} NOT NULL UNIQUE CHECK (number >= 1),
  source text NOT NULL CHECK (source IN ('programme', 'grant')),
  list text NOT NULL CHECK (length(list) BETWEEN 1 AND 200),
  digest text NOT NULL CHECK (length(digest) = 64),
  records {{bigint}} NOT NULL,
  state text NOT NULL CHECK (state IN ('staging', 'standing', 'replaced', 'failed', 'swept')),
  imported_by text NOT NULL CHECK (length(imported_by) <= 200),
  imported_at {{ts}} NOT NULL,
  touched_at {{ts}} NOT NULL
);
CREATE UNIQUE INDEX other_funding_standing ON other_funding_imports (source, list) WHERE state = 'standing';
CREATE INDEX other_funding_imports_state ON other_funding_imports (state, touched_at);

-- What is searched: the rows of the lists, and the applications to this fund that were submitted (number 0). The id is the number of
-- the import times a thousand million, and the row.
CREATE TABLE other_funding_records (
  id {{bigint}} PRIMARY KEY,
  number {{bigint}} NOT NULL,
  source text NOT NULL CHECK (source IN ('application', 'programme', 'grant')),
  list text NOT NULL CHECK (length(list) <= 200),
  line {{bigint}} NOT NULL,
  identity text NOT NULL CHECK (length(identity) BETWEEN 1 AND 300),
  application_id {{uuid}} REFERENCES applications (id),
  title text NOT NULL CHECK (length(title) <= 500),
  description text NOT NULL CHECK (length(description) <= 4000),
  organisation text NOT NULL CHECK (length(organisation) <= 300),
  codes text NOT NULL CHECK (length(codes) <= 2000),
  product text NOT NULL CHECK (length(product) <= 1000),
  supplier text NOT NULL CHECK (length(supplier) <= 1000),
  funder text NOT NULL CHECK (length(funder) <= 300),
  amount {{bigint}} NOT NULL,
  currency text NOT NULL CHECK (length(currency) <= 3),
  from_day text NOT NULL CHECK (length(from_day) <= 10),
  to_day text NOT NULL CHECK (length(to_day) <= 10)
);
CREATE UNIQUE INDEX other_funding_applications ON other_funding_records (application_id);

-- In how many records of an import a word stands.
CREATE TABLE other_funding_words (
  word text NOT NULL CHECK (length(word) <= 80),
  number {{bigint}} NOT NULL,
  records {{bigint}} NOT NULL,
  PRIMARY KEY (word, number)
);

-- When the matches of an application were last looked for, and for which submission.
CREATE TABLE other_funding_searches (
  application_id {{uuid}} PRIMARY KEY REFERENCES applications (id),
  submission_id {{uuid}} NOT NULL,
  searched_at {{ts}} NOT NULL
);

-- What a search found, as it stood then, with the reasons.
CREATE TABLE other_funding_matches (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  identity text NOT NULL CHECK (length(identity) BETWEEN 1 AND 300),
  source text NOT NULL CHECK (source IN ('application', 'programme', 'grant')),
  other_id {{uuid}},
  list text NOT NULL CHECK (length(list) <= 200),
  line {{bigint}} NOT NULL,
  title text NOT NULL CHECK (length(title) <= 500),
  organisation text NOT NULL CHECK (length(organisation) <= 300),
  product text NOT NULL CHECK (length(product) <= 1000),
  funder text NOT NULL CHECK (length(funder) <= 300),
  amount {{bigint}} NOT NULL,
  currency text NOT NULL CHECK (length(currency) <= 3),
  from_day text NOT NULL CHECK (length(from_day) <= 10),
  to_day text NOT NULL CHECK (length(to_day) <= 10),
  strength integer NOT NULL CHECK (strength BETWEEN 0 AND 100),
  reasons text NOT NULL,
  PRIMARY KEY (application_id, identity)
);
CREATE INDEX other_funding_matches_other ON other_funding_matches (other_id);

-- What officers concluded of a match. A conclusion stays; a later one stands in its place. It keeps what the match was about.
CREATE TABLE other_funding_settlements (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  identity text NOT NULL CHECK (length(identity) BETWEEN 1 AND 300),
  source text NOT NULL CHECK (source IN ('application', 'programme', 'grant')),
  other_id {{uuid}},
  about text NOT NULL,
  conclusion text NOT NULL CHECK (conclusion IN ('same', 'partly', 'different')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
  person {{uuid}} NOT NULL,
  settled_at {{ts}} NOT NULL,
  standing {{bool}} NOT NULL
);
CREATE INDEX other_funding_settlements_application ON other_funding_settlements (application_id, identity, settled_at);
CREATE UNIQUE INDEX other_funding_settlements_standing ON other_funding_settlements (application_id, identity) WHERE standing;

-- The words of each record, without their texts.
CREATE TABLE other_funding_index (
  id bigint PRIMARY KEY,
  tokens tsvector NOT NULL
);
CREATE INDEX other_funding_index_tokens ON other_funding_index USING gin (tokens);
