#!/bin/bash
# Run a component script on another Debian than this machine's, with what was built here.
#
#   on.sh SUITE SCRIPT [ARGUMENT]...
#
# The machine is a root directory of root.sh under an overlay that is gone at the end; the source tree
# and the stage are at their own paths in it. The script's own namespaces are made inside.
set -eu
src=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# -lt 2 ]; then
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '/^set/d' >&2
	exit 2
fi
suite=$1 script=$(readlink -f "$2")
shift 2
[ "$(id -u)" = 0 ] || { echo '1..0 # SKIP needs root for a chroot'; exit 0; }
if [ -z "${SF_STAGE:-}" ]; then
	make -C "$src" -s stage ${B:+"B=$B"} >&2
	SF_STAGE=$src/${B:-build}/stage
fi
if [ -z "${SF_SLOT:-}" ]; then
	export SF_STAGE
	exec "$src/tests/slots.py" "$0" "$suite" "$script" "$@"
fi
root=$("$src/tests/system/root.sh" siege "$suite")

# shellcheck disable=SC2016 # for the inner shell
exec env SUITE_ROOT="$root" SRC="$src" SF_STAGE="$(readlink -f "$SF_STAGE")" SF_SLOT="$SF_SLOT" \
    "$src/tests/demo/private.sh" sh -euc '
	mount -t tmpfs -o mode=755 tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root
	mount -t overlay -o "lowerdir=$SUITE_ROOT,upperdir=/mnt/upper,workdir=/mnt/work" overlay /mnt/root
	for directory in /proc /sys /dev "$SRC" "$SF_STAGE"; do
		mkdir -p "/mnt/root$directory" && mount --rbind "$directory" "/mnt/root$directory"
	done
	exec chroot /mnt/root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
	    SF_STAGE="$SF_STAGE" SF_SLOT="$SF_SLOT" bash "$@"' sh "$script" "$@"
