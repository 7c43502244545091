#!/bin/bash
# What each program needs (common/DESIGN.md, "Processes") and what the module exports. Prints what is
# wrong. Reads the programs in $B (default: build).
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
bad=0

# The libraries of each program's row; libc comes with all of them.
allowed()
{
	case $1 in
	pam_sfoauth.so) echo libpam ;;
	sfoauth-worker) echo libcurl libcjson libssl libcrypto libseccomp ;;
	sfoauth-keyring) echo libsecret-1 libgio-2.0 libgobject-2.0 libglib-2.0 ;;
	sfoauth-try) echo libpam ;;
	sfoauth-keep | git-credential-sfoauth) ;;
	sfoauth) echo libcjson libqrencode ;;
	esac
}

for program in pam_sfoauth.so sfoauth-worker sfoauth-keyring sfoauth-keep sfoauth-try git-credential-sfoauth sfoauth; do
	if [ ! -e "$B/$program" ]; then
		echo "exports: $B/$program is not built" && bad=1
		continue
	fi
	for library in $(readelf -d "$B/$program" | sed -nE 's/.*\(NEEDED\).*\[([^]]*)\.so.*/\1/p'); do
		case " libc ld-linux-x86-64 ld-linux-aarch64 $(allowed $program) " in
		*" $library "*) ;;
		*) echo "exports: $program needs $library; its row in common/DESIGN.md does not" && bad=1 ;;
		esac
	done
	if readelf -d "$B/$program" | grep -qE 'RPATH|RUNPATH'; then
		echo "exports: $program has a search path of its own" && bad=1
	fi
	readelf -lW "$B/$program" | grep -q 'GNU_STACK.*RWE' && echo "exports: $program has an executable stack" && bad=1
	readelf -d "$B/$program" | grep -q BIND_NOW || readelf -d "$B/$program" | grep -q 'FLAGS.*NOW' ||
	    { echo "exports: $program is not bound at start (-z now)" && bad=1; }
done

wanted='pam_sm_acct_mgmt pam_sm_authenticate pam_sm_close_session pam_sm_open_session pam_sm_setcred'
if [ -e "$B/pam_sfoauth.so" ]; then
	got=$(nm -D --defined-only "$B/pam_sfoauth.so" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' | LC_ALL=C sort | xargs)
	[ "$got" = "$wanted" ] || { echo "exports: pam_sfoauth.so exports: $got; wanted: $wanted" && bad=1; }
fi
# DESIGN.md, "Bars": what sshd, sudo and login have to carry.
limit=65536
if [ -e "$B/pam_sfoauth.so" ]; then
	stripped=$(mktemp) && strip -o "$stripped" "$B/pam_sfoauth.so"
	size=$(stat -c %s "$stripped") && rm -f "$stripped"
	[ "$size" -le $limit ] || { echo "exports: pam_sfoauth.so has $size bytes stripped; $limit are allowed" && bad=1; }
	# All that is ever written is read-only from the relocation on, and in whole pages: module.ld.
	read -r from size < <(readelf -lW "$B/pam_sfoauth.so" | awk '$1 == "GNU_RELRO" { print $3, $6 }')
	read -r data end < <(readelf -lW "$B/pam_sfoauth.so" | awk '$1 == "LOAD" && $7 == "RW" { print $3, $6 }')
	if [ $((from)) -ne $((data)) ] || [ $((size)) -ne $((end)) ] || [ $(((from + size) % 4096)) -ne 0 ]; then
		echo "exports: pam_sfoauth.so stays writable: RELRO is $from + $size, the data $data + $end" && bad=1
	fi
fi
exit $bad
