-- +goose Up
-- The files of the evidence of DTAC returns; the bytes lie in the store of files by digest. A file that was never sent goes with the
-- item that names it; what was sent stays, since positions rest on it.
CREATE TABLE return_files (
  id {{uuid}} PRIMARY KEY,
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  form text NOT NULL CHECK (length(form) <= 60),
  question text NOT NULL CHECK (length(question) <= 40),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  media_type text NOT NULL CHECK (length(media_type) <= 100),
  size {{bigint}} NOT NULL CHECK (size > 0),
  digest text NOT NULL CHECK (length(digest) = 64),
  uploaded_by {{uuid}} NOT NULL,
  uploaded_at {{ts}} NOT NULL,
  sent_at {{ts}},
  scan text NOT NULL CHECK (scan IN ('off', 'pending', 'clean', 'infected')),
  scanned_at {{ts}},
  found text NOT NULL CHECK (length(found) <= 200)
);
CREATE INDEX return_files_product ON return_files (product_id, form);
CREATE INDEX return_files_digest ON return_files (digest);
CREATE INDEX return_files_scan ON return_files (scan, uploaded_at);
