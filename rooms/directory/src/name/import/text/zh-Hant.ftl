import-names = 名稱
import-identifiers = 識別編號
name-enterprise = 企業
identifier-enterprise = 企業
