CREATE OR REPLACE FUNCTION update_updated_at_column() RETURNS TRIGGER AS $$
BEGIN
  NEW.updated_at = CURRENT_TIMESTAMP;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER update_users_updated_at
  BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TRIGGER update_imos_updated_at
  BEFORE UPDATE ON imos
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE OR REPLACE FUNCTION validate_heir_id() RETURNS TRIGGER AS $$
BEGIN
  IF NEW.heir_id !~ '^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$' THEN
    RAISE EXCEPTION 'invalid HEIR id: %', NEW.heir_id;
  END IF;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER validate_users_heir_id
  BEFORE INSERT OR UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION validate_heir_id();
