-- A clearance says under which name, who recorded it, and, when it is taken back, why.
ALTER TABLE name_clearances ADD COLUMN named_as TEXT;
ALTER TABLE name_clearances ADD COLUMN recorded_by_name TEXT NOT NULL DEFAULT '';
ALTER TABLE name_clearances ADD COLUMN withdrawn_at BIGINT;
ALTER TABLE name_clearances ADD COLUMN withdrawn_reason TEXT;
