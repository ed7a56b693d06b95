enterprise-list-kind = Kind
enterprise-list-tier = Confidentiality
enterprise-list-owner = Responsible officer
enterprise-list-team = Team
enterprise-list-retired-only = Retired records instead
enterprise-created = Registered
enterprise-owner-set = Set officer
enterprise-team-set = Set team
enterprise-tier-set = Set confidentiality
enterprises-were-changed = { $n ->
    [one] 1 enterprise was changed.
   *[other] { $n } enterprises were changed.
 }
enterprises-import-file = Import enterprises
enterprises-mine = My enterprises
