-- A right password is not yet a sign-in where a one-time code is awaited.
ALTER TABLE sign_in_attempts ADD COLUMN awaits_code BOOLEAN NOT NULL DEFAULT FALSE;

-- Keys and links of an account that has ended open nothing, should it be used again.
UPDATE api_keys SET ended_at = (SELECT a.ended_at FROM accounts a WHERE a.id = api_keys.account_id)
WHERE ended_at IS NULL AND account_id IN (SELECT id FROM accounts WHERE ended_at IS NOT NULL);
UPDATE one_time_links SET used_at = (SELECT a.ended_at FROM accounts a WHERE a.id = one_time_links.account_id)
WHERE used_at IS NULL AND account_id IN (SELECT id FROM accounts WHERE ended_at IS NOT NULL);
