#!/bin/bash
# Measure against DESIGN.md, "Bars", all in one run on one machine, and write the rows as a table.
#
#   tests/bench/run.sh FILE.md [short]
#
# Times are compared with those of other programs in the same run, never with a clock. Ends with 1
# where a bar is missed. Works on the product in $SF_STAGE, in the private house of the component
# tests. Again: make bench.
# short: few rounds, printed as TAP; proves that everything is measured, and fails for no bar.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/e2e/desktop.sh
. "$src/tests/e2e/desktop.sh"
[ $# = 1 ] || [ "$*" = "$1 short" ] || bail 'usage: tests/bench/run.sh FILE.md [short]'
is_short=$(($# - 1))
report=$W/bench.md
missed=0
skipped=()

# Where the output is TAP, comments.
shown()
{
	if [ $is_short = 1 ]; then sed 's/^/# /'; else cat; fi
}

# row WHAT BAR MEASURED DETAILS: BAR is "= N" or "<= N"; anything but a number misses it.
row()
{
	local verdict=met
	awk -v got="$3" -v bar="$2" 'BEGIN { split(bar, part, " "); limit = part[2] + 0
	    if (got !~ /^[0-9.]+$/) exit 1
	    exit part[1] == "=" ? got + 0 != limit : got + 0 > limit }' || { verdict=MISSED && missed=1; }
	printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$verdict" "$4" | tee -a "$report" | shown
	[ $is_short = 0 ] || like "measured: $1" "$3" '^[0-9.]+$'
}

# so_many FULL SHORT
so_many()
{
	[ $is_short = 0 ] && echo "$1" || echo "$2"
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { if (a > 0 && b > 0) printf "%.2f", a / b; else print "-" }'
}

read -ra base < <(env -u MAKEFLAGS make -C "$src" --no-print-directory -s rooms | sed -n 's/^BASE //p')
# build NAME [ARGUMENT]...: tests/bench/NAME.c
read -ra base < <(make -C "$src" --no-print-directory -s rooms | sed -n 's/^BASE //p')
build()
{
	gcc -O2 -std=gnu17 -D_GNU_SOURCE "${base[@]/#/-iquote$src/}" -o "$W/$1" "$src/tests/bench/$1.c" "${@:2}" ||
	    bail "$1.c does not build"
	chmod 755 "$W/$1"
}

# median RUNS INPUT PROGRAM...: microseconds, as ada at her desktop
median()
{
	desk "$W/time" "$2" "$(so_many "$1" 5)" "${@:3}" | cut -d' ' -f1
}

build time
build cold
build crowd
build first "${SF_STAGE%/*}/libsfbase.a"
build plain -lcurl -lssl -lcrypto
build host -lpam
echo 'int main(void) { return 0; }' | gcc -O2 -x c -o "$W/empty" - || bail 'the empty program'
# shellcheck disable=SC2046 # a list of flags
gcc -O2 -o "$W/libsecret-helper" /usr/share/doc/git/contrib/credential/libsecret/*.c \
    $(pkg-config --cflags --libs libsecret-1) || bail 'git-credential-libsecret'
chmod 755 "$W/empty" "$W/libsecret-helper"
printf '%b\n' "$GIT_REQUEST" >"$W/home/ada/request"
request=$W/home/ada/request
get=/usr/local/bin/git-credential-sfoauth
{
	echo "\`make bench\` on $(uname -m), $(nproc) processors; times are medians, and only ratios count."
	echo
	echo '| what | bar | measured | | details |'
	echo '|---|---|---|---|---|'
} | tee "$report" | shown

# shellcheck source=tests/bench/login.sh
. "$src/tests/bench/login.sh"
# shellcheck source=tests/bench/helper.sh
. "$src/tests/bench/helper.sh"
install -D -m 644 "$report" "$1"
[ $is_short = 0 ] || done_testing
exit $missed
