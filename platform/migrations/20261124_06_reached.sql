-- The highest key that a node's holders have made, as far as they told.
ALTER TABLE nodes ADD COLUMN reached BIGINT NOT NULL DEFAULT 0;
