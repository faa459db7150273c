-- +goose Up
-- Reviewers are asked by mail and accept or decline; they say when they are away; the fund manager notes their training. Whoever was never
-- asked, such as by an import for a round that runs already, counts as agreed by other means.
ALTER TABLE reviewers ADD COLUMN invited_at {{ts}};
ALTER TABLE reviewers ADD COLUMN invitation_ends {{ts}};
ALTER TABLE reviewers ADD COLUMN answer text NOT NULL DEFAULT '' CHECK (answer IN ('', 'accepted', 'declined'));
ALTER TABLE reviewers ADD COLUMN answered_at {{ts}};
ALTER TABLE reviewers ADD COLUMN answer_note text NOT NULL DEFAULT '' CHECK (length(answer_note) <= 2000);
ALTER TABLE reviewers ADD COLUMN away text NOT NULL DEFAULT '[]' CHECK (length(away) <= 2000);
ALTER TABLE reviewers ADD COLUMN wish integer CHECK (wish BETWEEN 0 AND 1000);
ALTER TABLE reviewers ADD COLUMN training text NOT NULL DEFAULT '' CHECK (length(training) <= 500);
ALTER TABLE reviewers ADD COLUMN trained_on text NOT NULL DEFAULT '' CHECK (length(trained_on) <= 10);
