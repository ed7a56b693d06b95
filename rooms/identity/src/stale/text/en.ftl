problem-set-meanwhile = Somebody saved “{ $value }” here meanwhile. Save again to keep yours.
problem-emptied-meanwhile = Somebody left this empty meanwhile. Save again to keep yours.
