CREATE VIEW view_active_imos AS
SELECT i.imo_id, i.name, i.status, i.budget, u.email AS user_email, u.name AS user_name, i.created_at, i.heir_id
FROM imos i
JOIN users u ON i.user_id = u.id
WHERE i.status = 'active';

CREATE VIEW view_compliance_history AS
SELECT date(created_at) AS audit_date, action_type, avg(compliance_score) AS avg_score, count(*) AS audit_count
FROM ctb_compliance_log
WHERE action_type = 'audit'
GROUP BY date(created_at), action_type
ORDER BY audit_date DESC;
