#!/bin/bash
# A desktop keyring that is not there, locked, stopped, or killed in the middle of a call: what git's
# helper says then, how soon, and that the person's keyring daemon outlives it.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
helper=/usr/local/bin/git-credential-sfoauth
printf '%b\n' "$GIT_REQUEST" >"$W/home/ada/request"

# trouble NAME WORD COMMAND...: COMMAND runs the helper. get: exit status 6, one sentence with WORD in it,
# nothing on standard output; store and erase: silence or the same; each within four seconds.
trouble()
{
	local name=$1 word=$2 operation start ms
	shift 2
	for operation in get store erase; do
		cp "$W/home/ada/request" "$W/request"
		[ $operation = get ] || printf 'username=ada@acme.example\npassword=00Dx\n' >>"$W/request"
		sed -i '/^$/d' "$W/request"
		start=$(date +%s%N)
		"$@" timeout 10 $helper $operation <"$W/request" >"$W/out" 2>"$W/err"
		status=$?
		ms=$((($(date +%s%N) - start) / 1000000))
		echo "# $name: $operation: $status after $ms ms: $(cat "$W/err")"
		if [ $operation = get ]; then
			is "$name: get: exit status, sentences" "$status $(wc -l <"$W/err")" '6 1'
			like "$name: get: which says so" "$(cat "$W/err")" "^sfoauth: .*$word"
		else
			like "$name: $operation: silence, or the same" "$status $(cat "$W/err")" "^(0 |6 sfoauth: .*${word}[^\n]*)\$"
		fi
		is "$name: $operation: no half of an answer" "$(cat "$W/out")" ''
		ok "$name: $operation: within four seconds" test "$ms" -lt 4000
	done
	is "$name: no program of ours is left" "$(pgrep -u ada -c sfoauth)" 0
}
# Another bus and daemon, unlocked: a daemon that the bus itself starts is locked.
renew_desktop()
{
	signal_keyring KILL
	pkill -KILL -u ada -x dbus-daemon
	rm -rf "/run/user/$ada_uid"
	start_desktop
}
daemon() { pgrep -u ada -f '^gnome-keyring-d' | tr '\n' ' '; }
# Without a terminal, as git runs it in the background.
ask() { desk setsid -w env GIT_TERMINAL_PROMPT=0 "$@"; }

trouble 'no D-Bus' 'no desktop keyring' as_user ada setsid -w env

# ---- A bus without a service
install -d -o ada -m 700 "/run/user/$ada_uid"
cat >"$W/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=/run/user/$ada_uid/bus</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
END
setpriv --reuid=ada --regid=ada --init-groups env -i PATH=/usr/bin:/bin dbus-daemon --config-file="$W/bus.conf" \
    --nofork --nopidfile >"$W/bus.log" 2>&1 &
bus=$!
wait_for 5 test -S "/run/user/$ada_uid/bus" || bail 'no bus'
trouble 'a bus, and no service' 'no desktop keyring' ask
kill $bus && wait $bus 2>/dev/null
rm -f "/run/user/$ada_uid/bus"

# ---- Locked
start_desktop
sign_in_as ada desk sfoauth login
is 'signed in' "$status" 0
forget_kernel
alive=$(daemon)
desk gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock "['/org/freedesktop/secrets/collection/login']" >/dev/null
trouble 'locked, no display' locked ask
trouble 'locked, a display and nobody there' locked ask DISPLAY=:99 WAYLAND_DISPLAY=wayland-0
trouble 'locked, a display, a terminal, and git that may not ask' locked desk env DISPLAY=:99 GIT_TERMINAL_PROMPT=0
is 'the keyring daemon is the same' "$(daemon)" "$alive"
renew_desktop
printf '%b\n' "$GIT_REQUEST" >"$W/request"
like 'unlocked, it is answered' "$(desk $helper get <"$W/request")" 'password=00D'

# ---- Stopped
forget_kernel
alive=$(daemon)
signal_keyring STOP
trouble 'a daemon that is stopped' 'does not answer' ask
signal_keyring CONT
is 'the keyring daemon is the same' "$(daemon)" "$alive"
wait_for 5 desk gdbus wait --session --timeout 1 org.freedesktop.secrets
like 'going on, it answers' "$(desk $helper get <"$W/request")" 'password=00D'

# ---- Killed in the middle of a call
forget_kernel
for operation in get store erase; do
	forget_kernel
	signal_keyring STOP
	sed '/^$/d' "$W/home/ada/request" >"$W/request"
	[ $operation = get ] || printf 'username=ada@acme.example\npassword=00Dx\n' >>"$W/request"
	start=$(date +%s%N)
	ask timeout 10 $helper $operation <"$W/request" >"$W/out" 2>"$W/err" &
	pid=$!
	if [ $operation != store ]; then wait_for 3 pgrep -u ada -x sfoauth-keyring >/dev/null; fi
	sleep 0.3
	signal_keyring KILL
	wait $pid
	status=$?
	ms=$((($(date +%s%N) - start) / 1000000))
	echo "# killed: $operation: $status after $ms ms: $(cat "$W/err")"
	like "killed in the middle of $operation: one sentence or none" "$status $(wc -l <"$W/err")" \
	    "$([ $operation = get ] && echo '^6 1$' || echo '^(0 0|6 1)$')"
	is "killed in the middle of $operation: no half of an answer" "$(cat "$W/out")" ''
	ok "killed in the middle of $operation: within four seconds" test "$ms" -lt 4000
	renew_desktop
done
printf '%b\n' "$GIT_REQUEST" >"$W/request"
like 'the next daemon has it all' "$(desk $helper get <"$W/request")" 'password=00D'
done_testing
