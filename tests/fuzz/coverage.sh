#!/bin/bash
# How much of each parser the fuzz corpus reaches: a table of lines, and failure below 95 %. Reads
# the replays in $B, built by clang for coverage. Lines that no input reaches are not counted: those
# that only a lack of memory or of randomness reaches, and the functions below, which parse nothing.
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build/coverage}
LEAST=${LEAST:-95}
parsers='common/base/config.c common/base/config_parse.c common/base/config_row.c
    common/base/config_value.c common/base/config_words.c common/base/facts.c common/base/gitcred.c
    common/base/hint.c
    common/base/identity.c common/base/job.c common/base/log.c common/base/origin.c
    common/base/text.c common/base/token.c common/base/wire.c common/worker/answer.c
    common/worker/callback.c common/worker/flow.c common/worker/flow_device.c common/worker/flow_refresh.c
    common/worker/form.c common/worker/json.c common/worker/json_scan.c common/worker/visit.c
    common/worker/whois.c credhelper/cli/records.c credhelper/cli/stack.c credhelper/cli/refusal.c'
# FUNCTION why
no_parsers='
sf_config_load      opens a file
sf_config_load_user opens a file
free_textp          belongs to these
sf_records_print    writes records
sf_stack_read       opens a file
read_from           opens one that a stack includes
read_file           follows it
free_text           belongs to it
sf_log_to_syslog    writes to syslog
no_memory           says that there is none
'

rm -f "$B"/*.profraw
replays=()
for target in tests/fuzz/fuzz_*.c; do
	name=$(basename "$target" .c)
	name=${name#fuzz_}
	replays+=("$B/tests/fuzz/replay_$name")
	LLVM_PROFILE_FILE=$B/$name.profraw "$B/tests/fuzz/replay_$name" "tests/fuzz/corpus/$name" \
	    >"$B/$name.log" || { cat "$B/$name.log" && exit 1; }
done
llvm-profdata merge -o "$B/all.profdata" "$B"/*.profraw
objects=("${replays[0]}")
for replay in "${replays[@]:1}"; do
	objects+=(-object "$replay")
done
llvm-cov export -format=lcov -instr-profile "$B/all.profdata" "${objects[@]}" >"$B/all.lcov"
python3 tests/fuzz/coverage.py "$B/all.lcov" "$LEAST" "$no_parsers" "$parsers"
