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
exec "$(dirname "$0")/rooted.sh" \
    unshare -m -p -i -u $network -f --kill-child --mount-proc --propagation private "$@"
