#!/bin/sh
# What tests/foreign needs from npm, into BUILD-DIR/foreign, once per lock file, by npm as it is set
# up on the machine; prints that folder. Exit 77: there is no npm.
#
#   tests/foreign/packages.sh [BUILD-DIR]        (build)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
b=${1:-build}/foreign
mkdir -p "$b"
b=$(cd "$b" && pwd)
command -v npm >/dev/null || exit 77
if ! cmp -s "$here/package-lock.json" "$b/installed"; then
	cp "$here/package.json" "$here/package-lock.json" "$b/"
	(cd "$b" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) ||
	    { echo "npm ci failed: see $b/npm.log" >&2; exit 1; }
	cp "$here/package-lock.json" "$b/installed"
fi
cp "$here"/*.mjs "$b/"
echo "$b"
