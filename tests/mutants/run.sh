#!/bin/bash
# Sabotage one rule at a time in a copy of the tree; a test must notice. Prints TAP.
# Arguments: only the mutants whose line holds one of them. SHORT=1: only those marked with *, and
# unit tests alone, for CI. B is where the copy goes.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/e2e/tap.sh
. tests/e2e/tap.sh
W=/nonexistent
tree=${B:-build/mutants}/tree
list=$PWD/tests/mutants/list
python3 -B tests/mutants/changes.py check >/dev/null
tap_result $? 'every row of the list names what is there' || tap_note "$(python3 -B tests/mutants/changes.py check)"
mkdir -p "$tree"
tree=$(cd "$tree" && pwd)
# Times are kept, so that what did not change is not built again.
for part in Makefile README.md .ci common credhelper pam_sfoauth man tests; do
	rm -rf "${tree:?}/$part" && cp -a "$part" "$tree/"
done
cd "$tree" || exit 1
# What the last run left of its mutants is newer than the copied sources: their objects are built again.
if [ -d build ]; then
	find build -name '*.d' -type f -print0 | xargs -0 -r grep -lFf <(python3 -B tests/mutants/changes.py files) --null |
	    sed -z 's/d$/o/' | xargs -0 -r rm -f
fi

build()
{
	env -u MAKEFLAGS make --no-print-directory -s -j"$(nproc)" B=build "$@" >"$tree/said" 2>&1
}

# killer unit:X or e2e:X -> does it pass?
passes()
{
	case $1 in
	unit:*) tests/run -t 60 "build/tests/unit/test_${1#*:}" ;;
	e2e:*) SF_STAGE=$tree/build/stage tests/run -t 300 "tests/e2e/${1#*:}.sh" ;;
	esac >"$tree/said" 2>&1
}

prepare()
{
	case $1 in
	unit:*) build "build/tests/unit/test_${1#*:}" ;;
	e2e:*) build stage ;;
	esac
}

# mutant NAME PLACE KILLER...
mutant()
{
	local name=$1 place=$2 file killer noticed='' verdict=1
	shift 2
	rm -rf "$tree/original" && mkdir "$tree/original"
	if ! file=$(python3 -B tests/mutants/changes.py apply "$place" "$tree/original" 2>"$tree/said"); then
		tap_result 1 "$name"
		tap_note "$(cat "$tree/said")"
		return
	fi
	for killer; do
		if ! prepare "$killer"; then
			noticed="does not build: $(grep -m 1 error: "$tree/said")"
			verdict=1
			break
		fi
		if ! passes "$killer"; then
			verdict=0
			break
		fi
		noticed="survives $*"
	done
	tap_result $verdict "$name" || tap_note "$noticed"
	cp "$tree/original/$(basename "$file")" "$file"
	touch "$file"
}

wanted=()
while IFS= read -r line; do
	case $line in '' | '#'*) continue ;; esac
	if [ $# -gt 0 ] && ! grep -qF "$(printf '%s\n' "$@")" <<<"$line"; then
		continue
	fi
	case ${SHORT:-0}$line in
	1'* '*unit:*) wanted+=("$(sed -E 's/^\* //; s/ e2e:[^ ]+//g' <<<"$line")") ;;
	0*) wanted+=("${line#\* }") ;;
	esac
done <"$list"

# Unharmed, every test named must pass, or its failure would prove nothing.
for killer in $(printf '%s\n' "${wanted[@]}" | sed 's/.*|//' | tr -s ' \t' '\n' | sort -u); do
	prepare "$killer" && passes "$killer"
	tap_result $? "unharmed, $killer passes" || tap_note "$(tail -n 5 "$tree/said")"
done
for line in "${wanted[@]}"; do
	# The first and the last " | " part the columns; one between them is C.
	place=${line#* | }
	# shellcheck disable=SC2086 # a list of words
	mutant "${line%% | *}" "${place% | *}" ${line##* | }
done
done_testing
