#!/bin/bash
# How much of each parser the fuzz corpus reaches: a table of lines, and failure below 95 %. Reads
# the replays in $B, built by clang for coverage. Lines that no input reaches are not counted: those
# that only a lack of memory or of randomness reaches, and the functions below, which parse nothing.
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build/coverage}
LEAST=${LEAST:-95}
parsers='common/config/config.c common/config/config_parse.c common/config/config_row.c
    common/config/config_value.c common/config/config_words.c common/ipc/facts_frame.c common/token/gitcred.c
    common/ipc/outcome.c
    common/policy/account_class.c common/policy/hosts.c common/policy/identity.c common/policy/mapping.c common/policy/owner.c common/base/sfhost.c common/ipc/job.c common/base/list.c common/base/log.c common/base/origin.c
    common/base/sfid.c common/base/text.c common/token/token.c common/ipc/wire.c common/worker/flow/reply_class.c
    common/callback/callback.c common/worker/flow/flow.c common/worker/flow/flow_device.c common/worker/flow/flow_refresh.c
    common/worker/http/form.c common/base/form_value.c common/worker/json/json.c common/worker/json/json_scan.c common/callback/callback_request.c
    common/worker/flow/whois.c credhelper/cli/cmd/rest_records.c credhelper/cli/host/pam_stack.c credhelper/cli/host/audit_line.c'
# FUNCTION why
no_parsers='
sf_rest_records_print    writes records
sf_pam_stack_read       opens a file
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
