#!/bin/sh
# Run a command where / is a mount point, which private mounts need. Nothing is done but in a chroot
# whose / is none: there the same root is had once more below /proc, seen by the command only.
#
#   rooted.sh COMMAND [ARGUMENT]...
set -eu
if unshare -m true 2>/dev/null || ! unshare -m --propagation unchanged true 2>/dev/null; then
	exec "$@"
fi
# What can be made private there is /proc alone; what is mounted in it does not show outside.
# shellcheck disable=SC2016 # for the inner shells
exec unshare -m --propagation unchanged sh -c '
	mount --make-private /proc && mount --rbind / /proc/tty &&
	exec chroot /proc/tty sh -c "cd \"\$1\" && shift && mount --make-rprivate / && exec \"\$@\"" \
	    sh "$@"' sh "$PWD" "$@"
