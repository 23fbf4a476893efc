CREATE INDEX idx_imos_user_status ON imos (user_id, status);
CREATE INDEX idx_composio_executions_tool_status ON composio_executions (tool_name, status);
CREATE INDEX idx_error_log_unresolved ON error_log (created_at DESC)
  WHERE resolution_status = 'unresolved';
CREATE INDEX idx_imos_components ON imos USING GIN (components);
