#!/bin/bash
# Hosts of the module with bad habits: whatever state they are in, a login works or fails well, the
# worker gets none of that state, and the host finds itself as it was before.
#   32-hostile-host.sh [LOGINS]      how many through one long-lived host (100)
. "$(dirname "$0")/lib.sh"
. "$src/tests/hosts/hosts.sh"

logins=${1:-100}
mkdir -p "$W/locale"
localedef -i tr_TR -f UTF-8 "$W/locale/tr_TR.UTF-8" 2>/dev/null
export LOCPATH=$W/locale
mapfile -t traits < <("$HOSTS/host" -l)

# ---- The module loaded and unloaded a thousand times
write_host_conf ada
each=$((1000 / ${#traits[@]}))
for trait in "${traits[@]}"; do
	host -t "$trait" -n $each
	like "$trait: $each logins, the module loaded and unloaded for each" "$out" "^allowed $each refused 0 "
	is "$trait: the host is as it was" "$status ${out##*$'\n'}" '0 same'
done
done_testing
