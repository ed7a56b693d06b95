gates-heading = Stage gates
gate-into = Into stage
gate-all-of = All of
gate-one-of = One of
