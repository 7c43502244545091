# shellcheck shell=bash
# ada's desktop: her session bus and a real gnome-keyring, and what she does there. Sourced by
# component tests, after lib.sh.
# shellcheck disable=SC2154 # lib.sh's

ada_uid=$(id -u ada)
# shellcheck disable=SC2034 # for the tests
GIT_REQUEST='protocol=https\nhost=acme.my.salesforce.com\n'

# desk COMMAND...: as ada, with her bus.
desk()
{
	as_user ada XDG_RUNTIME_DIR="/run/user/$ada_uid" "$@"
}

# start_desktop: bus and keyring; the keyring is unlocked.
start_desktop()
{
	install -d -o ada -m 700 "/run/user/$ada_uid"
	setpriv --reuid=ada --regid=ada --init-groups env -i PATH=/usr/bin:/bin HOME="$W/home/ada" \
	    XDG_RUNTIME_DIR="/run/user/$ada_uid" dbus-daemon --session \
	    --address="unix:path=/run/user/$ada_uid/bus" --nofork --nopidfile >"$W/bus.log" 2>&1 &
	wait_for 5 test -S "/run/user/$ada_uid/bus" || bail 'no bus'
	printf pw | desk gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
	wait_for 5 desk gdbus wait --session --timeout 1 org.freedesktop.secrets || bail 'no keyring'
}

# signal_keyring SIGNAL: to ada's keyring daemon.
signal_keyring()
{
	local pid
	for pid in $(pgrep -u ada -f '^gnome-keyring-d'); do kill "-$1" "$pid"; done
}

# stored: the items of ours, secrets included.
stored()
{
	desk secret-tool search --all application sfoauth 2>&1
}

# put_item SECRET [USER [ATTRIBUTE VALUE]...]: an item as any program of the session can make one.
put_item()
{
	local secret=$1 user=${2:-ada@acme.example}
	shift $(($# < 2 ? $# : 2))
	printf %s "$secret" | desk secret-tool store --label=test xdg:schema com.github.sfoauth.Token \
	    application sfoauth origin https://acme.my.salesforce.com:443 user "$user" "$@"
}

# forget_kernel: what ada's kernel keyring holds is gone.
forget_kernel()
{
	setpriv --reuid=ada --regid=ada --clear-groups keyctl clear @u
}

# sign_in_as PERSON COMMAND...: the command, which shows a code, is approved by PERSON. Standard output
# is left in $out, standard error in $err, the status in $status.
sign_in_as()
{
	local person=$1
	shift
	fake approve --wait 8 --user "$person" >/dev/null &
	run "$@"
	wait $!
}

# run COMMAND...: likewise, without anybody.
run()
{
	"$@" >"$W/out" 2>"$W/err" </dev/null
	status=$?
	# shellcheck disable=SC2034 # for the tests
	out=$(cat "$W/out") err=$(cat "$W/err")
	cat "$W/out" "$W/err" >>"$W/transcript"
	return $status
}

# refreshes: how many refresh requests the fake has seen.
refreshes()
{
	fake counts by_kind.refresh
}
