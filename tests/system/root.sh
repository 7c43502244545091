#!/bin/sh
# Build a Debian root directory or base archive once, and print where it is.
#
#   root.sh base SUITE      an archive of the smallest Debian with apt
#   root.sh system SUITE    a directory that systemd-nspawn boots: systemd, sshd, a keyring, git and
#                           the libraries that the product loads
#   root.sh siege SUITE     the same with cron, screen lockers, cockpit and other hosts of PAM
#   root.sh arm64 SUITE     a directory with the libraries that an arm64 build links, unpacked but not
#                           set up: for a cross compiler and an emulator
#   root.sh sources SUITE   what goes into its sources.list (written to stdout)
#
# Cached in build/roots/ by suite and package list; FRESH=1 builds again. Where packages come from
# is what this machine's apt is set up with, asked when it runs. A finished root needs no network.
set -eu
cd "$(dirname "$0")/../.."

usage()
{
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '/^set/d' >&2
	exit 2
}
[ $# -eq 2 ] || usage
kind=$1 suite=$2
case $suite in *[!a-z]*) usage ;; esac

# shellcheck source=/dev/null
own=$(. /etc/os-release && echo "$VERSION_CODENAME")

# One "deb" line for each archive and suite of this machine that follows its own release; where
# another release is wanted, under that name. apt prints them whatever form its files have.
sources()
{
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	    awk -v own="$own" -v suite="$suite" '
		$2 == own || $2 == own "-updates" || $2 == own "-security" {
			sub(own, suite, $2)
			if (!seen[$0]++)
				print "deb", $0
		}'
}

# Of each a|b the first that the registry has, separated by commas.
choose()
{
	for alternatives in "$@"; do
		for package in $(echo "$alternatives" | tr '|' ' '); do
			if apt-cache show "$package" >/dev/null 2>&1; then
				printf '%s,' "$package"
				break
			fi
		done
	done | sed 's/,$//'
}

# Runtime libraries by both their names, before and after Debian's change to 64-bit times.
system_packages='systemd systemd-sysv libpam-systemd dbus dbus-user-session gnome-keyring
    libpam-gnome-keyring libsecret-tools libglib2.0-bin openssh-server openssh-client sudo login passwd
    util-linux iproute2 procps git jq python3 keyutils openssl ca-certificates
    libcurl4t64|libcurl4 libcjson1 libsecret-1-0 libseccomp2 libqrencode4 libssl3t64|libssl3'

siege_packages=$(sed 's/#.*//' .ci/packages | awk '$2 ~ /(^|,)siege(,|$)/ { print $1 }')

# What make and the unit tests link, from the one list.
arm64_packages=$(sed 's/#.*//' .ci/packages |
    awk '$1 ~ /^lib.*-dev$/ && $2 ~ /(^|,)build(,|$)/ || $1 == "libcmocka-dev" { print $1 }')

variant=minbase architecture=
case $kind in
sources)
	sources
	exit
	;;
base) packages='' name=$suite-base ending=.tar ;;
system) packages=$system_packages name=$suite-system ending='' ;;
siege) packages="$system_packages $siege_packages" name=$suite-siege ending='' ;;
arm64) packages=$arm64_packages name=$suite-arm64 ending='' variant=extract architecture=--architectures=arm64 ;;
*) usage ;;
esac
# shellcheck disable=SC2086 # a list of words
key=$(echo "$suite" $packages | sha256sum | cut -c1-12)
mkdir -p build/roots
target=$PWD/build/roots/$name-$key$ending

if [ "${FRESH:-}" = 1 ] || [ ! -e "$target" ]; then
	if [ "$(id -u)" != 0 ]; then
		echo "root.sh: needs root to build $name" >&2
		exit 1
	fi
	exec 9>build/roots/lock
	flock 9
fi
if [ "${FRESH:-}" != 1 ] && [ -e "$target" ]; then
	echo "$target"
	exit
fi

if ! command -v mmdebstrap >/dev/null; then
	YES=${YES:-} .ci/deps system >&2 9>&-
fi
part=$target.part
rm -rf "$part" "$target"
lines=$(sources)
if [ -z "$lines" ]; then
	echo "root.sh: apt here has no sources for $own" >&2
	exit 1
fi
include=
if [ -n "$packages" ]; then
	[ "$suite" = "$own" ] || packages=$(echo "$packages" | sed 's/t64//g')
	# shellcheck disable=SC2046,SC2086 # a list of words
	include=--include=$(choose $packages)
fi
echo "root.sh: building $name (about a minute, once)" >&2
# What the machine's apt is told about fetching (a proxy, a clock to ignore) holds inside too.
apt-config dump | grep '^Acquire::' >"$part.conf"
format=directory
[ -z "$ending" ] || format=tar
# shellcheck disable=SC2086 # nothing or one option
mmdebstrap --quiet --variant=$variant $architecture --format=$format --aptopt="$part.conf" $include \
    "$suite" "$part" - <<END_OF_SOURCES >&2 9>&-
$lines
END_OF_SOURCES
rm -f "$part.conf"
[ -n "$ending" ] || rm -f "$part/usr/sbin/policy-rc.d"
if [ "$kind" = arm64 ]; then
	# Its packages may count on a link that only setting up makes.
	[ -e "$part/lib" ] || ln -s usr/lib "$part/lib"
	# A linker that takes this for its root would follow absolute links to this machine's own files.
	find "$part" -type l -lname '/*' | while read -r link; do
		ln -snfr "$part$(readlink "$link")" "$link"
	done
fi
mv "$part" "$target"
echo "$target"
