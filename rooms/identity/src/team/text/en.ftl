bodies-heading = Bodies
body-code = Code
body-name = Name
body-abbreviation = Short
body-kind = Kind
