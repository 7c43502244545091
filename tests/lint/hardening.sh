#!/bin/bash
# Is what we install built with all hardening? Prints what is missing. Reads the programs in $B, which
# gcc must have built with -g: what each part was compiled with is read from its debugging information.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
bad=0
programs=(pam_sfoauth.so sfoauth-worker sfoauth-keyring sfoauth-keep sfoauth-try git-credential-sfoauth sfoauth)

has_cet()
{
	LC_ALL=C readelf -nW "$1" 2>/dev/null | grep -q 'x86 feature: IBT, SHSTK'
}

# The linker marks a file only if every object in it is marked, and Debian 12's own start files are not:
# there the flags that our parts were compiled with are looked at in place of the file's mark.
options=()
for start in Scrt1.o crtbeginS.o; do
	has_cet "$(gcc -print-file-name=$start)" || options=(--nocfprotection)
done

flags=(-fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero -fPIC)
case $(uname -m) in
x86_64) flags+=(-fcf-protection) ;;
aarch64) flags+=(-mbranch-protection=standard) && options=(--nocfprotection) ;;
*) options=(--nocfprotection) ;;
esac
undone=' (-fno-(stack|asynchronous-unwind)|-f(cf|stack)-protection=none|-mbranch-protection=none|-ftrivial-auto-var-init=[^z])[^ ]*'

for program in "${programs[@]}"; do
	said=$(hardening-check "${options[@]}" "$B/$program" 2>&1) || { echo "hardening: $said" && bad=1; }
	parts=$(LC_ALL=C readelf --debug-dump=info "$B/$program" 2>/dev/null | sed -n 's/.*DW_AT_producer *: *//p')
	[ -n "$parts" ] || { echo "hardening: $program says nothing of how it was compiled" && bad=1; }
	for flag in "${flags[@]}"; do
		without=$(grep -vFce " $flag" <<<"$parts")
		[ "$without" = 0 ] || { echo "hardening: $without parts of $program are compiled without $flag" && bad=1; }
	done
	# The last flag counts.
	grep -oE -- "$undone" <<<"$parts" | sort -u | sed "s/^/hardening: $program is compiled with/" | grep . && bad=1
	readelf -SW "$B/$program" | grep -qF ' .eh_frame ' || { echo "hardening: $program has no unwind tables" && bad=1; }
done
exit $bad
