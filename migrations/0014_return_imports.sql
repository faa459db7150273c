-- +goose Up
-- What was read from a filled-in DTAC form and waits for its supplier to say what of it is taken, one for each return; the file itself
-- is not kept.
CREATE TABLE return_imports (
  product_id {{uuid}} NOT NULL REFERENCES products (id),
  form text NOT NULL CHECK (length(form) <= 60),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  digest text NOT NULL CHECK (length(digest) = 64),
  reading text NOT NULL CHECK (length(reading) <= 2000000),
  person {{uuid}} NOT NULL,
  read_at {{ts}} NOT NULL,
  PRIMARY KEY (product_id, form)
);
