#!/bin/bash
# One fuzz target for a few seconds, from its corpus on, with the same seed each time. Prints TAP.
#
#   tests/fuzz/short.sh PROGRAM [SECONDS]
set -u
cd "$(dirname "$0")/../.." || exit 1
name=${1##*/fuzz_}
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
said=$("$1" -seed=1 -max_total_time="${2:-5}" -verbosity=0 -print_final_stats=1 -artifact_prefix="$new/found-" \
    "$new" "tests/fuzz/corpus/$name" 2>&1)
status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' <<<"$said")
if [ $status = 0 ]; then
	echo "ok 1 - fuzz_$name: ${runs:-0} inputs"
else
	echo "not ok 1 - fuzz_$name"
	sed 's/^/# /' <<<"$said"
	find "$new" -name 'found-*' -exec base64 {} + | sed 's/^/# /'
fi
echo 1..1
