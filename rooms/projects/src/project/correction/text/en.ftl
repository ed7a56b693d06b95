project-correction-heading = Correct: { $field }
project-correction-value = New value
project-correction-effective-on = From which day
project-correction-reason = Why
