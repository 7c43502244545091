#!/bin/bash
# Is what we install built with all hardening? Prints what is missing. Reads the programs in $B.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
bad=0

has_cet()
{
	LC_ALL=C readelf -nW "$1" 2>/dev/null | grep -q 'x86 feature: IBT, SHSTK'
}

# The linker marks a program only if every object in it is marked, and Debian 12's own Scrt1.o is
# not: there the marks of all our objects are looked at in place of the program's.
start=$(gcc -print-file-name=Scrt1.o)
for program in pam_sfoauth.so sfoauth-worker sfoauth-keyring sfoauth-keep sfoauth-try git-credential-sfoauth sfoauth; do
	flags=()
	if [ "$(uname -m)" != x86_64 ] || { [ "$program" != pam_sfoauth.so ] && ! has_cet "$start"; }; then
		flags+=(--nocfprotection)
	fi
	said=$(hardening-check "${flags[@]}" "$B/$program" 2>&1) || { echo "hardening: $said" && bad=1; }
done
if [ "$(uname -m)" = x86_64 ]; then
	while read -r object; do
		has_cet "$object" || { echo "hardening: $object has no -fcf-protection" && bad=1; }
	done < <(find "$B/common" "$B/pam_sfoauth" "$B/credhelper" -name '*.o')
fi
exit $bad
