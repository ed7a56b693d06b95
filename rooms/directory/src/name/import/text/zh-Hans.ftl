import-names = 名称
import-identifiers = 识别编号
name-enterprise = 企业
identifier-enterprise = 企业
