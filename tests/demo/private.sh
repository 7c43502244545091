#!/bin/sh
# Run a command in new namespaces (mounts, processes, host name, IPC; with -n also an empty network),
# which end with it. Works in a chroot whose / is not a mount point, too.
#
#   private.sh [-n] COMMAND [ARGUMENT]...
set -eu
network=
if [ "$1" = -n ]; then
	network=-n
	shift
fi
exec "$(dirname "$0")/rooted.sh" \
    unshare -m -p -i -u $network -f --kill-child --mount-proc --propagation private "$@"
