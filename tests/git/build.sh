#!/bin/sh
# Fetch the source of Debian 13's git and build it beside the machine's own, for tests against a git
# that knows Bearer, and for git's own tests of helpers.
#
#   tests/git/build.sh DIR      DIR/git is the tree; nothing is installed
#
# Takes the machine's own package source with another suite; what was built stays. Status 1, and a
# sentence, where there is no apt-get or no registry to be reached.
set -eu
[ $# = 1 ] || { echo 'usage: build.sh DIR' >&2; exit 2; }
suite=trixie
mkdir -p "$1"
cd "$1"
[ ! -e git/built ] || exit 0
fail() { echo "git: $1" >&2; exit 1; }

command -v apt-get >/dev/null || fail 'no apt-get here'
# The first source of the machine is Debian's main one.
# shellcheck disable=SC2016 # apt-get's own variable
uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1)
[ -n "$uri" ] || fail 'apt-get has no source'
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e $key ] && key="[signed-by=$key] " || key=
rm -rf apt git
mkdir -p apt/lists/partial apt/cache/archives/partial
echo "deb-src $key$uri $suite main" >apt/sources.list
apt()
{
	timeout 120 apt-get -q -o Dir::Etc::SourceList="$PWD/sources.list" -o Dir::Etc::SourceParts=/nonexistent \
	    -o Dir::State::Lists="$PWD/lists" -o Dir::Cache="$PWD/cache" -o APT::Sandbox::User=root "$@" >>log 2>&1
}
(cd apt && apt update && apt source --download-only git) || fail 'its source cannot be fetched'
(cd apt && tar xf git_*.orig.tar.xz) || fail 'its source cannot be unpacked'
mv apt/git-[0-9]* git
rm -rf apt
make -s -C git -j"$(nproc)" NO_EXPAT=1 NO_OPENSSL=1 NO_TCLTK=1 NO_GETTEXT=1 NO_PYTHON=1 NO_PERL=1 NO_RUST=1 prefix=/usr \
    CFLAGS='-O0 -w' all >git.log 2>&1 || fail "it does not build: see $PWD/git.log"
chmod -R a+rX git
touch git/built
