#!/bin/bash
# kill -9 at system calls of worker, keyring program, helper, command and keep, during sign-in,
# refresh with rotation, store, erase, sign-out and hand-off: what is stored is whole, the refresh
# token works or is in the one window that is known, and nothing is left behind.
#   35-crashes.sh [CASES [SCENES [PROGRAMS]]]: see tests/faults/crashes.py; `make crashes` is all of them
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
cc -D_GNU_SOURCE -O1 -o "$W/at" "$src/tests/faults/at.c" || bail 'no tool that traces'
# A host of the module that is quick to start, in place of sshd.
printf '%s\n' 'auth required pam_sfoauth.so' 'session optional pam_sfoauth.so' >/etc/pam.d/sshd
/usr/bin/python3 -B "$src/tests/faults/crashes.py" "$@"
