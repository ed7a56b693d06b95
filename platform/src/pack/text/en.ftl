# What the pack brought in.
pack-codes = Code lists
pack-holidays = Public holidays
pack-list = List
pack-code = Code
pack-name = Name
pack-day = Day
event-holiday-set = Public holiday set
