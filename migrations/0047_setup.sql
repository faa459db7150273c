-- +goose Up
-- Rounds and calls are made and changed by the fund manager, who asks for the approval of an opening; the senior officer approves or returns
-- it. What was copied is known, so that the two can be compared.
ALTER TABLE rounds ADD COLUMN copied_from {{uuid}};
ALTER TABLE calls ADD COLUMN copied_from {{uuid}};
ALTER TABLE calls ADD COLUMN asked_at {{ts}};
ALTER TABLE calls ADD COLUMN asked_by text NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN returned_at {{ts}};
ALTER TABLE calls ADD COLUMN returned_by {{uuid}};
ALTER TABLE calls ADD COLUMN return_reason text NOT NULL DEFAULT '' CHECK (length(return_reason) <= 2000);
-- A draft that was made from a file was complete when it was made: its approval was asked for then.
UPDATE calls SET asked_at = created_at, asked_by = author WHERE state = 'draft';
