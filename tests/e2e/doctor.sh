# shellcheck shell=bash
# What the tests of sfoauth doctor share. Sourced after lib.sh and desktop.sh.
# shellcheck disable=SC2154 # out, status, W

# green NAME COMMAND...: the command finds nothing wrong.
green()
{
	local name=$1
	shift
	run "$@" --json
	is "$name: nothing is wrong" "$status $(jq -c '[.status, .schema, [.checks[] | select(.result == "failed")]]' <<<"$out")" \
	    '0 ["ok",1,[]]'
}

# fault NAME STATUS CHECKS SAID REMEDY COMMAND...: exactly these checks fail (names, sorted, once each); the
# first that failed says this and what helps; the status is its own.
fault()
{
	local name=$1 code=$2 checks=$3 said=$4 remedy=$5
	shift 5
	run "$@" --json
	is "$name: the fault, and no other" \
	    "$status $(jq -r '[.checks[] | select(.result == "failed") | .check] | unique | join(" ")' <<<"$out")" "$code $checks"
	like "$name: what was found" "$(jq -r '[.checks[] | select(.result == "failed")][0].said' <<<"$out")" "$said"
	like "$name: what helps" "$(jq -r '[.checks[] | select(.result == "failed")][0].remedy' <<<"$out")" "$remedy"
	is "$name: every failure has a remedy and a class" \
	    "$(jq '[.checks[] | select(.result == "failed") | (.remedy | length > 20) and has("error")] | all' <<<"$out")" true
}

# keep FILE: as it is now; put_back FILE: as it was kept.
keep()
{
	mkdir -p "$W/kept${1%/*}" && cp -a "$1" "$W/kept$1"
}
put_back()
{
	rm -f "$1" && cp -a "$W/kept$1" "$1"
}
