-- +goose Up
-- Suppliers whom the main contact of an application asked to act for a product that it names. The product is kept as it was named
-- then: its record is made once the supplier accepts.
CREATE TABLE supplier_invitations (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  product text NOT NULL CHECK (length(product) BETWEEN 1 AND 200),
  supplier text NOT NULL CHECK (length(supplier) BETWEEN 1 AND 200),
  version text NOT NULL CHECK (length(version) BETWEEN 1 AND 80),
  person {{uuid}} NOT NULL,
  email text NOT NULL CHECK (length(email) <= 254),
  name text NOT NULL CHECK (length(name) <= 200),
  invited_by {{uuid}} NOT NULL,
  invited_at {{ts}} NOT NULL,
  expires_at {{ts}} NOT NULL,
  accepted_at {{ts}},
  ended_at {{ts}}
);
CREATE INDEX supplier_invitations_application ON supplier_invitations (application_id, invited_at, id);
CREATE INDEX supplier_invitations_person ON supplier_invitations (person, invited_at, id);
