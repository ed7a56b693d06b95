# A private PostgreSQL server, for script/test and script/bench. Read by them, not run.

# The folder of PostgreSQL's own programs; Debian and Homebrew keep them off the PATH.
postgres_folder() {
  local initdb newest=
  if initdb=$(command -v initdb) && command -v pg_ctl >/dev/null 2>&1; then
    dirname "$initdb"
    return
  fi
  for initdb in /usr/lib/postgresql/*/bin/initdb {/opt/homebrew,/usr/local}/opt/postgresql@*/bin/initdb; do
    [ -x "$initdb" ] && newest=$(dirname "$initdb")
  done
  [ -n "$newest" ] && printf '%s\n' "$newest"
}

# Decides who runs the server, and gives them the folder: PostgreSQL refuses to run as root.
postgres_owner() {
  local folder
  postgres_user=postgres
  for folder in "$@"; do mkdir -p "$folder"; done
  if [ "$(id -u)" = 0 ]; then
    id -u "$postgres_user" >/dev/null 2>&1 || postgres_user=nobody
    chown "$postgres_user" "${@: -1}"
  fi
}

as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && runuser -u "$postgres_user" -- "$@")
  else
    "$@"
  fi
}

# macOS may lack C.UTF-8; plain C sorts the same.
postgres_locale() {
  if locale -a 2>/dev/null | grep -qix 'C\.utf-\{0,1\}8'; then echo C.UTF-8; else echo C; fi
}

# Starts the server of a folder on a free port, which it puts in postgres_port.
postgres_start() {
  local try
  for try in 1 2 3 4 5; do
    while :; do
      postgres_port=$((20000 + RANDOM % 20000))
      (exec 3<>"/dev/tcp/127.0.0.1/$postgres_port") 2>/dev/null || break
    done
    as_postgres "$postgres_bin/pg_ctl" -D "$1/data" -l "$1/server.log" -o "-p $postgres_port" -w start >/dev/null && return
  done
  return 1
}
