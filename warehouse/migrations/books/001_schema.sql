-- Which migrations the books have seen, and the digest of each as it was applied.
CREATE TABLE migrations (
    name VARCHAR PRIMARY KEY,
    sha256 VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
);
