#!/bin/sh
# The fake Salesforce checks itself: are its strange behaviours really shown? TAP; needs no root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
pid=
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

"$here/make-ca.sh" "$work/ca"
"$here/salesforce.py" --port 0 --cert "$work/ca/leaf.pem" --control "$work/ctl" \
    --pidfile "$work/pid" --watch-parent >"$work/out" 2>"$work/err" &
pid=$!
"$here/control.py" "$work/ctl" wait || {
	echo "Bail out! the fake did not start"
	cat "$work/err" >&2
	exit 1
}
port=$(sed -n 's/^ready port=\([0-9]*\).*/\1/p' "$work/out")
rc=0
python3 "$here/test_fake.py" "$port" "$work/ca" "$work/ctl" || rc=1
if [ -s "$work/err" ]; then
	sed 's/^/# fake: /' "$work/err"
	echo "Bail out! the fake complained on stderr"
	rc=1
fi
exit "$rc"
