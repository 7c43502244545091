#!/bin/bash
# Is what we install built with all hardening? Prints what is missing. Reads the programs in $B, for
# whatever machine they are. gcc must have built them with -g: what each part was compiled with is read
# from its debugging information.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
bad=0
programs=(pam_sfoauth.so sfoauth-worker sfoauth-selftest sfoauth-keyring sfoauth-keep sfoauth-try git-credential-sfoauth sfoauth)

has_cet()
{
	LC_ALL=C readelf -nW "$1" 2>/dev/null | grep -q 'x86 feature: IBT, SHSTK'
}

flags=(-fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero -fPIC)
undone='-fno-(stack|asynchronous-unwind)|-fstack-protection=none|-ftrivial-auto-var-init=[^z]'
options=(--nocfprotection)
case $(LC_ALL=C readelf -h "$B/pam_sfoauth.so" | sed -n 's/^ *Machine: *//p') in
*X86-64*)
	machine=x86_64 flags+=(-fcf-protection) undone+='|-fcf-protection=none'
	# The linker marks a file only if every object in it is marked, and Debian 12's own start files are
	# not: there the flags that our parts were compiled with are looked at in place of the file's mark.
	has_cet "$(gcc -print-file-name=Scrt1.o)" && has_cet "$(gcc -print-file-name=crtbeginS.o)" && options=()
	;;
AArch64) machine=aarch64 flags+=(-mbranch-protection=standard) undone+='|-mbranch-protection=none' ;;
*) machine=$(uname -m) ;;
esac

for program in "${programs[@]}"; do
	# It disassembles, which it can for this machine only.
	if [ "$machine" = "$(uname -m)" ]; then
		said=$(hardening-check "${options[@]}" "$B/$program" 2>&1) || { echo "hardening: $said" && bad=1; }
	fi
	parts=$(LC_ALL=C readelf --debug-dump=info "$B/$program" 2>/dev/null | sed -n 's/.*DW_AT_producer *: *//p')
	[ -n "$parts" ] || { echo "hardening: $program says nothing of how it was compiled" && bad=1; }
	for flag in "${flags[@]}"; do
		without=$(grep -vFce " $flag" <<<"$parts")
		[ "$without" = 0 ] || { echo "hardening: $without parts of $program are compiled without $flag" && bad=1; }
	done
	# The last flag counts.
	grep -oE -- " ($undone)[^ ]*" <<<"$parts" | sort -u | sed "s/^/hardening: $program is compiled with/" | grep . && bad=1
	readelf -SW "$B/$program" | grep -qF ' .eh_frame ' || { echo "hardening: $program has no unwind tables" && bad=1; }
done
exit $bad
