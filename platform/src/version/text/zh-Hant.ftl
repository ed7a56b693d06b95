record-changed-meanwhile = 你修改期間，有人更改了相同欄位。
