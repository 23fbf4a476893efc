CREATE TABLE t (plain text, own text COLLATE "C", n int);
CREATE INDEX a ON t (plain COLLATE "C"); CREATE INDEX b ON t (plain COLLATE "default"); CREATE INDEX c ON t (own COLLATE "C");
CREATE INDEX d ON t (own COLLATE "POSIX"); CREATE INDEX e ON t (own); CREATE INDEX f ON t ((own COLLATE "C"), (plain COLLATE "C"));
CREATE INDEX g ON t (lower(plain) COLLATE "C", (lower(own) COLLATE "POSIX")); CREATE INDEX h ON t (((plain) COLLATE "C") DESC);
