#!/bin/bash
# All lints, each by name; what one of them has to say is shown. B is a finished build.
set -u
cd "$(dirname "$0")/../.." || exit 1
export B=${B:-build}
shopt -s nullglob globstar
# shellcheck source=tests/lint/rooms.sh
. tests/lint/rooms.sh
failed=()
c_files=(common/**/*.[ch] pam_sfoauth/**/*.[ch] credhelper/**/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/hosts/*.[ch])
shell=(.ci/run .ci/deps tests/*.sh tests/*/*.sh)

lint()
{
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		echo "ok     lint: $name"
	else
		echo "FAILED lint: $name"
		tail -n 60 <<<"$said" | sed 's/^/    /'
		failed+=("$name")
	fi
}

# gcc 12 does not know scope-bound cleanup, so what it says of leaks is wrong; LeakSanitizer finds those.
analyze()
{
	make --no-print-directory -s -k -j"$(nproc)" B="$B/analyzer" CC=gcc WERROR=-Werror \
	    CFLAGS='-O2 -g -fanalyzer -Wno-analyzer-malloc-leak -fdiagnostics-path-format=none' all
}

check_c()
{
	# shellcheck disable=SC2046 # flags
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -j "$(nproc)" \
	    --enable=warning,portability,performance --suppressions-list=tests/lint/cppcheck \
	    -D_GNU_SOURCE -D__x86_64__ -D__linux__ '-DSF_BINDIR="/b"' '-DSF_LIBEXECDIR="/l"' '-DSF_PAMDIR="/p"' '-DSF_GIT="/g"' '-DSF_VERSION="0"' \
	    $(room_flags common/worker/worker.c -I) $(room_flags credhelper/cli/sfoauth.c -I) common pam_sfoauth credhelper
}

# The module is mapped into hosts that have threads. Every file of one call is of one address space.
check_tidy()
{
	local sources=("$@") checks=--checks=
	case $1 in common/worker/* | common/selftest/* | common/keyring/* | credhelper/*) checks=--checks=-concurrency-mt-unsafe ;; esac
	# shellcheck disable=SC2046 # flags
	clang-tidy --quiet --config-file=tests/lint/clang-tidy "$checks" "${sources[@]}" -- -std=gnu17 \
	    -D_GNU_SOURCE '-DSF_BINDIR="/b"' '-DSF_LIBEXECDIR="/l"' '-DSF_PAMDIR="/p"' '-DSF_GIT="/g"' '-DSF_VERSION="0"' $(room_flags "$1") \
	    $(pkg-config --cflags libsecret-1) 2>&1 | grep -vE '^[0-9]+ warnings (generated|treated)'
	return "${PIPESTATUS[0]}"
}
export -f check_tidy room_flags rooms_of
tidy()
{
	local space
	while read -r space _; do
		room_sources "$space" | xargs -P "$(nproc)" -n 8 bash -c 'check_tidy "$@"' tidy || return 1
	done <<<"$SF_ROOMS"
}

# The analyzer of clang 14 does not know scope-bound cleanup either: its leaks are not leaks, while
# the rest of what it knows of memory (use after free, double free) counts.
scan()
{
	local said
	rm -rf "$B/scan"
	said=$(scan-build --use-cc=clang -o "$B/scan-reports" make --no-print-directory -s -k -j"$(nproc)" \
	    B="$B/scan" CFLAGS=-O1 all 2>&1) || { echo "$said" && return 1; }
	! grep -E 'warning:|error:' <<<"$said" | grep -vE 'Potential leak of memory .*\[unix\.Malloc\]$'
}

check_pages()
{
	local page bad=0
	for page in "$B"/man/*.[1578]; do
		mandoc -Tlint -W warning "$page" || bad=1
	done
	return $bad
}

lint 'who includes whom (layers.sh)' tests/lint/layers.sh
lint 'what programs need and export (exports.sh)' tests/lint/exports.sh
lint 'headers compile alone (headers.sh)' tests/lint/headers.sh
lint 'who looks into secrets (reveal.sh)' tests/lint/reveal.sh
lint 'short files and functions, nothing left for later (size.sh)' tests/lint/size.sh
lint 'one way to write it (style.sh)' tests/lint/style.sh
lint 'sentences stand in tables (words.py)' tests/lint/words.py
lint 'plain English, and enough comments (english.py)' tests/lint/english.py
lint 'formatting (clang-format)' clang-format --style=file:tests/lint/clang-format \
    --dry-run -Werror "${c_files[@]}"
lint 'shell scripts (shellcheck)' shellcheck -x -P SCRIPTDIR -S warning "${shell[@]}"
lint 'C (cppcheck)' check_c
lint 'paths through C (gcc -fanalyzer)' analyze
lint 'chosen checks (clang-tidy)' tidy
lint 'paths through C (scan-build)' scan
lint 'hardening of what is installed (hardening.sh)' tests/lint/hardening.sh
lint 'manual pages (mandoc)' check_pages

[ ${#failed[@]} = 0 ] && exit 0
echo "${#failed[@]} lints failed: $(IFS=,; echo "${failed[*]}")"
exit 1
