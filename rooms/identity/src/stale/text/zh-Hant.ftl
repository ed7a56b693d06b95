problem-set-meanwhile = 期間有人在此儲存了「{ $value }」。如要保留你的版本，請再次儲存。
problem-emptied-meanwhile = 期間有人清空了此欄。如要保留你的版本，請再次儲存。
