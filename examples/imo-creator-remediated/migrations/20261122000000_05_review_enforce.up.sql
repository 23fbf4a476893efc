-- 5 of 7, REVIEW: read before you run it: constraints are added NOT VALID, then validated while writers go on
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.users: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_blueprint_version_required;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_blueprint_version_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.users ALTER COLUMN blueprint_version SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_blueprint_version_required;
COMMIT;

-- public.users: created_at accepts NULL
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_created_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_created_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.users ALTER COLUMN created_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_created_at_required;
COMMIT;

-- public.users: orbt_layer accepts NULL
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_orbt_layer_required;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_orbt_layer_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.users ALTER COLUMN orbt_layer SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_orbt_layer_required;
COMMIT;

-- public.users: updated_at accepts NULL
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_updated_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_updated_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.users ALTER COLUMN updated_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_updated_at_required;
COMMIT;

-- public.users: nothing checks role; rows and writers that break it are rejected
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_role_values;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_role_values CHECK (role IN ('user', 'admin', 'moderator')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_role_values;
COMMIT;

-- public.users: nothing checks email; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_email_format;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_email_format CHECK (email ~ E'^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_email_format;
COMMIT;

-- public.users: nothing checks orbt_layer; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_orbt_layer_range;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_orbt_layer_range CHECK (orbt_layer >= 1 AND orbt_layer <= 4) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_orbt_layer_range;
COMMIT;

-- public.users: nothing checks process_id; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_process_id_format;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_process_id_format CHECK (process_id ~ E'^PRC-[A-Z]+-\\d{10}(\\d{3})?$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_process_id_format;
COMMIT;

-- public.users: nothing checks updated_at and created_at; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_updated_at_order;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_updated_at_order CHECK (updated_at >= created_at) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_updated_at_order;
COMMIT;

-- public.users: nothing checks blueprint_version; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_blueprint_version_format;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_blueprint_version_format CHECK (blueprint_version ~ E'^\\d+\\.\\d+(\\.\\d+)?$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_blueprint_version_format;
COMMIT;

-- public.users: nothing checks heir_id; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_heir_id_pattern;
COMMIT;
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_heir_id_pattern CHECK (heir_id ~ E'^HEIR\\-\\d{4}\\-\\d{2}\\-USER\\-AUTH\\-\\d{2}$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_heir_id_pattern;
COMMIT;

-- public.imos: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_blueprint_version_required;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_blueprint_version_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.imos ALTER COLUMN blueprint_version SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_blueprint_version_required;
COMMIT;

-- public.imos: created_at accepts NULL
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_created_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_created_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.imos ALTER COLUMN created_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_created_at_required;
COMMIT;

-- public.imos: orbt_layer accepts NULL
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_orbt_layer_required;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_orbt_layer_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.imos ALTER COLUMN orbt_layer SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_orbt_layer_required;
COMMIT;

-- public.imos: updated_at accepts NULL
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_updated_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_updated_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.imos ALTER COLUMN updated_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_updated_at_required;
COMMIT;

-- public.imos: nothing checks imo_id; rows and writers that break it are rejected
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_imo_id_pattern;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_imo_id_pattern CHECK (imo_id ~ '^imo_[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_imo_id_pattern;
COMMIT;

-- public.imos: nothing checks budget; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_budget_values;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_budget_values CHECK (budget > 0) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_budget_values;
COMMIT;

-- public.imos: nothing checks status; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_status_values;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_status_values CHECK (status IN ('draft', 'active', 'paused', 'completed', 'archived')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_status_values;
COMMIT;

-- public.imos: nothing checks compliance_score; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_compliance_score_range;
COMMIT;
BEGIN;
ALTER TABLE public.imos ADD CONSTRAINT imos_compliance_score_range CHECK (compliance_score >= 0 AND compliance_score <= 100) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_compliance_score_range;
COMMIT;

-- public.composio_executions: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_blueprint_version_required;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_blueprint_version_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.composio_executions ALTER COLUMN blueprint_version SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_blueprint_version_required;
COMMIT;

-- public.composio_executions: created_at accepts NULL
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_created_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_created_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.composio_executions ALTER COLUMN created_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_created_at_required;
COMMIT;

-- public.composio_executions: orbt_layer accepts NULL
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_orbt_layer_required;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_orbt_layer_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.composio_executions ALTER COLUMN orbt_layer SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_orbt_layer_required;
COMMIT;

-- public.composio_executions: updated_at accepts NULL
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_updated_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_updated_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.composio_executions ALTER COLUMN updated_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_updated_at_required;
COMMIT;

-- public.composio_executions: nothing checks status; rows and writers that break it are rejected
BEGIN;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_status_values;
COMMIT;
BEGIN;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_status_values CHECK (status IN ('pending', 'running', 'success', 'failed', 'timeout')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_status_values;
COMMIT;

-- public.ctb_compliance_log: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_blueprint_version_required;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_blueprint_version_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.ctb_compliance_log ALTER COLUMN blueprint_version SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_blueprint_version_required;
COMMIT;

-- public.ctb_compliance_log: created_at accepts NULL
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_created_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_created_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.ctb_compliance_log ALTER COLUMN created_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_created_at_required;
COMMIT;

-- public.ctb_compliance_log: orbt_layer accepts NULL
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_orbt_layer_required;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_orbt_layer_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.ctb_compliance_log ALTER COLUMN orbt_layer SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_orbt_layer_required;
COMMIT;

-- public.ctb_compliance_log: updated_at accepts NULL
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_updated_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_updated_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.ctb_compliance_log ALTER COLUMN updated_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_updated_at_required;
COMMIT;

-- public.ctb_compliance_log: nothing checks heir_id; rows and writers that break it are rejected
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_heir_id_format;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_heir_id_format CHECK (heir_id ~ E'^HEIR-\\d{4}-\\d{2}-[A-Z]+-[A-Z]+-\\d{2}$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_heir_id_format;
COMMIT;

-- public.ctb_compliance_log: nothing checks action_type; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_action_type_values;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_action_type_values CHECK (action_type IN ('tag', 'audit', 'remediate')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_action_type_values;
COMMIT;

-- public.ctb_compliance_log: nothing checks enforcement_level; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_enforcement_level_values;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_enforcement_level_values CHECK (enforcement_level IN ('STRICT', 'STANDARD', 'RELAXED', 'NONE')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_enforcement_level_values;
COMMIT;

-- public.ctb_compliance_log: nothing checks status; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_status_values;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_status_values CHECK (status IN ('completed', 'failed', 'partial')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_status_values;
COMMIT;

-- public.ctb_compliance_log: nothing checks orbt_layer; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_orbt_layer_range;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_orbt_layer_range CHECK (orbt_layer >= 1 AND orbt_layer <= 4) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_orbt_layer_range;
COMMIT;

-- public.ctb_compliance_log: nothing checks process_id; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_process_id_format;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_process_id_format CHECK (process_id ~ E'^PRC-[A-Z]+-\\d{10}(\\d{3})?$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_process_id_format;
COMMIT;

-- public.ctb_compliance_log: nothing checks updated_at and created_at; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_updated_at_order;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_updated_at_order CHECK (updated_at >= created_at) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_updated_at_order;
COMMIT;

-- public.ctb_compliance_log: nothing checks blueprint_version; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_blueprint_version_format;
COMMIT;
BEGIN;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_blueprint_version_format CHECK (blueprint_version ~ E'^\\d+\\.\\d+(\\.\\d+)?$') NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_blueprint_version_format;
COMMIT;

-- public.error_log: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_blueprint_version_required;
COMMIT;
BEGIN;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_blueprint_version_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.error_log ALTER COLUMN blueprint_version SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_blueprint_version_required;
COMMIT;

-- public.error_log: created_at accepts NULL
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_created_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_created_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.error_log ALTER COLUMN created_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_created_at_required;
COMMIT;

-- public.error_log: orbt_layer accepts NULL
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_orbt_layer_required;
COMMIT;
BEGIN;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_orbt_layer_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.error_log ALTER COLUMN orbt_layer SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_orbt_layer_required;
COMMIT;

-- public.error_log: updated_at accepts NULL
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_updated_at_required;
COMMIT;
BEGIN;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_updated_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE public.error_log ALTER COLUMN updated_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_updated_at_required;
COMMIT;

-- public.error_log: nothing checks resolution_status; rows and writers that break it are rejected
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_resolution_status_values;
COMMIT;
BEGIN;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_resolution_status_values CHECK (resolution_status IN ('unresolved', 'in_progress', 'resolved', 'archived')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_resolution_status_values;
COMMIT;

-- shq.tasks: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_blueprint_version_required;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_blueprint_version_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE shq.tasks ALTER COLUMN blueprint_version SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_blueprint_version_required;
COMMIT;

-- shq.tasks: created_at accepts NULL
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_created_at_required;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_created_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE shq.tasks ALTER COLUMN created_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_created_at_required;
COMMIT;

-- shq.tasks: orbt_layer accepts NULL
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_orbt_layer_required;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_orbt_layer_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE shq.tasks ALTER COLUMN orbt_layer SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_orbt_layer_required;
COMMIT;

-- shq.tasks: updated_at accepts NULL
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_updated_at_required;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_updated_at_required;
COMMIT;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
-- the constraint that was validated above proves it, so that no row is read under the lock
-- pgfence-ignore: alter-column-set-not-null
ALTER TABLE shq.tasks ALTER COLUMN updated_at SET NOT NULL;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_updated_at_required;
COMMIT;

-- shq.tasks: nothing checks priority; rows and writers that break it are rejected
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_priority_values;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_priority_values CHECK (priority >= 1 AND priority <= 10) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_priority_values;
COMMIT;

-- shq.tasks: nothing checks status; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_status_values;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_status_values CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_status_values;
COMMIT;

-- shq.tasks: nothing checks task_type; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_task_type_values;
COMMIT;
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_task_type_values CHECK (task_type IN ('email_send', 'imo_generate', 'compliance_audit', 'data_sync')) NOT VALID;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_task_type_values;
COMMIT;
RESET lock_timeout;
RESET statement_timeout;
