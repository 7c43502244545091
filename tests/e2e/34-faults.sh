#!/bin/bash
# Allocations and system calls that fail in worker, keyring program, helper, command and keep; a home
# that is full or read-only, no room in the kernel keyring, an output that takes nothing: an exact
# error or success, nothing hangs, nothing is stored by halves, nothing is lost.
#   34-faults.sh [CASES [SCENES]]: see tests/faults/faults.py; `make crashes` is all of them
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
home=$W/home/ada
mount -t tmpfs -o "uid=$ada_uid,gid=$ada_uid,mode=700,size=1m" tmpfs "$home"
start_desktop
cc -D_GNU_SOURCE -O1 -o "$W/at" "$src/tests/faults/at.c" || bail 'no tool that traces'
cc -D_GNU_SOURCE -O1 -shared -fPIC -o "$W/nomem.so" "$src/tests/faults/nomem.c" || bail 'no tool that refuses memory'
/usr/bin/python3 -B "$src/tests/faults/faults.py" memory "$@"
/usr/bin/python3 -B "$src/tests/faults/faults.py" calls "$@"
fake set rotation=false auto_approve=null >/dev/null
forget_kernel
desk secret-tool clear application sfoauth
sentence() { sed -n 's/^[a-z-]*: //p' <<<"$err"; }

# ---- Nobody takes the output
sign_in_as ada desk sfoauth login
printf '%b\n' "$GIT_REQUEST" >"$W/request"
desk git-credential-sfoauth get <"$W/request" >"$W/fill"
for words in token 'token --json' 'api /services/data/v60.0/' status 'status --json' --help; do
	# shellcheck disable=SC2086 # words
	desk sfoauth $words 2>"$W/err" >/dev/full
	is "sfoauth $words into /dev/full" "$? $(head -n 1 "$W/err")" '70 sfoauth: The system refused something that sfoauth needs. Run sfoauth doctor to look for the cause.'
done
desk git-credential-sfoauth get 2>"$W/err" <"$W/request" >/dev/full
is "git's get into /dev/full" "$? $(cat "$W/err")" '70 git-credential-sfoauth: The system refused something that sfoauth needs. Run sfoauth doctor to look for the cause.'
desk git-credential-sfoauth get <"$W" >"$W/out" 2>"$W/err"
is 'a request that cannot be read is a failure' "$? $(cat "$W/out")" '70 '

# ---- A home that takes nothing
sleep 2 # --min-life below asks for more life than the token has left by then
posts=$(refreshes)
content() { stored | grep -E '^(secret|[a-z_]*token) ?='; }
before=$(content)
rm -rf "$home/.local/state"
inodes=$(df --output=iused "$home" | tail -n 1)
for kind in 'read-only:ro' "without room for a file:rw,nr_inodes=$((inodes))"; do
	mount -o "remount,${kind#*:}" "$home" || bail 'the home cannot be mounted again'
	forget_kernel
	run desk sfoauth token
	is "a home ${kind%%:*}: the stored token is given out" "$status" 0
	run desk sfoauth token --min-life 7199
	is "a home ${kind%%:*}: no refresh without its lock" "$status $(sentence)" '70 The system refused something that sfoauth needs. Run sfoauth doctor to look for the cause.'
	run desk sfoauth token
	is "a home ${kind%%:*}: afterwards" "$status" 0
done
is 'nothing was asked of Salesforce' "$(refreshes)" "$posts"
is 'and nothing has changed' "$(content)" "$before"
mount -o remount,rw,nr_inodes=1000 "$home"
fake set rotation=true >/dev/null
as_user ada dd if=/dev/zero of=fill bs=4k 2>/dev/null
run desk sfoauth token --min-life 7199
is 'a full home: nothing is sent that could not be stored' "$status $(refreshes)" "6 $posts"
like 'a full home: and that is said' "$err" 'accepts no changes at the moment, so this sign-in was not renewed'
is 'a full home: nothing is lost' "$(content)" "$before"
rm "$home/fill"
fake set rotation=false >/dev/null

# ---- No room in the kernel
desk secret-tool clear application sfoauth
forget_kernel
fake set auto_approve=null >/dev/null
sign_in_as ada desk sfoauth login
is 'signed in again' "$status" 0
forget_kernel
sleep 2 # the kernel takes its time to give the room back
# shellcheck disable=SC2016 # for her shell
as_user ada sh -c 'i=0; while keyctl add user fill$i x @u >/dev/null 2>&1; do i=$((i + 1)); done'
run desk sfoauth token
is 'no room in the kernel: the token comes from the keyring' "$status $err" '0 '
run desk sfoauth token --min-life 7199
is 'no room in the kernel: a refresh' "$status $err" '0 '
desk git-credential-sfoauth get <"$W/request" >"$W/out"
is "no room in the kernel: git's get" "$(sed -n 's/^password=//p' "$W/out")" "$(desk sfoauth token)"
is 'nothing of ours is left there by halves' "$(setpriv --reuid=ada --regid=ada --clear-groups keyctl show @u | grep -c sfoauth:)" 0
forget_kernel
done_testing
