-- +goose Up
-- The organisations of an application as it was submitted: lead, funding recipient, partners and sites.
CREATE TABLE application_organisations (
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  ods_code text NOT NULL CHECK (length(ods_code) BETWEEN 1 AND 16),
  PRIMARY KEY (application_id, ods_code)
);
CREATE INDEX application_organisations_code ON application_organisations (ods_code, application_id);
INSERT INTO application_organisations (application_id, ods_code) SELECT id, lead FROM applications WHERE submission_id IS NOT NULL AND lead <> '';
CREATE INDEX representatives_code ON representatives (ods_code, person);

-- What people have to do with an application: as it is noted, and the recusals that follow from it. Whoever takes part in an application,
-- or may act for one of its organisations, is recused from it in every other role, from the moment that this is so.
CREATE VIEW application_relations AS
  SELECT application_id, person, relation, sections, organisation, since FROM application_people
  UNION ALL
  SELECT application_id, person, 'recused', '', organisation, since FROM application_people
    WHERE relation IN ('main_contact', 'contributor', 'sro', 'finance', 'sro_deputy', 'finance_deputy')
  UNION ALL
  SELECT o.application_id, r.person, 'recused', '', r.ods_code, r.at FROM application_organisations o
    JOIN representatives r ON r.ods_code = o.ods_code WHERE r.settled <> 'asked';

-- The queue of eligibility officers is sorted by how long a case waits, or by what is asked for.
CREATE INDEX applications_age ON applications (state, state_at, ref);
CREATE INDEX applications_requested ON applications (state, requested, ref);

-- What the rules found of a submission when they ran last, for lists: how many findings of a severity, by criterion.
CREATE TABLE rule_runs (
  application_id {{uuid}} PRIMARY KEY REFERENCES applications (id),
  rules text NOT NULL CHECK (length(rules) <= 80),
  found text NOT NULL CHECK (length(found) <= 20000),
  ran_at {{ts}} NOT NULL
);

-- Views of a list that somebody keeps: what it is filtered and sorted by.
CREATE TABLE saved_views (
  id {{uuid}} PRIMARY KEY,
  person {{uuid}} NOT NULL REFERENCES persons (id),
  list text NOT NULL CHECK (length(list) <= 40),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  query text NOT NULL CHECK (length(query) <= 2000),
  kept_at {{ts}} NOT NULL,
  UNIQUE (person, list, name)
);

-- What became of work on many applications at once, for the one who did it.
CREATE TABLE batch_results (
  id {{uuid}} PRIMARY KEY,
  person {{uuid}} NOT NULL REFERENCES persons (id),
  deed text NOT NULL CHECK (length(deed) <= 20),
  results text NOT NULL CHECK (length(results) <= 400000),
  done_at {{ts}} NOT NULL
);
CREATE INDEX batch_results_person ON batch_results (person, done_at);
