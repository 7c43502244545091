#!/bin/bash
# Run the same programs two times at once, with a key of a real sign-in in root's own keyring. Prints what
# tests/run says of each run.
#
#   twice.sh PROGRAM...
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
said=$(mktemp -d)
# shellcheck disable=SC2016 # for the inner shell
key=$(keyctl session - sh -c 'keyctl link @u @s; key=$(keyctl add user "$0" real @u) &&
    keyctl timeout "$key" 3600 && keyctl setperm "$key" 0x3f3f0000 && echo "$key"' "sfoauth:token:https://twice-$$.my.salesforce.com:443#root@acme.example" 2>/dev/null | tail -n 1)
trap 'keyctl unlink "$key" @u 2>/dev/null; rm -rf "$said"' EXIT
tests/run -j 2 -t 300 -l first "$@" >"$said/first" 2>&1 &
first=$!
tests/run -j 2 -t 300 -l second "$@" >"$said/second" 2>&1 &
second=$!
status=0
wait $first || status=1
wait $second || status=1
cat "$said/first" "$said/second"
if [ "$(keyctl pipe "$key")" != real ]; then
	echo "FAILED: root's own key is gone"
	status=1
fi
exit $status
