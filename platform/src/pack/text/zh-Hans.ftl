# 地区设置带来的数据。
pack-codes = 代码表
pack-holidays = 公众假期
pack-list = 代码表
pack-code = 代码
pack-name = 名称
pack-day = 日期
event-holiday-set = 已设定公众假期
