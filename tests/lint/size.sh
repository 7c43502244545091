#!/bin/bash
# Small enough to read aloud: files up to 400 lines, functions up to 47 (60 in tests), C lines up to
# 100 columns; no goto, and nothing left for later.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
shopt -s nullglob globstar
c_files=(common/**/*.[ch] pam_sfoauth/**/*.[ch] credhelper/**/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/hosts/*.[ch])
scripts=(.ci/* tests/run tests/*/*.sh tests/*/*.py)

for file in "${c_files[@]}" "${scripts[@]}" Makefile; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 400 ] || { echo "size: $file has $lines lines; 400 are allowed" && bad=1; }
done
for file in "${c_files[@]}"; do
	case $file in tests/*) most=60 ;; *) most=47 ;; esac
	# From the line of its name to the brace in the first column that ends it.
	awk -v file="$file" -v most="$most" '
	/^[A-Za-z_]/ { start = FNR; name = $0 }
	/^\{/ { body = 1 }
	/^\}/ { if (body && FNR - start + 1 > most) { print "size: " file ":" start ": " FNR - start + 1 " lines (" name "); " most " are allowed"; bad = 1 } body = 0 }
	END { exit bad }' "$file" || bad=1
	expand -t 8 "$file" | awk -v file="$file" 'length($0) > 100 { print "size: " file ":" FNR ": " length($0) " columns; 100 are allowed"; bad = 1 } END { exit bad }' || bad=1
	if grep -nE '\bgoto\b' "$file" | sed "s|^|size: goto in $file:|" | grep .; then bad=1; fi
done
# The pattern is written so that this file does not match itself.
if grep -nE '\b(TO[D]O|FIX[M]E|XX[X])\b' "${c_files[@]}" "${scripts[@]}" Makefile README.md man/* 2>/dev/null |
    sed 's/^/size: left for later: /' | grep .; then
	bad=1
fi
exit $bad
