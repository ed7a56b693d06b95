problem-set-meanwhile = 在此期间有人在这里保存了“{ $value }”。如要保留您的内容，请再次保存。
problem-emptied-meanwhile = 在此期间有人清空了此项。如要保留您的内容，请再次保存。
