looks-heading = Who has looked
looks-about = Opening, exporting or printing a record of a restricted tier is noted once a person and hour; opening a paper’s file is noted each time.
looks-none = Nobody has looked yet, as far as looks are noted.
looks-at = When
looks-who = Who
looks-way = How
looks-what = What
