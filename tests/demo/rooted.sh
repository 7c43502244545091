#!/bin/sh
# Run a command where / is a mount point, because private mounts need one. In a chroot whose / is not a
# mount point, the same root is mounted below /proc, for this command only; elsewhere nothing changes.
#
#   rooted.sh COMMAND [ARGUMENT]...
set -eu
if unshare -m true 2>/dev/null || ! unshare -m --propagation unchanged true 2>/dev/null; then
	exec "$@"
fi
# In such a chroot only /proc can be made private. A mount below it is then not visible outside.
# shellcheck disable=SC2016 # for the inner shells
exec unshare -m --propagation unchanged sh -c '
	mount --make-private /proc && mount --rbind / /proc/tty &&
	exec chroot /proc/tty sh -c "cd \"\$1\" && shift && mount --make-rprivate / && exec \"\$@\"" \
	    sh "$@"' sh "$PWD" "$@"
