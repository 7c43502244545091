#!/bin/bash
# Measure against DESIGN section 8, all in one run on one machine, and write ratios as a table.
#
#   tests/bench/run.sh FILE.md
#
# Nothing fails here because of a number: a busy machine would make it lie. Works on the product in
# $SF_STAGE, in the private house of the component tests.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
[ $# = 1 ] || bail 'usage: tests/bench/run.sh FILE.md'
report=$W/bench.md
runs=500

row()
{
	printf '| %s | %s | %s | %s |\n' "$@" | tee -a "$report"
}

# median USER INPUT PROGRAM...: microseconds
median()
{
	local user=$1
	shift
	as_user "$user" "$W/time" "$1" "$runs" "${@:2}"
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else print "-" }'
}

gcc -O2 -std=gnu17 -D_GNU_SOURCE -iquote "$src/common/base" -o "$W/time" "$src/tests/bench/time.c" || bail 'time.c'
echo 'int main(void) { return 0; }' | gcc -O2 -x c -o "$W/empty" - || bail 'the empty program'
chmod 755 "$W/time" "$W/empty"
printf 'protocol=https\nhost=acme.my.salesforce.com\n\n' >"$W/request"
{
	echo '| what | bar | measured | details |'
	echo '|---|---|---|---|'
} | tee "$report"

write_conf
start_fake --set interval=5
start_sshd
before=$(fake_count handshakes)
ssh_login ada true
row 'TLS handshakes of a login' 1 "$(($(fake_count handshakes) - before))" "login ended with $status"
row 'requests of a login, from the approval on' '3' "$(fake log | sed -n '/ poll /h; ${x;p}' | wc -l) + \
$(fake log | grep -cE ' (identity|userinfo|revoke) ')" 'the poll that succeeds, identity, userinfo'

get=/usr/local/bin/git-credential-sfoauth
empty_us=$(median ada /dev/null "$W/empty")
if got=$(as_user ada $get get <"$W/request") && [[ $got == *password=* ]]; then
	get_us=$(median ada "$W/request" $get get)
	row '`get`, valid token / empty C program' '<= 1.5' "$(ratio "$get_us" "$empty_us")" \
	    "$get_us us / $empty_us us, median of $runs"
else
	row '`get`, valid token / empty C program' '<= 1.5' '-' 'no token was left by the login'
fi
row 'objects that `get` maps besides libc' 0 "$(ldd $get | grep -cvE 'linux-vdso|libc\.so|ld-linux')" 'ldd'

module=$(find /usr/lib -name pam_sfoauth.so | head -n 1)
strip -o "$W/stripped.so" "$module"
row 'module, stripped' '<= 64 KiB' "$(($(stat -c %s "$W/stripped.so") / 1024)) KiB" "$(readelf -d "$module" |
    sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p' | xargs)"
row 'symbols that the module exports' 5 "$(nm -D --defined-only "$module" | grep -c ' T ')" ''
install -D -m 644 "$report" "$1"
