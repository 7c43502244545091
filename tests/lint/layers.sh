#!/bin/bash
# Who includes whom (house-style section 1). Prints each wrong include; silent when all is well.
# A layer that nobody checks leaks.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

complain()
{
	echo "layers: $1:$2 includes $3: $4"
	bad=1
}

# allowed_system FOLDER FILE HEADER: may this file include that header of the system?
allowed_system()
{
	case $3 in
	security/*) [ "$1" = pam_sfoauth/module ] || [ "$1" = pam_sfoauth/try ] ;;
	curl/*) [ "$2" = common/worker/http.c ] ;;
	cjson/*) case $2 in common/worker/json.c | credhelper/cli/output.c | credhelper/cli/records.c) ;; *) false ;; esac ;;
	libsecret/*) [ "$2" = common/keyring/keyring.c ] ;;
	glib* | gio/* | dbus/*) [ "$1" = common/keyring ] ;;
	gcrypt.h) [ "$2" = common/keyring/keyring_session.c ] ;;
	openssl/*) [ "$1" = common/worker ] ;;
	seccomp.h | linux/seccomp.h | linux/landlock.h) [ "$2" = common/worker/sandbox.c ] ;;
	qrencode.h) [ "$2" = credhelper/cli/ui_tty.c ] ;;
	*) true ;;
	esac
}

# Programs that never meet a store: the worker knows none.
check_own()
{
	local folder=$1 file=$2 line=$3 header=$4
	if [ -e "$folder/$header" ] || [ -e "common/base/$header" ]; then
		return
	fi
	case $folder,$header in
	common/base,*) complain "$file" "$line" "$header" 'the base knows only itself and libc' ;;
	*) complain "$file" "$line" "$header" 'programs meet in the base and include nothing of each other' ;;
	esac
}

for folder in common/base common/worker common/keyring pam_sfoauth/module pam_sfoauth/keep pam_sfoauth/try \
    credhelper/front credhelper/cli; do
	for file in "$folder"/*.[ch]; do
		[ -e "$file" ] || continue
		while IFS=: read -r line text; do
			header=$(sed -E 's/.*[<"]([^>"]+)[>"].*/\1/' <<<"$text")
			case $text in
			*\<*)
				allowed_system "$folder" "$file" "$header" ||
				    complain "$file" "$line" "<$header>" 'this file may not (see allowed_system)'
				;;
			*) check_own "$folder" "$file" "$line" "$header" ;;
			esac
		done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file")
	done
done

# The names in banned.h do not compile, but only where it is included, last.
for file in common/*/*.c pam_sfoauth/*/*.c credhelper/*/*.c; do
	[ -e "$file" ] || continue
	last=$(grep -E '^#include' "$file" | grep -v '\.def"' | tail -n 1)
	case $last in
	*banned.h\"*) ;;
	*) echo "layers: $file: banned.h is not the last include" && bad=1 ;;
	esac
done
exit $bad
