-- A code of Hong Kong's exchange is kept with four figures at the least, however many noughts it was given with, so that
-- 700, 0700 and 00700 are one. Where two such stand already, they stay as they are for somebody to decide.
UPDATE enterprise_identifiers SET
    value = CASE WHEN length(ltrim(value, '0')) >= 4 THEN ltrim(value, '0')
            ELSE substr('0000' || ltrim(value, '0'), length(ltrim(value, '0')) + 1) END
WHERE scheme = 'listing' AND register = 'XHKG' AND value <> '' AND ltrim(value, '0123456789') = ''
  AND NOT EXISTS (
    SELECT 1 FROM enterprise_identifiers other
    WHERE other.scheme = 'listing' AND other.register = 'XHKG' AND other.id <> enterprise_identifiers.id
      AND ltrim(other.value, '0') = ltrim(enterprise_identifiers.value, '0')
  );
