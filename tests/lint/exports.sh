#!/bin/bash
# What each program needs (common/DESIGN.md, "Processes"), that it is bound at start and read-only from then
# on, and what the module exports and weighs. Prints what is wrong. Reads the programs in $B (default:
# build), for whatever machine they are; STRIP is that machine's strip.
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
	sfoauth-selftest) echo libssl libcrypto ;;
	sfoauth-keep | git-credential-sfoauth) ;;
	sfoauth) echo libcjson libqrencode ;;
	esac
}

# padding_of FILE: the unused bytes between its segments. The bar is on what is loaded, not on the padding. arm64
# has pages of up to 64 KiB, and the read-only part of the data ends at such a page: a file with more than
# about 60 KiB of code and constants has over 128 KiB, however few of them are used.
padding_of()
{
	local offset size end=0 padding=0
	while read -r _ offset _ _ size _; do
		[ "$end" = 0 ] || padding=$((padding + offset - end))
		end=$((offset + size))
	done < <(readelf -lW "$1" | grep '^ *LOAD ')
	echo $padding
}

for program in pam_sfoauth.so sfoauth-worker sfoauth-selftest sfoauth-keyring sfoauth-keep sfoauth-try git-credential-sfoauth sfoauth; do
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
	readelf -d "$B/$program" | grep -q 'BIND_NOW\|FLAGS.*NOW' ||
	    { echo "exports: $program is not bound at start (-z now)" && bad=1; }
	readelf -lW "$B/$program" | grep -q GNU_RELRO ||
	    { echo "exports: $program has no part that is read-only once it is bound (-z relro)" && bad=1; }
done

# What sshd, sudo and login have to carry: DESIGN.md, "Bars".
module=$B/pam_sfoauth.so
if [ -e "$module" ]; then
	wanted='pam_sm_acct_mgmt pam_sm_authenticate pam_sm_close_session pam_sm_open_session pam_sm_setcred'
	got=$(readelf -W --dyn-syms "$module" |
	    awk '$7 ~ /^[0-9]+$/ && $5 != "LOCAL" { print $8 }' | sed 's/@.*//' | LC_ALL=C sort | xargs)
	[ "$got" = "$wanted" ] || { echo "exports: pam_sfoauth.so exports: $got; wanted: $wanted" && bad=1; }

	case $(readelf -h "$module" | sed -n 's/^ *Machine: *//p') in
	*X86-64*) limit=98304 padding=0 ;;
	*) limit=131072 padding=$(padding_of "$module") ;;
	esac
	if ! stripped=$(mktemp) || ! ${STRIP:-strip} -o "$stripped" "$module"; then
		echo 'exports: pam_sfoauth.so cannot be stripped' && bad=1
	else
		size=$(($(stat -c %s "$stripped") - padding))
		[ "$size" -le $limit ] || { echo "exports: pam_sfoauth.so has $size bytes stripped; $limit are allowed" && bad=1; }
	fi
	rm -f "$stripped"
fi
exit $bad
