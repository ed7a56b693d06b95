note-write = 添加备注
project-note-text = 备注内容
note-was-written = 备注已保存。
problem-note-empty = 请填写内容。
event-note-written = 已添加备注
