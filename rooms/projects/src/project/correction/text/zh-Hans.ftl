project-correction-heading = 更正：{ $field }
project-correction-value = 新值
project-correction-effective-on = 自哪天起
project-correction-reason = 原因
