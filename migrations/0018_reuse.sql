-- +goose Up
-- Whether other applications may rely on the returns of a product, which its supplier says; and the record that another of the same
-- product was merged into. A record that was merged stays, since returns that were sent and positions rest on it.
ALTER TABLE products ADD COLUMN reuse_permitted {{bool}} NOT NULL DEFAULT false;
ALTER TABLE products ADD COLUMN merged_into {{uuid}} REFERENCES products (id);
CREATE INDEX products_merged ON products (merged_into);

-- Whether an application relies on the returns of a product that it names. Those that named one before its supplier could say keep it.
ALTER TABLE application_products ADD COLUMN relies {{bool}} NOT NULL DEFAULT true;
