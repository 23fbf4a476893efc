CREATE TABLE `project.imo_analytics.events` (
  event_id STRING NOT NULL,
  event_type STRING NOT NULL,
  user_id STRING,
  event_data JSON,

  heir_id STRING NOT NULL,
  process_id STRING NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP(),
  created_by STRING NOT NULL,
  orbt_layer INT64 DEFAULT 4,
  blueprint_version STRING DEFAULT '1.0'
)
PARTITION BY DATE(created_at)
CLUSTER BY event_type;
