#!/bin/bash
# Tests that run at once have numbers, and with them uids and keyrings, of their own.
. "$(dirname "$0")/lib.sh"

slots=("$src/tests/slots.py")
pids=() # of what runs in the background; jobs may have forgotten one that has ended
# hold NAME: until the file $W/NAME.end is there.
hold()
{
	# shellcheck disable=SC2016 # for the inner shell
	"${slots[@]}" sh -c 'echo "$SF_SLOT" >"$0.new" && mv "$0.new" "$0"; until [ -e "$0.end" ]; do sleep 0.05; done' "$W/$1" &
	pids+=($!)
}
for ((i = 0; i < 20; i++)); do hold "held$i"; done
ok 'twenty at once have a number' wait_for 20 test -s "$W/held19"
for ((i = 0; i < 20; i++)); do wait_for 20 test -s "$W/held$i"; done
is 'each has its own' "$(sort -u "$W"/held? "$W"/held?? | wc -l)" 20
ok 'all of them below 180: uids stay below 65534' test "$(sort -n "$W"/held? "$W"/held?? | tail -n 1)" -lt 180
for ((i = 0; i < 20; i++)); do : >"$W/held$i.end"; done
wait "${pids[@]}"

# 80 numbers: if one that has ended kept its own, some of these would have none.
all=0
for ((i = 0; i < 2; i++)); do
	pids=()
	for ((j = 0; j < 45; j++)); do "${slots[@]}" true & pids+=($!); done 2>/dev/null
	for pid in "${pids[@]}"; do wait "$pid" || all=1; done
done
is 'numbers come back when their owner ends' "$all" 0
hold killed
pid=$!
wait_for 5 test -s "$W/killed"
kill -9 $pid && wait $pid 2>/dev/null
is 'and when it is killed: all 80 are free' "$(/usr/bin/python3 -B -c '
import sys; sys.path.insert(0, sys.argv[1]); import slots
s = slots.Slots(); print(len({s.take() for _ in range(slots.COUNT)}))' "$src/tests")" 80
: >"$W/killed.end"
like 'the one too many is told' "$(/usr/bin/python3 -B -c '
import sys; sys.path.insert(0, sys.argv[1]); import slots
s = slots.Slots(); [s.take() for _ in range(slots.COUNT + 1)]' "$src/tests" 2>&1)" '80 tests run on this machine already'
"${slots[@]}" sh -c 'exit 7'
is "the command's status is passed on" $? 7
cat >"$W/tap" <<'END'
#!/bin/sh
echo "1..1"; echo "ok 1 - slot $SF_SLOT"; sleep 2
END
chmod 755 "$W/tap"
pids=()
for i in 1 2; do "$src/tests/run" -j 2 -v "$W/tap" "$W/tap" >"$W/run$i" & pids+=($!); done
wait "${pids[@]}"
is 'two runs at once: four numbers' "$(grep -ho 'slot [0-9]*' "$W/run1" "$W/run2" | sort -u | wc -l)" 4
done_testing
