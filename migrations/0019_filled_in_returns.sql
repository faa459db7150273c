-- +goose Up
-- A record in which the main contact of an application fills in the return of a product whose supplier has not claimed it: it belongs to
-- that application alone and stands for the product. answered is what its supplier, once there is one, made of it.
ALTER TABLE products ADD COLUMN filled_for {{uuid}} REFERENCES applications (id);
ALTER TABLE products ADD COLUMN stands_for {{uuid}} REFERENCES products (id);
ALTER TABLE products ADD COLUMN answered text NOT NULL DEFAULT '' CHECK (answered IN ('', 'taken', 'aside'));
CREATE INDEX products_filled_for ON products (filled_for, stands_for);
CREATE INDEX products_stands_for ON products (stands_for);
ALTER TABLE application_products ADD COLUMN filled {{uuid}} REFERENCES products (id);
CREATE INDEX application_products_filled ON application_products (filled);

-- Who saved a return last, and since when they are typing in a section: that is one event.
ALTER TABLE returns ADD COLUMN saved_by text NOT NULL DEFAULT '';
ALTER TABLE returns ADD COLUMN saved_at {{ts}};
ALTER TABLE returns ADD COLUMN typing_section text NOT NULL DEFAULT '' CHECK (length(typing_section) <= 40);
ALTER TABLE returns ADD COLUMN typing_since {{ts}};

-- Uploads in pieces go to an application or to a DTAC return. Those that are under way go on.
CREATE TABLE uploads_now (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} REFERENCES applications (id),
  product_id {{uuid}} REFERENCES products (id),
  form text NOT NULL CHECK (length(form) <= 60),
  person {{uuid}} NOT NULL,
  section text NOT NULL CHECK (length(section) <= 40),
  question text NOT NULL CHECK (length(question) <= 40),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  size {{bigint}} NOT NULL CHECK (size > 0),
  received {{bigint}} NOT NULL CHECK (received BETWEEN 0 AND size),
  started_at {{ts}} NOT NULL,
  touched_at {{ts}} NOT NULL,
  CHECK ((application_id IS NULL) <> (product_id IS NULL))
);
INSERT INTO uploads_now (id, application_id, product_id, form, person, section, question, name, size, received, started_at, touched_at)
SELECT id, application_id, NULL, '', person, section, question, name, size, received, started_at, touched_at FROM uploads;
CREATE TABLE upload_pieces_now (
  upload_id {{uuid}} NOT NULL REFERENCES uploads_now (id),
  starts {{bigint}} NOT NULL,
  size {{bigint}} NOT NULL CHECK (size > 0),
  digest text NOT NULL CHECK (length(digest) = 64),
  PRIMARY KEY (upload_id, starts)
);
INSERT INTO upload_pieces_now (upload_id, starts, size, digest) SELECT upload_id, starts, size, digest FROM upload_pieces;
DROP TABLE upload_pieces;
DROP TABLE uploads;
ALTER TABLE uploads_now RENAME TO uploads;
ALTER TABLE upload_pieces_now RENAME TO upload_pieces;
CREATE INDEX uploads_application ON uploads (application_id, person);
CREATE INDEX uploads_product ON uploads (product_id, person);
CREATE INDEX uploads_person ON uploads (person);
CREATE INDEX uploads_touched ON uploads (touched_at);
CREATE INDEX upload_pieces_digest ON upload_pieces (digest);
