#!/bin/bash
# Shows the main job: a login with Salesforce through a real sshd, after which git gets the token
# without a second sign-in. `make demo` builds everything and starts this script.
#
# It runs in its own namespaces, with private copies of /etc, /run, /tmp, /var/log and /usr/local, and
# does not change the machine. Salesforce is a stand-in on an isolated network. With
# ORG=https://MYDOMAIN.my.salesforce.com and CLIENT_ID=... it is the real one, over the machine's network.
#
# Needs root or sudo. Exit status 0: everything that it shows was checked.
set -u
src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

die()
{
	echo "demo: $*" >&2
	exit 1
}

if [ -z "${SF_E2E_INSIDE:-}" ]; then
	ORG=${ORG:-} CLIENT_ID=${CLIENT_ID:-} network=-n
	if [ -z "${SF_STAGE:-}" ]; then
		make -C "$src" -s stage ${B:+"B=$B"} || exit 1
		SF_STAGE=$src/${B:-build}/stage
	fi
	if [ -n "$ORG$CLIENT_ID" ]; then
		if [ -z "$ORG" ] || [ -z "$CLIENT_ID" ]; then die 'give both ORG=https://... and CLIENT_ID=...'; fi
		if [ ! -t 0 ] || [ ! -t 1 ]; then die 'with ORG it needs a terminal, and you need a browser'; fi
		network=
	fi
	become=()
	[ "$(id -u)" = 0 ] || become=(sudo)
	# login_url has no slash at its end. Kernel keyrings belong to uids, not to namespaces: the slot
	# gives the demo uids that no test uses.
	# shellcheck disable=SC2086 # nothing or one option
	exec "${become[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
	    "$src/tests/slots.py" env TERM="${TERM:-dumb}" SF_E2E_INSIDE=1 SF_STAGE="$(readlink -f "$SF_STAGE")" \
	    ORG="${ORG%/}" CLIENT_ID="$CLIENT_ID" "$src/tests/demo/private.sh" $network bash "$0"
fi

# The house replaces name service and CAs. A real org needs those of the machine: save them.
declare -A saved
for name in hosts resolv.conf nsswitch.conf ssl/certs/ca-certificates.crt; do
	saved[$name]=$(cat /etc/$name 2>/dev/null)
done

# shellcheck source=tests/e2e/lib.sh
. "$src/tests/e2e/lib.sh"

host=$(hostname)
uid=$(id -u ada)
if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; else bold='' plain=''; fi
bail() { die "$*"; }

# From here on, also print the end of each log.
die()
{
	local log
	echo "demo: $*" >&2
	for log in syslog sshd.log fake.log dbus.log keyring.log; do
		[ ! -s "$W/$log" ] || { echo "---- $log" && tail -n 15 "$W/$log"; } >&2
	done
	exit 1
}

# ---- What the demo prints

say()
{
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

# shown COMMAND...: print the command, then run it.
shown()
{
	printf '\n  root@%s# %s\n' "$host" "$*"
	"$@" | sed 's/^/  /'
}

# checked WHAT COMMAND...: print WHAT if the command succeeds; otherwise the demo fails.
checked()
{
	local what=$1
	shift
	"$@" >/dev/null 2>&1 || die "this did not happen: $what"
	echo "  yes: $what"
}

# ---- Setting up

# A session bus and an unlocked keyring for ada, as a desktop or `systemd --user` provides them.
start_keyring()
{
	local runtime=/run/user/$uid
	mkdir -p "$runtime" && chown "ada:" "$runtime" && chmod 700 "$runtime"
	as_user ada env XDG_RUNTIME_DIR="$runtime" dbus-daemon --session --nofork --nopidfile \
	    --address="unix:path=$runtime/bus" >"$W/dbus.log" 2>&1 </dev/null &
	wait_for 5 test -S "$runtime/bus" || die 'no session bus'
	printf demo | as_user ada env XDG_RUNTIME_DIR="$runtime" \
	    gnome-keyring-daemon --unlock --components=secrets >"$W/keyring.log" 2>&1 || die 'no keyring'
	as_user ada env XDG_RUNTIME_DIR="$runtime" gdbus wait --session --timeout 5 org.freedesktop.secrets ||
	    die 'the keyring does not answer'
}

# git's configuration, written once for a machine or a user.
set_up_git()
{
	printf '[credential "%s"]\n\thelper =\n\thelper = sfoauth\n' "$1" >/etc/gitconfig
}

# A free port: on the machine's network its own sshd has port 22.
free_port()
{
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

show_stack()
{
	say "The PAM stack of sshd (/etc/pam.d/sshd), the lines of sfoauth:"
	grep pam_sfoauth /etc/pam.d/sshd | sed 's/^/  /'
}

# ---- In the session: a script types what a person would

# The script that ssh runs; it prints each command before it runs it. $1: the org's address, $2: a
# filter for git's output.
session_script()
{
	cat <<-END_OF_SCRIPT
		run() { printf '\n  %s\n' "\$USER@$host\$ \$1"; eval "\$1"; }
		export GIT_TERMINAL_PROMPT=0
		{
		run "printf 'url=$1\n\n' | git credential fill$2"
		run "sfoauth api '/services/data/v{version}/query?q=SELECT+Name+FROM+Contact+LIMIT+3'"
		echo
		run 'env | grep SFOAUTH || echo "(no variable of sfoauth)"'
		} 2>&1 | sed 's/^/  /'
	END_OF_SCRIPT
}

# Also save the output in $W/seen.
seen()
{
	tee "$W/seen"
}

# ---- The two demos

demo_with_stand_in()
{
	local org=https://acme.my.salesforce.com token
	say "1. A stand-in for Salesforce answers for $org"
	start_fake
	echo "  It runs on this machine, in a network of its own. Its people: ada@acme.example and others."
	write_conf
	set_up_git $org
	shown cat /etc/sfoauth/sfoauth.conf
	show_stack

	say "2. A keyring for ada, open as after a login to her desktop"
	start_keyring
	start_sshd -o SetEnv="XDG_RUNTIME_DIR=/run/user/$uid"
	checked "it has no token of sfoauth" test -z "$(search_keyring)"

	say "3. ada logs in. What she sees, and what git and the API say in that same session:"
	printf '\n  ada@laptop$ ssh ada@%s\n\n' "$host"
	/usr/bin/python3 "$src/tests/e2e/drive.py" --approve "echo >&2
		echo \"  >> in her browser: opens \$SF_URI, types \$SF_CODE, signs in as ada, presses Allow\" >&2
		python3 '$src/tests/fake/approve.py' --ca '$W/ca/ca.pem' --address \"\$SF_URI\" --code \"\$SF_CODE\" --user acme:ada" \
	    -- ssh -F /dev/null -tt -q -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    -o PreferredAuthentications=keyboard-interactive -o NumberOfPasswordPrompts=1 \
	    -l ada 127.0.0.1 "$(session_script $org '')" 2>&1 </dev/null | seen

	say "4. What was checked"
	token=$(fake secrets access_token | tail -n 1)
	checked "git credential fill printed the token that Salesforce gave for the login" \
	    grep -qF "password=${token:-none}" "$W/seen"
	checked "the API answered" grep -q 'Grace Hopper' "$W/seen"
	checked "there was one sign-in and one token, for ssh, git and the API together" \
	    test "$(fake counts approved) $(fake counts access_issued)" = '1 1'
	checked "no record is left between the login and the session" \
	    test -z "$(ls -A /run/sfoauth/handoff)"
	checked "the token is in ada's keyring now, where she can see and delete it" \
	    grep -qF "Salesforce sign-in of ada@acme.example" <<<"$(search_keyring)"
	search_keyring | grep -E '^(label|schema|attribute)' | sed 's/^/    /'
	say "What the host's log says about it:"
	sync_syslog
	grep -a 'sfoauth: result=' "$W/syslog" | sed 's/^/  /'
}

search_keyring()
{
	as_user ada env XDG_RUNTIME_DIR="/run/user/$uid" \
	    secret-tool search --all application sfoauth 2>&1 </dev/null
}

# Run a command as ada, on the terminal.
ada()
{
	as_user ada env XDG_RUNTIME_DIR="/run/user/$uid" "$@"
}

demo_with_org()
{
	local user org_id user_id port userinfo
	for name in "${!saved[@]}"; do echo "${saved[$name]}" >"/etc/$name"; done
	echo "127.0.0.1 $host" >>/etc/hosts
	start_keyring
	trap 'sign_out; clear_keyrings' EXIT
	mkdir -p /etc/sfoauth
	printf '[org demo]\nlogin_url = %s\nclient_id = %s\ndefault = yes\n' "$ORG" "$CLIENT_ID" \
	    >/etc/sfoauth/sfoauth.conf
	say "1. Sign in at $ORG once, so that the configuration can name your organization and user."
	ada sfoauth login || die 'the sign-in did not succeed'
	userinfo=$(ada sfoauth api /services/oauth2/userinfo) || die "$ORG does not say who you are"
	read -r org_id user_id user < <(python3 -c 'import json, sys; facts = json.load(sys.stdin)
print(*(facts[key] for key in ("organization_id", "user_id", "preferred_username")))' <<<"$userinfo") ||
	    die "$ORG does not say who you are"
	echo "  organization  $org_id"
	echo "  user          $user_id ($user)"
	sign_out

	say "2. Pinned: only that organization, and only that user as ada"
	printf 'organization_id = %s\n\n[pam]\norg = demo\nuser_map = /etc/sfoauth/users\n' "$org_id" \
	    >>/etc/sfoauth/sfoauth.conf
	printf 'ada %s\n' "$user_id" >/etc/sfoauth/users
	set_up_git "$ORG"
	shown cat /etc/sfoauth/sfoauth.conf /etc/sfoauth/users
	show_stack
	port=$(free_port)
	start_sshd -o Port="$port" -o SetEnv="XDG_RUNTIME_DIR=/run/user/$uid"

	say "3. Now log in as ada over ssh. Approve it in your browser, then press Enter here."
	printf '\n  ada@laptop$ ssh ada@%s\n\n' "$host"
	ssh -F /dev/null -t -q -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    -o PreferredAuthentications=keyboard-interactive -p "$port" -l ada 127.0.0.1 \
	    "$(session_script "$ORG" " | sed 's/^\(password=.\{18\}\).*/\1(the rest is not shown)/'")" | seen
	checked "git credential fill printed a token, after one sign-in" grep -q 'password=00D' "$W/seen"
	say "The token of this login is revoked now."
}

# Revoke the sign-in at a real Salesforce, also if the demo fails.
sign_out()
{
	ada sfoauth logout >/dev/null 2>&1
}

say "sfoauth: log in to Linux with Salesforce, and git works at once"
if [ -n "${ORG:-}" ]; then demo_with_org; else demo_with_stand_in; fi
say "Done. The demo ran in a private copy of the machine; nothing was installed or changed."
