-- Places of incorporation and headquarters have a list of their own now. An office that is loaded already keeps the codes
-- it has used; the rest of the pack's list can be added on the page of code lists.
INSERT INTO codes (list, code, name_en, name_zh_hant, name_zh_hans, valid_from, valid_to, position, source, aliases, group_code)
SELECT 'jurisdiction', code, name_en, name_zh_hant, name_zh_hans, valid_from, valid_to, position, source, aliases, ''
FROM codes WHERE list = 'origin';
