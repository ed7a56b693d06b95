import-list-q = Name of the file begins with
import-list-kind = What it holds
import-list-state = State
import-list-by = Brought in by
import-list-none = No import matches these filters.
