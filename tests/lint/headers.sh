#!/bin/bash
# Every header compiles alone, in C by gcc and clang. Prints those that do not.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
shopt -s globstar
# shellcheck source=tests/lint/rooms.sh
. tests/lint/rooms.sh
read -ra libsecret < <(pkg-config --cflags libsecret-1)
for header in common/**/*.h pam_sfoauth/**/*.h credhelper/**/*.h; do
	# banned.h makes system headers uncompilable after it, and is nothing by itself.
	case $header in */banned.h) continue ;; esac
	[ -e "$header" ] || continue
	package=()
	read -ra rooms < <(room_flags "$header")
	case $header in common/keyring/*) package=("${libsecret[@]}") ;; esac
	for compiler in gcc clang; do
		said=$($compiler -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-unused-function \
		    "${rooms[@]}" "${package[@]}" -fsyntax-only -x c - <<<"#include \"$PWD/$header\"" 2>&1) ||
		    { echo "headers: $header does not compile alone with $compiler:" && echo "$said" | head -n 5 && bad=1; }
	done
	grep -q '^#pragma once' "$header" || { echo "headers: $header has no #pragma once" && bad=1; }
done
exit $bad
