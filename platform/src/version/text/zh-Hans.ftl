record-changed-meanwhile = 在您编辑期间，有人更改了相同字段。
