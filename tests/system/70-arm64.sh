#!/bin/bash
# The product for arm64: built by a cross compiler against Debian's libraries without a warning, measured
# by the same bars, and the unit tests run by an emulator of its processor (not of its kernel).
set -u
src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/e2e/tap.sh
. "$src/tests/e2e/tap.sh"
cd "$src" || exit 1

command -v aarch64-linux-gnu-gcc >/dev/null || skip_all 'needs aarch64-linux-gnu-gcc (package gcc-aarch64-linux-gnu)'
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64)
# shellcheck source=/dev/null
root=$(tests/system/root.sh arm64 "$(. /etc/os-release && echo "$VERSION_CODENAME")") || bail 'no libraries for arm64'
b=${B:-build}/arm64
# shellcheck disable=SC2034 # for done_testing
W=$b
names=()
for source in tests/unit/test_*.c; do names+=("$(basename "$source" .c)"); done

# What the emulator lacks. These tests are built only.
execs='the emulator cannot execute another program for arm64'
keys='the emulator has no kernel keyrings'
declare -A cannot=(
	[test_sandbox]='the emulator has no seccomp' [test_sandbox_arguments]='the emulator has no seccomp'
	[test_sandbox_key]='the emulator has no seccomp'
	[test_spawn_interposed]='the emulator does not wait for the child of a vfork'
	[test_spawn]=$execs [test_spawn_child]=$execs [test_spawn_verify]=$execs
	[test_keyring]=$execs [test_keyring_service]=$execs [test_store]=$execs
	[test_session]=$keys [test_store_pending]=$keys [test_kernel_app]=$keys
	[test_unload]="the memory that it measures is the emulator's"
)

# build TARGET...: with nothing that the user's make was told about another machine.
build()
{
	env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS -u CPPFLAGS -u LDFLAGS PKG_CONFIG_SYSROOT_DIR="$root" \
	    PKG_CONFIG_LIBDIR="$root/usr/lib/aarch64-linux-gnu/pkgconfig:$root/usr/share/pkgconfig" \
	    make --no-print-directory -s -k -j"$(nproc)" B="$b" CC="aarch64-linux-gnu-gcc --sysroot=$root" \
	    AR=aarch64-linux-gnu-ar WERROR=-Werror "$@" 2>&1
	echo "make: $?"
}
is 'everything builds, without a warning' "$(build all)" 'make: 0'
# They find loader and libraries by themselves: with a root for the emulator, every file of this machine
# would be looked for there first.
loader=$(find "$root/" -type f -name ld-linux-aarch64.so.1 | head -n 1)
libraries=$root/usr/lib/aarch64-linux-gnu:$root/lib/aarch64-linux-gnu
is 'the unit tests build' "$(build "${names[@]/#/$b/tests/unit/}" \
    LDFLAGS="-Wl,--dynamic-linker=$loader -Wl,--disable-new-dtags -Wl,-rpath,$libraries")" 'make: 0'
machine_of()
{
	LC_ALL=C readelf -h "$1" | sed -n 's/^ *Machine: *//p'
}
is 'what is built is for arm64' "$(machine_of "$b/pam_sfoauth.so")" AArch64
is 'it needs, exports and weighs what is allowed' \
    "$(B=$b STRIP=aarch64-linux-gnu-strip tests/lint/exports.sh 2>&1)" ''
is 'it has all hardening' "$(B=$b tests/lint/hardening.sh 2>&1)" ''

# ---- The unit tests

for name in "${!cannot[@]}"; do
	[ -e "tests/unit/$name.c" ] || tap_result 1 "$name is named as one that cannot run, and does not exist"
done
# run_one EMULATOR BUILD NAME: its output and its status into files.
# shellcheck disable=SC2317 # called by xargs
run_one()
{
	local program=$2/tests/unit/$3
	CMOCKA_MESSAGE_OUTPUT=STDOUT timeout 120 "$1" "$program" >"$program.log" 2>&1 </dev/null
	echo $? >"$program.status"
}
export -f run_one
# passed NAME: what ran of it did not fail.
# shellcheck disable=SC2317 # called by ok
passed()
{
	local program=$b/tests/unit/$1
	cat "$program.log"
	[ "$(cat "$program.status")" = 0 ]
}
# skips_of NAME: a line for each of its tests that did not run (in a chroot, say); the reason is the line before.
skips_of()
{
	local test reason
	while read -r test reason; do
		skip "$1 on arm64: $test" "$reason"
	done < <(awk '/test\(s\) run/ { exit }
		/^\[  SKIPPED \] / { sub(/^# */, "", last); print $4, last ~ /^\[/ ? "" : last }
		{ last = $0 }' "$b/tests/unit/$1.log")
}
runs=()
for name in "${names[@]}"; do [ -n "${cannot[$name]:-}" ] || runs+=("$name"); done
[ -z "$emulator" ] ||
    printf '%s\n' "${runs[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_one "$@"' run_one "$emulator" "$b" {}
for name in "${names[@]}"; do
	if [ -n "${cannot[$name]:-}" ]; then
		is "$name is built for arm64 (cannot run under qemu: ${cannot[$name]})" \
		    "$(machine_of "$b/tests/unit/$name")" AArch64
	elif [ -z "$emulator" ]; then
		skip "$name on arm64" 'needs an emulator (package qemu-user)'
	else
		ok "$name on arm64" passed "$name"
		skips_of "$name"
	fi
done
done_testing
