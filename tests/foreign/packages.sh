#!/bin/sh
# What tests/foreign needs from npm, into BUILD-DIR/foreign, once per lock file, by npm as it is set
# up on the machine; prints that folder. Exit 77: there is no npm.
#
#   tests/foreign/packages.sh [BUILD-DIR [cli]]        (build)
#
# cli: those of the folder cli/, which are many and used by one test alone, into BUILD-DIR/foreign-cli.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
list=$here${2:+/$2}
b=${1:-build}/foreign${2:+-$2}
mkdir -p "$b"
b=$(cd "$b" && pwd)
command -v npm >/dev/null || exit 77
if ! cmp -s "$list/package-lock.json" "$b/installed"; then
	cp "$list/package.json" "$list/package-lock.json" "$b/"
	(cd "$b" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) ||
	    { echo "npm ci failed: see $b/npm.log" >&2; exit 1; }
	cp "$list/package-lock.json" "$b/installed"
fi
[ -n "${2:-}" ] || cp "$here"/*.mjs "$b/"
echo "$b"
