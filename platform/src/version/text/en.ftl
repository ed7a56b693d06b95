record-changed-meanwhile = Somebody changed the same fields while you were editing.
