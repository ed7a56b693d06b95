bodies-heading = 机构
body-code = 代码
body-name = 名称
body-abbreviation = 简称
body-kind = 类别
