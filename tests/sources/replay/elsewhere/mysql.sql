CREATE TABLE users (
  id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(200) NOT NULL, score INT DEFAULT 0, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP, kind ENUM('a', 'b'),
  UNIQUE KEY by_email (email), KEY by_score (score), CHECK (score >= 0)
);
CREATE TABLE posts (
  id INT PRIMARY KEY, user_id INT, title VARCHAR(100), KEY by_score (title),
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE, CONSTRAINT to_missing FOREIGN KEY (title) REFERENCES missing (id)
);
CREATE INDEX by_user ON posts (user_id);
CREATE INDEX by_user ON posts (title);
CREATE INDEX by_score ON posts (missing);
CREATE UNIQUE INDEX by_email ON posts (title);
ALTER TABLE posts ADD COLUMN body TEXT, ADD COLUMN late INT, DROP COLUMN title;
ALTER TABLE posts RENAME COLUMN body TO content;
ALTER TABLE posts ADD CONSTRAINT late_up CHECK (late > 0);
ALTER TABLE posts ADD CHECK (late > 1);
ALTER TABLE posts ADD UNIQUE (late);
ALTER TABLE missing ADD COLUMN a INT;
CREATE TABLE copied LIKE posts;
CREATE VIEW seen AS SELECT id FROM posts;
DROP TABLE users;
DROP TABLE IF EXISTS missing;
CREATE TABLE one (a INT, CONSTRAINT same UNIQUE (a));
CREATE TABLE two (a INT, CONSTRAINT same UNIQUE (a));
