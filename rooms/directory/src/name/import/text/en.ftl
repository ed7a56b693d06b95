import-names = Names
import-identifiers = Identifiers
name-enterprise = Enterprise
identifier-enterprise = Enterprise
