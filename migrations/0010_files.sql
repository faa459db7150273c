-- +goose Up
-- Whether the bytes of a file were scanned for viruses: off where no scanner was set when it came, pending until it was scanned.
ALTER TABLE files ADD COLUMN scan text NOT NULL DEFAULT 'off' CHECK (scan IN ('off', 'pending', 'clean', 'infected'));
ALTER TABLE files ADD COLUMN scanned_at {{ts}};
ALTER TABLE files ADD COLUMN found text NOT NULL DEFAULT '' CHECK (length(found) <= 200);
CREATE INDEX files_digest ON files (digest);
CREATE INDEX files_scan ON files (scan, uploaded_at);

-- Uploads that come in pieces: what has arrived, and the pieces, whose bytes lie in the store of files by digest. A finished upload
-- becomes a row of files with the same id.
CREATE TABLE uploads (
  id {{uuid}} PRIMARY KEY,
  application_id {{uuid}} NOT NULL REFERENCES applications (id),
  person {{uuid}} NOT NULL,
  section text NOT NULL CHECK (length(section) <= 40),
  question text NOT NULL CHECK (length(question) <= 40),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  size {{bigint}} NOT NULL CHECK (size > 0),
  received {{bigint}} NOT NULL CHECK (received BETWEEN 0 AND size),
  started_at {{ts}} NOT NULL,
  touched_at {{ts}} NOT NULL
);
CREATE INDEX uploads_application ON uploads (application_id, person);
CREATE INDEX uploads_person ON uploads (person);
CREATE INDEX uploads_touched ON uploads (touched_at);
CREATE TABLE upload_pieces (
  upload_id {{uuid}} NOT NULL REFERENCES uploads (id),
  starts {{bigint}} NOT NULL,
  size {{bigint}} NOT NULL CHECK (size > 0),
  digest text NOT NULL CHECK (length(digest) = 64),
  PRIMARY KEY (upload_id, starts)
);
CREATE INDEX upload_pieces_digest ON upload_pieces (digest);
