-- 5 of 7, REVIEW: read before you run it: constraints are added NOT VALID, then validated while writers go on
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.users: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_blueprint_version_required;
ALTER TABLE public.users ADD CONSTRAINT users_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_blueprint_version_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users ALTER COLUMN blueprint_version SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_blueprint_version_required;

-- public.users: created_at accepts NULL
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_created_at_required;
ALTER TABLE public.users ADD CONSTRAINT users_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_created_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users ALTER COLUMN created_at SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_created_at_required;

-- public.users: orbt_layer accepts NULL
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_orbt_layer_required;
ALTER TABLE public.users ADD CONSTRAINT users_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_orbt_layer_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users ALTER COLUMN orbt_layer SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_orbt_layer_required;

-- public.users: updated_at accepts NULL
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_updated_at_required;
ALTER TABLE public.users ADD CONSTRAINT users_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_updated_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users ALTER COLUMN updated_at SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_updated_at_required;

-- public.users: nothing checks role; rows and writers that break it are rejected
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_role_values;
ALTER TABLE public.users ADD CONSTRAINT users_role_values CHECK (role IN ('user', 'admin', 'moderator')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_role_values;

-- public.users: nothing checks email; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_email_format;
ALTER TABLE public.users ADD CONSTRAINT users_email_format CHECK (email ~ E'^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_email_format;

-- public.users: nothing checks orbt_layer; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_orbt_layer_range;
ALTER TABLE public.users ADD CONSTRAINT users_orbt_layer_range CHECK (orbt_layer >= 1 AND orbt_layer <= 4) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_orbt_layer_range;

-- public.users: nothing checks process_id; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_process_id_format;
ALTER TABLE public.users ADD CONSTRAINT users_process_id_format CHECK (process_id ~ E'^PRC-[A-Z]+-\\d{10}(\\d{3})?$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_process_id_format;

-- public.users: nothing checks updated_at and created_at; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_updated_at_order;
ALTER TABLE public.users ADD CONSTRAINT users_updated_at_order CHECK (updated_at >= created_at) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_updated_at_order;

-- public.users: nothing checks blueprint_version; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_blueprint_version_format;
ALTER TABLE public.users ADD CONSTRAINT users_blueprint_version_format CHECK (blueprint_version ~ E'^\\d+\\.\\d+(\\.\\d+)?$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_blueprint_version_format;

-- public.users: nothing checks heir_id; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_heir_id_pattern;
ALTER TABLE public.users ADD CONSTRAINT users_heir_id_pattern CHECK (heir_id ~ E'^HEIR\\-\\d{4}\\-\\d{2}\\-USER\\-AUTH\\-\\d{2}$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_heir_id_pattern;

-- public.imos: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_blueprint_version_required;
ALTER TABLE public.imos ADD CONSTRAINT imos_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_blueprint_version_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos ALTER COLUMN blueprint_version SET NOT NULL;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_blueprint_version_required;

-- public.imos: created_at accepts NULL
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_created_at_required;
ALTER TABLE public.imos ADD CONSTRAINT imos_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_created_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos ALTER COLUMN created_at SET NOT NULL;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_created_at_required;

-- public.imos: orbt_layer accepts NULL
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_orbt_layer_required;
ALTER TABLE public.imos ADD CONSTRAINT imos_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_orbt_layer_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos ALTER COLUMN orbt_layer SET NOT NULL;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_orbt_layer_required;

-- public.imos: updated_at accepts NULL
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_updated_at_required;
ALTER TABLE public.imos ADD CONSTRAINT imos_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_updated_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos ALTER COLUMN updated_at SET NOT NULL;
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_updated_at_required;

-- public.imos: nothing checks imo_id; rows and writers that break it are rejected
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_imo_id_pattern;
ALTER TABLE public.imos ADD CONSTRAINT imos_imo_id_pattern CHECK (imo_id ~ '^imo_[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_imo_id_pattern;

-- public.imos: nothing checks budget; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_budget_values;
ALTER TABLE public.imos ADD CONSTRAINT imos_budget_values CHECK (budget > 0) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_budget_values;

-- public.imos: nothing checks status; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_status_values;
ALTER TABLE public.imos ADD CONSTRAINT imos_status_values CHECK (status IN ('draft', 'active', 'paused', 'completed', 'archived')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_status_values;

-- public.imos: nothing checks compliance_score; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.imos DROP CONSTRAINT IF EXISTS imos_compliance_score_range;
ALTER TABLE public.imos ADD CONSTRAINT imos_compliance_score_range CHECK (compliance_score >= 0 AND compliance_score <= 100) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.imos VALIDATE CONSTRAINT imos_compliance_score_range;

-- public.composio_executions: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_blueprint_version_required;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_blueprint_version_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.composio_executions ALTER COLUMN blueprint_version SET NOT NULL;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_blueprint_version_required;

-- public.composio_executions: created_at accepts NULL
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_created_at_required;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_created_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.composio_executions ALTER COLUMN created_at SET NOT NULL;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_created_at_required;

-- public.composio_executions: orbt_layer accepts NULL
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_orbt_layer_required;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_orbt_layer_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.composio_executions ALTER COLUMN orbt_layer SET NOT NULL;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_orbt_layer_required;

-- public.composio_executions: updated_at accepts NULL
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_updated_at_required;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_updated_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.composio_executions ALTER COLUMN updated_at SET NOT NULL;
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_updated_at_required;

-- public.composio_executions: nothing checks status; rows and writers that break it are rejected
ALTER TABLE public.composio_executions DROP CONSTRAINT IF EXISTS composio_executions_status_values;
ALTER TABLE public.composio_executions ADD CONSTRAINT composio_executions_status_values CHECK (status IN ('pending', 'running', 'success', 'failed', 'timeout')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.composio_executions VALIDATE CONSTRAINT composio_executions_status_values;

-- public.ctb_compliance_log: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_blueprint_version_required;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_blueprint_version_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log ALTER COLUMN blueprint_version SET NOT NULL;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_blueprint_version_required;

-- public.ctb_compliance_log: created_at accepts NULL
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_created_at_required;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_created_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log ALTER COLUMN created_at SET NOT NULL;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_created_at_required;

-- public.ctb_compliance_log: orbt_layer accepts NULL
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_orbt_layer_required;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_orbt_layer_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log ALTER COLUMN orbt_layer SET NOT NULL;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_orbt_layer_required;

-- public.ctb_compliance_log: updated_at accepts NULL
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_updated_at_required;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_updated_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log ALTER COLUMN updated_at SET NOT NULL;
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_updated_at_required;

-- public.ctb_compliance_log: nothing checks heir_id; rows and writers that break it are rejected
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_heir_id_format;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_heir_id_format CHECK (heir_id ~ E'^HEIR-\\d{4}-\\d{2}-[A-Z]+-[A-Z]+-\\d{2}$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_heir_id_format;

-- public.ctb_compliance_log: nothing checks action_type; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_action_type_values;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_action_type_values CHECK (action_type IN ('tag', 'audit', 'remediate')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_action_type_values;

-- public.ctb_compliance_log: nothing checks enforcement_level; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_enforcement_level_values;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_enforcement_level_values CHECK (enforcement_level IN ('STRICT', 'STANDARD', 'RELAXED', 'NONE')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_enforcement_level_values;

-- public.ctb_compliance_log: nothing checks status; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_status_values;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_status_values CHECK (status IN ('completed', 'failed', 'partial')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_status_values;

-- public.ctb_compliance_log: nothing checks orbt_layer; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_orbt_layer_range;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_orbt_layer_range CHECK (orbt_layer >= 1 AND orbt_layer <= 4) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_orbt_layer_range;

-- public.ctb_compliance_log: nothing checks process_id; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_process_id_format;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_process_id_format CHECK (process_id ~ E'^PRC-[A-Z]+-\\d{10}(\\d{3})?$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_process_id_format;

-- public.ctb_compliance_log: nothing checks updated_at and created_at; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_updated_at_order;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_updated_at_order CHECK (updated_at >= created_at) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_updated_at_order;

-- public.ctb_compliance_log: nothing checks blueprint_version; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.ctb_compliance_log DROP CONSTRAINT IF EXISTS ctb_compliance_log_blueprint_version_format;
ALTER TABLE public.ctb_compliance_log ADD CONSTRAINT ctb_compliance_log_blueprint_version_format CHECK (blueprint_version ~ E'^\\d+\\.\\d+(\\.\\d+)?$') NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.ctb_compliance_log VALIDATE CONSTRAINT ctb_compliance_log_blueprint_version_format;

-- public.error_log: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_blueprint_version_required;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_blueprint_version_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.error_log ALTER COLUMN blueprint_version SET NOT NULL;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_blueprint_version_required;

-- public.error_log: created_at accepts NULL
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_created_at_required;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_created_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.error_log ALTER COLUMN created_at SET NOT NULL;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_created_at_required;

-- public.error_log: orbt_layer accepts NULL
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_orbt_layer_required;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_orbt_layer_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.error_log ALTER COLUMN orbt_layer SET NOT NULL;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_orbt_layer_required;

-- public.error_log: updated_at accepts NULL
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_updated_at_required;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_updated_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE public.error_log ALTER COLUMN updated_at SET NOT NULL;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_updated_at_required;

-- public.error_log: nothing checks resolution_status; rows and writers that break it are rejected
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_resolution_status_values;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_resolution_status_values CHECK (resolution_status IN ('unresolved', 'in_progress', 'resolved', 'archived')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE public.error_log VALIDATE CONSTRAINT error_log_resolution_status_values;

-- shq.tasks: blueprint_version accepts NULL
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_blueprint_version_required;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_blueprint_version_required CHECK (blueprint_version IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_blueprint_version_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE shq.tasks ALTER COLUMN blueprint_version SET NOT NULL;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_blueprint_version_required;

-- shq.tasks: created_at accepts NULL
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_created_at_required;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_created_at_required CHECK (created_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_created_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE shq.tasks ALTER COLUMN created_at SET NOT NULL;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_created_at_required;

-- shq.tasks: orbt_layer accepts NULL
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_orbt_layer_required;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_orbt_layer_required CHECK (orbt_layer IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_orbt_layer_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE shq.tasks ALTER COLUMN orbt_layer SET NOT NULL;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_orbt_layer_required;

-- shq.tasks: updated_at accepts NULL
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_updated_at_required;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_updated_at_required CHECK (updated_at IS NOT NULL) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_updated_at_required;
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE shq.tasks ALTER COLUMN updated_at SET NOT NULL;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_updated_at_required;

-- shq.tasks: nothing checks priority; rows and writers that break it are rejected
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_priority_values;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_priority_values CHECK (priority >= 1 AND priority <= 10) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_priority_values;

-- shq.tasks: nothing checks status; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_status_values;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_status_values CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_status_values;

-- shq.tasks: nothing checks task_type; rows and writers that break it are rejected
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_task_type_values;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_task_type_values CHECK (task_type IN ('email_send', 'imo_generate', 'compliance_audit', 'data_sync')) NOT VALID;
SET lock_timeout = '60s';
SET statement_timeout = '0';
ALTER TABLE shq.tasks VALIDATE CONSTRAINT tasks_task_type_values;
