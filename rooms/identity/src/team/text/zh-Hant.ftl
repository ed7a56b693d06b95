bodies-heading = 機構
body-code = 代碼
body-name = 名稱
body-abbreviation = 簡稱
body-kind = 類別
