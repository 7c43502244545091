#!/bin/bash
# Who may look inside a secret (house-style section 5): only where the bytes must leave or be
# parsed. Prints every other file that calls sf_secret_reveal.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
# FILE why
allowed='
common/base/secret.c        defines it
common/base/secret.h        declares it
'
while read -r file; do
	grep -q "^$file " <<<"$allowed" ||
	    { echo "reveal: $file calls sf_secret_reveal and is not on the list in tests/lint/reveal.sh" && bad=1; }
done < <(grep -lE 'sf_secret_reveal' common/*/*.[ch] pam_sfoauth/*/*.[ch] credhelper/*/*.[ch] 2>/dev/null)
while read -r file _; do
	[ -z "$file" ] || grep -qs 'sf_secret_reveal' "$file" ||
	    { echo "reveal: $file is on the list and calls nothing: take it off" && bad=1; }
done <<<"$allowed"
exit $bad
