# shellcheck shell=bash
# The machine of a system test: sourced first by tests/system/NN-goal.sh.
#
# Boots Debian with systemd in a container that forgets everything when it stops, with no network
# but lo. What `make stage` installs (or $SF_STAGE) is in its place before the first process runs.
# Then: the fake Salesforce on its real names and port 443, README's PAM stack and sshd drop-in,
# accounts ada, kim (uid $SYS_FIRST_UID on) and svc (uid 500) with the password "pw-NAME". SF_SUITE
# names another Debian than this machine's; what is built here runs there. SF_ROOT names another kind
# of root directory (root.sh).
#
# Test results as in tests/e2e/tap.sh. Helpers: boot, inside, as_user, session_user, fake,
# fake_count, drive, ssh_login, unlock_keyring, journal, finish. Each has its manual above it.

set -u
src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out='' status=0
# Kernel keyrings belong to the uid, in containers too: two runs at a time do not share any.
SYS_FIRST_UID=$((59001 + $$ % 90 * 10))
SYS_USERS=(ada kim)
HOSTS='acme.my.salesforce.com login.salesforce.com test.salesforce.com'
# shellcheck source=tests/e2e/tap.sh
. "$src/tests/e2e/tap.sh"

[ "$(id -u)" = 0 ] || skip_all 'needs root to boot a container'
command -v systemd-nspawn >/dev/null || skip_all 'needs systemd-nspawn (package systemd-container)'
W=$(mktemp -d "${TMPDIR:-/tmp}/sfoauth-system.XXXXXX") || exit 1
machine='' leader=''

# ---- The machine

# Everything that runs in it has ended, and its keyrings are empty, when this returns.
power_off()
{
	local tries=100 uid
	if [ -n "$machine" ]; then
		kill "$machine" 2>/dev/null
		while kill -0 "$machine" 2>/dev/null && [ $((tries -= 1)) -gt 0 ]; do sleep 0.1; done
		kill -KILL "$machine" "$leader" 2>/dev/null
		wait "$machine" 2>/dev/null
		for ((uid = SYS_FIRST_UID; uid < SYS_FIRST_UID + ${#SYS_USERS[@]}; uid++)); do
			chroot "$root" setpriv --reuid=$uid --regid=$uid --clear-groups \
			    sh -c 'keyctl clear @u; keyctl clear @us' >/dev/null 2>&1
		done
	fi
	machine=''
	rm -rf "$W"
}
trap power_off EXIT
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# inside COMMAND...: as root in the machine, with an empty environment but for the usual.
inside()
{
	nsenter -t "$leader" -a env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	    HOME=/root LANG=C.UTF-8 TERM=dumb "$@"
}

# as_user USER COMMAND...: in the user's home, with the user's bus where one runs.
as_user()
{
	local user=$1 uid
	uid=$(inside id -u "$user")
	shift
	inside setpriv --reuid="$user" --regid="$user" --init-groups env -C "/home/$user" \
	    HOME="/home/$user" USER="$user" LOGNAME="$user" XDG_RUNTIME_DIR="/run/user/$uid" "$@"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for()
{
	local tries=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
}

has_booted()
{
	leader=$(pgrep -P "$machine" | head -n 1)
	[ -n "$leader" ] || return 1
	case $(inside systemctl is-system-running 2>/dev/null) in
	running | degraded) return 0 ;;
	esac
	return 1
}

# A copy of what is installed, root's whoever built it, as options for systemd-nspawn.
bind_product()
{
	local path
	cp -R "$SF_STAGE" "$W/stage" && chmod -R go-w "$W/stage" || return 1
	cp --preserve=mode "$SF_STAGE/usr/local/libexec/sfoauth/"* "$W/stage/usr/local/libexec/sfoauth/"
	binds=()
	while read -r path; do
		binds+=("--bind-ro=$W/stage/$path:/$path")
	done < <(cd "$W/stage" && find . -type f ! -path '*/man/*' -printf '%P\n' | sort)
}

# boot: the machine runs, systemd is content, and the product is set up as README says.
boot()
{
	local suite
	if [ -z "${SF_STAGE:-}" ]; then
		make -C "$src" -s stage ${B:+"B=$B"} >&2 || bail 'the product does not build'
		SF_STAGE=$src/${B:-build}/stage
	fi
	# shellcheck source=/dev/null
	suite=${SF_SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
	root=$("$src/tests/system/root.sh" "${SF_ROOT:-system}" "$suite") || bail 'no root directory to boot'
	bind_product || bail 'the product could not be copied'
	{
		printf '127.0.0.1 localhost %s\n::1 localhost\n' sfhost
		# shellcheck disable=SC2086 # a list of words
		printf '127.0.0.1 %s\n' $HOSTS
	} >"$W/hosts"
	echo sfhost >"$W/hostname"
	# shellcheck disable=SC2086 # a list of words
	sh "$src/tests/fake/make-ca.sh" "$W/ca" $HOSTS || bail 'no certificates'
	# Its own filter would hide the system calls that services need, Landlock's and keyctl among them;
	# what it notes in /run ends with its mount namespace.
	# shellcheck disable=SC2016 # for the inner shell
	SYSTEMD_SECCOMP=0 unshare -m --propagation private \
	    sh -c 'mount -t tmpfs -o mode=755 tmpfs /run && exec systemd-nspawn "$@"' sh \
	    -q --register=no --keep-unit --private-network --volatile=overlay -D "$root" --machine=sfhost \
	    --bind-ro="$W/hosts:/etc/hosts" --bind-ro="$W/hostname:/etc/hostname" \
	    --bind-ro="$src/tests:/mnt" --bind-ro="$W/ca:/media" "${binds[@]}" --boot >"$W/console" 2>&1 </dev/null &
	machine=$!
	wait_for 30 has_booted || bail "it does not boot: $(tail -n 5 "$W/console")"
	set_up || bail 'the machine could not be set up'
}

set_up()
{
	local name uid=$SYS_FIRST_UID
	inside useradd -r -u 500 -m -s /bin/bash svc
	for name in "${SYS_USERS[@]}"; do
		inside useradd -u $((uid++)) -m -s /bin/bash "$name" || return 1
	done
	for name in root svc "${SYS_USERS[@]}"; do echo "$name:pw-$name"; done | inside chpasswd || return 1
	for name in "${SYS_USERS[@]}"; do echo "$name ALL=(ALL:ALL) ALL"; done |
	    inside tee /etc/sudoers.d/people >/dev/null
	inside sh -c 'cat /media/ca.pem >>/etc/ssl/certs/ca-certificates.crt; mkdir -p /etc/sfoauth
		cat >/etc/sfoauth/sfoauth.conf' <<-'END_OF_FILE' || return 1
		[org acme]
		login_url = https://acme.my.salesforce.com
		client_id = 3MVG9acme.Local_App
		organization_id = 00D5f000000Abcd
		default = yes
		[pam]
		org = acme
		username_template = {user}@acme.example
		start_rate = 240/min, 240/min per source
		approve_timeout = 30
	END_OF_FILE
	# The same lines that the component tests put there.
	inside bash -c 'W=/run; . /mnt/e2e/house.sh && put_in_stack sshd session &&
		put_in_stack su && put_in_stack sudo && rm /run/lines
		printf "%s\n" "UsePAM yes" "KbdInteractiveAuthentication yes" "PasswordAuthentication no" \
		    "LoginGraceTime 300" "MaxStartups 150:30:300" "PerSourceMaxStartups 30" \
		    >/etc/ssh/sshd_config.d/10-sfoauth.conf' || return 1
	inside systemctl restart ssh || return 1
	inside systemd-run -q --unit=salesforce -p KillSignal=SIGKILL python3 -B /mnt/fake/salesforce.py \
	    --port 443 --cert /media/leaf.pem --key /media/leaf.key --control /run/fake.sock || return 1
	fake wait 5 || bail "the fake does not start: $(journal | grep python3 | tail -n 3)"
	fake set interval=1 >/dev/null
}

# ---- Helpers

# fake COMMAND...: what control.py of the fake takes.
fake()
{
	inside python3 -B /mnt/fake/control.py /run/fake.sock "$@"
}

# drive ARGUMENT...: tests/e2e/drive.py in the machine; its output is left in $out.
drive()
{
	inside python3 -B /mnt/e2e/drive.py "$@" >"$W/out" 2>&1 </dev/null
	status=$?
	# shellcheck disable=SC2034 # for the tests
	out=$(tr -d '\0' <"$W/out")
	cat "$W/out" >>"$W/transcript"
	return $status
}

# sign_in PERSON DRIVE-ARGUMENT...: PERSON approves what is shown, through the fake's own web page.
sign_in()
{
	local person=$1
	shift
	drive --approve "python3 -B /mnt/fake/approve.py --ca /media/ca.pem --address \$SF_URI \
	    --code \$SF_CODE --user acme:$person" "$@"
}

# ssh_login [-a PERSON] ACCOUNT [COMMAND]: by OpenSSH's own client, through the running ssh.service.
# PERSON approves it, or whose the account is.
ssh_login()
{
	local person=$1
	[ "$1" != -a ] || { person=$2 && shift 2; }
	sign_in "$person" -- ssh -F /dev/null -tt -o UserKnownHostsFile=/dev/null \
	    -o StrictHostKeyChecking=no -o PreferredAuthentications=keyboard-interactive \
	    -o NumberOfPasswordPrompts=1 -l "$1" sfhost "${@:2}"
}

# unlock_keyring USER: as after a desktop login: the user's own systemd and bus run, and a keyring
# is open on it.
unlock_keyring()
{
	local uid
	uid=$(inside id -u "$1")
	inside loginctl enable-linger "$1"
	wait_for 10 inside test -S "/run/user/$uid/bus" || return 1
	as_user "$1" sh -c 'printf pw | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null 2>&1
		gdbus wait --session --timeout 5 org.freedesktop.secrets' </dev/null
}

# journal: all that was logged so far.
journal()
{
	inside journalctl --sync
	inside journalctl -q --no-pager -o short-precise
}

# finish: the end of every script.
finish()
{
	journal 2>/dev/null | grep -aE 'sfoauth|sshd|su\[|sudo|gkr|keyring|unix' >"$W/syslog"
	done_testing
}
