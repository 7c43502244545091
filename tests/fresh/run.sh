#!/bin/bash
# The README on a machine that has nothing: a minimal Debian, this repository's last commit, and the two
# commands that README gives.
#
#   run.sh SUITE [COMMAND...]     SUITE: bookworm or trixie; COMMAND: another one instead of those
#
# The machine is a chroot with its own mounts and processes, and this machine's network for apt, set up
# as apt is here. It is removed at the end; KEEP=1 leaves it. The whole output goes to
# build/fresh/SUITE.log. Exit status 0: the demo ended with a login and git's token, and no test failed.
set -eu
src=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# = 0 ]; then
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '/^set/d' >&2
	exit 2
fi
suite=$1
shift
[ "$(id -u)" = 0 ] || { echo 'run.sh: needs root for a chroot' >&2; exit 1; }

base=$("$src/tests/system/root.sh" base "$suite")
mkdir -p "$src/build/fresh"
log=$src/build/fresh/$suite.log
root=$(mktemp -d "$src/build/fresh/$suite.XXXXXX")
started=$SECONDS
: >"$log"

# shellcheck disable=SC2317 # called by the trap
clean_up()
{
	if [ -n "${KEEP:-}" ]; then
		echo "kept: $root"
	else
		rm -rf --one-file-system "$root"
	fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

tar -C "$root" -xf "$base"
chmod 755 "$root"
git clone -q "$src" "$root/usr/src/sfoauth"

# What apt here knows, it knows there: sources, proxy, keys; and whether packages may start anything.
"$src/tests/system/root.sh" sources "$suite" >"$root/etc/apt/sources.list"
apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/99machine"
for name in trusted.gpg.d auth.conf.d; do
	[ ! -d /etc/apt/$name ] || cp -a /etc/apt/$name/. "$root/etc/apt/$name/"
done
[ ! -e /usr/sbin/policy-rc.d ] || cp -a /usr/sbin/policy-rc.d "$root/usr/sbin/"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

# there COMMAND...: in the chroot, in the clone. What it starts ends with it.
there()
{
	printf '\n# %s\n' "$*" >>"$log"
	# shellcheck disable=SC2016 # for the inner shell
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 \
	    unshare -m -p -f --kill-child --propagation private sh -c '
		root=$1 && shift
		mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" &&
		mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts" &&
		mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" &&
		exec chroot "$root" env -C /usr/src/sfoauth "$@"' sh "$root" "$@" >>"$log" 2>&1 </dev/null
}

failed=0
# verdict WHAT OK: a line a step.
verdict()
{
	if [ "$2" = 0 ]; then echo "ok      $suite: $1"; else echo "FAILED  $suite: $1"; failed=1; fi
}

# step WHAT COMMAND...
step()
{
	local what=$1 result=0 from=$SECONDS
	shift
	there "$@" || result=$?
	verdict "$what ($((SECONDS - from)) s)" $result
	return $result
}

if [ $# != 0 ]; then
	there "$@" || failed=1
	cat "$log"
	exit $failed
fi

if step 'apt-get install make' sh -c 'apt-get update -q && apt-get install -q -y --no-install-recommends make'; then
	step 'make demo' make demo || true
	grep -qE '^ *password=00D[0-9A-Za-z]{12}!' "$log" && seen=0 || seen=1
	verdict 'the demo shows a login, and git credential fill prints the token' "$seen"
	step 'make check' make check || true
	grep -qE '^[0-9]+ passed, 0 failed' "$log" && seen=0 || seen=1
	verdict "make check: $(grep -E '^[0-9]+ passed' "$log" | tail -n 1)" "$seen"
	grep '^skipped: ' "$log" | sed 's/^/        /' || true
fi
[ $failed = 0 ] || { echo "the end of $log:"; tail -n 30 "$log"; }
echo "$suite: $((SECONDS - started)) s"
exit $failed
