-- An idempotency key belongs to one API key, or to the account itself (0), and its answer is given again only to who may
-- still do what it needed. What was kept before may hold secrets.
DROP TABLE idempotency_keys;
CREATE TABLE idempotency_keys (
    account_id BIGINT NOT NULL,
    api_key_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    -- Names of permissions, with blanks between them.
    permissions TEXT NOT NULL,
    status BIGINT NOT NULL,
    location TEXT NOT NULL,
    etag TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, api_key_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
