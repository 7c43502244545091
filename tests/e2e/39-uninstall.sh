#!/bin/bash
# make uninstall: never while a PAM stack names the module.
. "$(dirname "$0")/lib.sh"

uninstall() { out=$(env -u MAKEFLAGS make -C "$src" --no-print-directory uninstall "$@" 2>&1); status=$?; }
module=$(dirname "$(find /usr/lib -name pam_unix.so | head -n 1)")/pam_sfoauth.so

ok 'the module is there' test -e "$module"
uninstall
is 'uninstall refuses while stacks name the module' "$status" 2
for service in sshd login su sudo; do
	like "it names /etc/pam.d/$service" "$out" "/etc/pam.d/$service"$'(\n|$)'
done
ok 'nothing is gone' test -e "$module" -a -e /usr/local/bin/sfoauth -a -e /usr/local/libexec/sfoauth/sfoauth-worker
sed -i 's/^\(auth\|account\|session\).*pam_sfoauth/#&/' /etc/pam.d/{login,su,sudo}
uninstall
like 'one is enough' "$out" '/etc/pam.d/sshd'
unlike 'a line that is a comment does not count' "$out" '/etc/pam.d/(login|su|sudo)'
uninstall FORCE=1
is 'FORCE=1 goes on' "$status" 0
ok 'then the module is gone' test ! -e "$module"
cp "$SF_STAGE$module" "$module"
sed -i '/pam_sfoauth/d' /etc/pam.d/*
uninstall
is 'without a stack that names it, it goes' "$status $(test -e "$module"; echo $?)" '0 1'
done_testing
