project-list-nature = Nature of entry
project-list-owner = Responsible officer
project-list-team = Team
project-list-tier = Confidentiality
project-list-batch = Batch or ceremony
project-list-retired = Retired
project-list-retired-only = Retired projects instead
project-created = Started
project-owner-set = Set officer
project-team-set = Set team
project-tier-set = Set confidentiality
projects-were-changed = { $n ->
    [one] 1 project was changed.
   *[other] { $n } projects were changed.
 }
projects-mine = My projects
project-list-unborne = No longer borne out
project-list-unborne-only = Only where what a passed gate asked for was taken back
