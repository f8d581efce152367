#!/bin/sh
# Stands in for git. Beside it lie: real (git itself), count (of calls so far), at (the call to spoil), kind (how).
here=${0%/*}
[ "$1" = version ] && exec "$here/real" "$@"
count=$(($(cat "$here/count") + 1))
echo "$count" >"$here/count"
[ "$count" = "$(cat "$here/at")" ] || exec "$here/real" "$@"
case $(cat "$here/kind") in
fails) echo "fatal: injected" >&2; exit 128 ;;
killed-before) kill -9 $$ ;;
killed-after) "$here/real" "$@" >/dev/null 2>&1; kill -9 $$ ;;
leaves-lock)
	lock=$GIT_INDEX_FILE.lock
	[ "$1" = update-ref ] && lock=$GIT_DIR/$2.lock
	case $lock in
	*/no-index.lock) ;; # a call that has no index locks none
	*) mkdir -p "${lock%/*}" && : >"$lock" ;;
	esac
	kill -9 $$
	;;
damages-index)
	[ -f "$GIT_INDEX_FILE" ] && echo damaged >"$GIT_INDEX_FILE"
	exec "$here/real" "$@"
	;;
full-disk) exec sh -c 'ulimit -f 0; exec "$0" "$@"' "$here/real" "$@" ;;
esac
