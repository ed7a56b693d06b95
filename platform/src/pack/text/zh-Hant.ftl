# 地區設定帶來的資料。
pack-codes = 代碼表
pack-holidays = 公眾假期
pack-list = 代碼表
pack-code = 代碼
pack-name = 名稱
pack-day = 日期
event-holiday-set = 已設定公眾假期
