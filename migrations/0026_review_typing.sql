-- +goose Up
-- When the event was recorded that what is being typed into a review belongs to; empty once a button was pressed.
ALTER TABLE reviews ADD COLUMN typing_since {{ts}};
