# shellcheck shell=bash
# The private house of a component test. tests/e2e/NN-goal.sh sources this file first.
#
# It starts the script again in its own namespaces (mounts, network, processes, host name). All that
# the script mounts, starts and writes there ends with it. The script sees
#   - a network with nothing but lo, where Salesforce's host names are 127.0.0.1
#   - private copies of /etc, empty /run, /tmp, /var/log, /usr/local, and a /dev with its own syslog socket
#   - the product at its real paths, from `make stage` (or from $SF_STAGE)
#   - accounts: ada kim ina sue bot pat zoe (uids from 47001 + 100 * SF_SLOT on), svc (uid 500), root; password "pw-NAME"
# $W is the directory for the test's files; $src is the source tree.
#
# Test results: ok NAME COMMAND..., is NAME GOT WANTED, like/unlike NAME TEXT REGEX,
# skip NAME REASON, and done_testing at the end.
# Helpers: write_conf, start_fake, fake, fake_count, start_sshd, ssh_login, su_login, sudo_login,
# console_login, as_user, audit_line, audit_field, wait_for. A comment above each describes it.

set -u
out='' status=0
src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
E2E_USERS=(ada kim ina sue bot pat zoe)
# Kernel keyrings belong to uids, not to namespaces, so scripts that run at the same time need
# different uids. tests/run, or slots.py below, gives each script a number that is unique on this machine.
E2E_FIRST_UID=$((47001 + 100 * ${SF_SLOT:-0}))
HOSTS='acme.my.salesforce.com login.salesforce.com test.salesforce.com evil.my.salesforce.com
acme--sb.sandbox.my.salesforce.com acme.my.site.com git.acme.example other.example'
# shellcheck source=tests/e2e/tap.sh
. "$src/tests/e2e/tap.sh"

if [ -z "${SF_E2E_INSIDE:-}" ]; then
	[ "$(id -u)" = 0 ] || skip_all 'needs root for namespaces'
	if [ -z "${SF_STAGE:-}" ]; then
		make -C "$src" -s stage ${B:+"B=$B"} >&2 || exit 1
		SF_STAGE=$src/${B:-build}/stage
	fi
	"$src/tests/demo/private.sh" -n true 2>/dev/null || skip_all 'this machine does not allow namespaces'
	if [ -z "${SF_SLOT:-}" ]; then
		SF_STAGE=$SF_STAGE exec "$src/tests/slots.py" bash "$(readlink -f "$0")" "$@"
	fi
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
	    SF_E2E_INSIDE=1 SF_STAGE="$(readlink -f "$SF_STAGE")" SF_SLOT="$SF_SLOT" \
	    "$src/tests/demo/private.sh" -n bash "$(readlink -f "$0")" "$@"
fi

W=/run/e2e
umask 022
# shellcheck source=tests/e2e/house.sh
. "$src/tests/e2e/house.sh"

# ---- Configuration

# write_conf [SECTION.KEY=VALUE]...: write /etc/sfoauth/sfoauth.conf, which lets the accounts above in.
# A key replaces the default row; with an empty value it only removes the row. SECTION is org or pam.
write_conf()
{
	local -a rows=(
		'org.login_url=https://acme.my.salesforce.com' 'org.client_id=3MVG9acme.Local_App'
		'org.organization_id=00D5f000000Abcd' 'org.default=yes'
		'pam.org=acme' 'pam.username_template={user}@acme.example'
		'pam.approve_timeout=30' 'pam.start_rate=240/min, 240/min per source'
	)
	local row section
	mkdir -p /etc/sfoauth
	for section in org pam; do
		[ $section = org ] && echo '[org acme]' || echo '[pam]'
		for row in "${rows[@]}"; do
			case $row in $section.*) ;; *) continue ;; esac
			printf '%s\n' "$@" | grep -qF "${row%%=*}=" && continue
			row=${row#*.} && echo "${row%%=*} = ${row#*=}"
		done
		for row; do
			case $row in $section.*=?*) row=${row#*.} && echo "${row%%=*} = ${row#*=}" ;; esac
		done
	done >/etc/sfoauth/sfoauth.conf
	chmod 644 /etc/sfoauth/sfoauth.conf
}

# ---- The fake Salesforce

# start_fake [OPTION]...: start tests/fake/salesforce.py on 127.0.0.1 port 443, with a certificate of the
# CA that the house trusts. The poll interval is one second; --set interval=5 changes it.
start_fake()
{
	/usr/bin/python3 -B "$src/tests/fake/salesforce.py" --cert "$W/ca/leaf.pem" \
	    --control "$W/fake.sock" --set interval=1 "$@" >"$W/fake.log" 2>&1 &
	echo $! >"$W/fake.pid"
	fake wait 10 || bail "the fake does not start: $(tail -n 3 "$W/fake.log")"
}

# fake COMMAND...: a command of tests/fake/control.py: set, approve, script, secrets, log, ...
fake()
{
	/usr/bin/python3 -B "$src/tests/fake/control.py" "$W/fake.sock" "$@" 2>>"$W/fake.log"
}

# fake_count NAME: print a counter: polls, handshakes, revoked, by_kind.token, by_kind.poll, ...
fake_count()
{
	fake counts "$1"
}

# ---- Hosts of the module

# start_sshd [OPTION]...: start Debian's sshd with README's stack and drop-in, on 127.0.0.1 port 22.
start_sshd()
{
	mkdir -p /run/sshd
	rm -f /etc/ssh/ssh_host_*
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
	# sshd 9.8 and later blocks an address after a few refused logins; with SSHD_PENALTIES=yes here, too.
	! /usr/sbin/sshd -T 2>/dev/null | grep -q '^persourcepenalties' ||
	    set -- "$@" -o PerSourcePenalties="${SSHD_PENALTIES:-no}"
	/usr/sbin/sshd -E "$W/sshd.log" -o ListenAddress=127.0.0.1 -o PidFile="$W/sshd.pid" "$@" ||
	    bail "sshd does not start: $(cat "$W/sshd.log")"
	wait_for 5 test -s "$W/sshd.pid" || bail 'sshd wrote no pid'
}

# readme_dropin: what README gives for sshd, word for word, is its drop-in.
readme_dropin()
{
	awk '/^```/ { is_code = !is_code; if (!is_code && block ~ /MaxStartups/) printf "%s", block; block = ""; next }
	    { block = block $0 "\n" }' "$src/README.md" >/etc/ssh/sshd_config.d/10-sfoauth.conf
}

# stop_sshd: ends sshd, and waits until its port is free for the next one.
stop_sshd()
{
	local pid
	pid=$(cat "$W/sshd.pid")
	kill "$pid"
	wait_for 10 sh -c "! kill -0 $pid" || bail 'sshd does not end'
	rm -f "$W/sshd.pid"
}

# drive ARGUMENT...: run drive.py. Its output is in $out and in the transcript, its status in $status.
drive()
{
	/usr/bin/python3 "$src/tests/e2e/drive.py" "$@" >"$W/out" 2>&1
	status=$?
	# shellcheck disable=SC2034 # for the tests
	out=$(tr -d '\0' <"$W/out")
	cat "$W/out" >>"$W/transcript"
	return $status
}

# Options of the four logins below: what the person does at the sign-in page.
#   -a PERSON   PERSON approves, a NICK or ORG:NICK of the fake (default: the nick that is the account's name)
#   -d          deny instead of approve
#   -n          do nothing
#   -l SECONDS  approve this much later
#   -D OPTION   pass an option to drive.py
sign_in_options()
{
	local option
	who='' verb='' late=0 extra=() OPTIND=1
	while getopts a:dnl:D: option; do
		case $option in
		a) who=$OPTARG ;;
		d) verb=--deny ;;
		n) verb=none ;;
		l) late=$OPTARG ;;
		D) extra+=("$OPTARG") ;;
		*) bail 'an unknown option of a sign-in' ;;
		esac
	done
	used=$((OPTIND - 1))
}

# sign_in ACCOUNT DRIVE-ARGUMENT...: run a login and act at the sign-in page as the options say.
sign_in()
{
	local control="/usr/bin/python3 -B '$src/tests/fake/control.py' '$W/fake.sock'"
	local words="--code \"\$SF_CODE\" --user '${who:-$1}' $verb"
	shift
	[ "$verb" = none ] || extra+=(--approve-after "$late" --approve "$control approve $words")
	drive "${extra[@]}" "$@"
}

# ssh_login [SIGN-IN OPTION]... ACCOUNT [COMMAND]: log in through the real sshd. The array SSH_OPTIONS
# has further options of ssh. Without a command it is an interactive shell; -D --on=REGEX=TEXT types.
SSH_OPTIONS=()
ssh_login()
{
	sign_in_options "$@" && shift "$used"
	sign_in "$1" -- ssh -F /dev/null -tt -o UserKnownHostsFile=/dev/null \
	    -o StrictHostKeyChecking=no -o PreferredAuthentications=keyboard-interactive \
	    -o NumberOfPasswordPrompts=1 "${SSH_OPTIONS[@]}" -l "$1" 127.0.0.1 "${@:2}"
}

# su_login [SIGN-IN OPTION]... FROM TO COMMAND: FROM runs su; TO has to sign in.
su_login()
{
	sign_in_options "$@" && shift "$used"
	sign_in "$2" --as "$1" -- su "$2" -c "$3"
}

# sudo_login [SIGN-IN OPTION]... FROM COMMAND...: FROM runs the command as root; FROM has to sign in.
sudo_login()
{
	sign_in_options "$@" && shift "$used"
	sign_in "$1" --as "$1" -- sudo -k "${@:2}"
}

# console_login [SIGN-IN OPTION]... ACCOUNT: log in with login(1); -D --on=REGEX=TEXT types.
console_login()
{
	sign_in_options "$@" && shift "$used"
	sign_in "$1" -- login "$1"
}

# as_user USER COMMAND...: run the command as USER, in the user's home, with a minimal environment.
as_user()
{
	local user=$1
	shift
	(cd "$W/home/$user" && exec setpriv --reuid="$user" --regid="$user" --init-groups \
	    env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$W/home/$user" USER="$user" LOGNAME="$user" \
	    LANG=C.UTF-8 TERM=dumb "$@")
}

# ---- The log

# audit_line [N]: print the last audit line, or the N-th from the end.
audit_line()
{
	sync_syslog
	grep -a 'sfoauth: result=' "$W/syslog" | tail -n "${1:-1}" | head -n 1
}

# audit_field KEY [N]: print a field of that line, without quotes.
audit_field()
{
	audit_line "${2:-1}" | sed -nE "s/.* $1=('([^']*)'|([^ ]*)).*/\2\3/p"
}

# Wait until everything that was logged before this call is in $W/syslog.
sync_syslog()
{
	local mark="mark-$RANDOM$RANDOM"
	logger -u /dev/log "$mark" && wait_for 3 grep -aq "$mark" "$W/syslog"
}

# wait_for SECONDS COMMAND...: repeat the command until it succeeds; fail after SECONDS.
wait_for()
{
	local tries=$(($1 * 20))
	shift
	while ! "$@" 2>/dev/null; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
}

build_house || bail "the private house could not be built"
