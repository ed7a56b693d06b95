note-write = 加入備註
project-note-text = 備註內容
note-was-written = 備註已儲存。
problem-note-empty = 請填寫內容。
event-note-written = 已加入備註
