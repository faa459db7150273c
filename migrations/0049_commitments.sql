-- +goose Up
-- What is promised of a budget: of each application that a released proposal funds, what its award still takes. An award that came to nothing takes
-- nothing, and one that is closed takes what was paid and not returned.
CREATE VIEW commitments AS
SELECT l.application_id, p.call_id, p.number,
  CASE
    WHEN w.id IS NULL THEN l.amount
    WHEN w.state IN ('not_offered', 'lapsed', 'offer_withdrawn', 'offer_declined') THEN 0
    WHEN w.state = 'closed' AND c.closed_at IS NOT NULL THEN c.paid - c.returned
    ELSE w.amount
  END AS amount
FROM proposal_lines l
JOIN proposals p ON p.id = l.proposal_id
JOIN applications a ON a.id = l.application_id
LEFT JOIN awards w ON w.application_id = l.application_id
LEFT JOIN award_closings c ON c.id = w.id
WHERE l.outcome = 'fund' AND l.dropped_at IS NULL AND a.state <> 'withdrawn' AND (p.state = 'released' OR a.state = 'successful');
