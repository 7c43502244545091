#!/bin/sh
# Run a command in namespaces of its own (mounts, processes, host name, IPC; with -n an empty network
# too) that end with it. Also in a chroot whose / is no mount point.
#
#   private.sh [-n] COMMAND [ARGUMENT]...
set -eu
network=
if [ "$1" = -n ]; then
	network=-n
	shift
fi
if ! unshare -m true 2>/dev/null; then
	# There nothing can be made private but /proc. Below it, the same root is a mount point.
	# shellcheck disable=SC2016 # for the inner shells
	exec unshare -m --propagation unchanged sh -c '
		mount --make-private /proc && mount --rbind / /proc/tty &&
		exec chroot /proc/tty sh -c "cd \"\$1\" && shift && mount --make-rprivate / && exec \"\$@\"" \
		    sh "$@"' sh "$PWD" "$0" ${network:+-n} "$@"
fi
exec unshare -m -p -i -u $network -f --kill-child --mount-proc --propagation private "$@"
