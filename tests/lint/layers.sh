#!/bin/bash
# Who includes whom (common/DESIGN.md, "Processes"). Prints each wrong include; silent when all is well.
# A layer that nobody checks leaks.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
shopt -s globstar
# shellcheck source=tests/lint/rooms.sh
. tests/lint/rooms.sh

complain()
{
	echo "layers: $1:$2 includes $3: $4"
	bad=1
}

# allowed_system FILE HEADER: may this file include that header of the system?
allowed_system()
{
	case $2 in
	security/*) case $1 in pam_sfoauth/module/* | pam_sfoauth/try/*) ;; *) false ;; esac ;;
	curl/*) [ "$1" = common/worker/http/http.c ] ;;
	cjson/*) case $1 in common/worker/json/json.c | credhelper/cli/ui/json_out.c | credhelper/cli/cmd/rest_records.c) ;; *) false ;; esac ;;
	libsecret/*) [ "$1" = common/keyring/keyring_service.c ] ;;
	glib* | gio/* | dbus/*) case $1 in common/keyring/*) ;; *) false ;; esac ;;
	openssl/*) case $1 in common/worker/*) ;; *) false ;; esac ;;
	seccomp.h | linux/seccomp.h | linux/landlock.h) [ "$1" = common/worker/sandbox/sandbox.c ] ;;
	qrencode.h) [ "$1" = credhelper/cli/ui/tty_ui.c ] ;;
	*) true ;;
	esac
}

# check_own FILE LINE HEADER: one of its own address space, or of the base
check_own()
{
	local room
	for room in $(sed -n 's/^BASE //p' <<<"$SF_ROOMS") $(rooms_of "$1"); do
		[ ! -e "$room/$3" ] || return
	done
	complain "$1" "$2" "$3" 'programs meet in the base and include nothing of each other'
}

while read -r file; do
	while IFS=: read -r line text; do
		header=$(sed -E 's/.*[<"]([^>"]+)[>"].*/\1/' <<<"$text")
		case $text in
		*\<*)
			allowed_system "$file" "$header" ||
			    complain "$file" "$line" "<$header>" 'this file may not (see allowed_system)'
			;;
		*) check_own "$file" "$line" "$header" ;;
		esac
	done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file")
done < <(find common pam_sfoauth credhelper -name '*.[ch]' | sort)

# The names in banned.h do not compile, but only where it is included, last.
for file in common/**/*.c pam_sfoauth/**/*.c credhelper/**/*.c; do
	[ -e "$file" ] || continue
	last=$(grep -E '^#include' "$file" | grep -v '\.def"' | tail -n 1)
	case $last in
	*banned.h\"*) ;;
	*) echo "layers: $file: banned.h is not the last include" && bad=1 ;;
	esac
done
exit $bad
