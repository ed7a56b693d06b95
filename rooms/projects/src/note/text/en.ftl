note-write = Write a note
project-note-text = What to remember
note-was-written = The note was kept.
problem-note-empty = Write something.
event-note-written = Note written
