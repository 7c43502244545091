#!/bin/bash
# One renewal for a crowd, with rotation and reuse detection: many programs at once, in one desktop
# and in the environments of cron, sudo and ssh; the winner killed before and after its request, or
# stopped for good.
#   40-one-refresh.sh [PROGRAMS]: how many at once (default 24); `make crowd` is 100
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

crowd=${1:-24}
waiting=()
write_conf
start_fake
start_desktop
printf '%b\n' "$GIT_REQUEST" >"$W/home/ada/request"
secret_of() { desk secret-tool lookup application sfoauth user ada@acme.example; }
refresh_token() { secret_of | sed -n 's/^refresh_token=//p'; }
live() { fake -j tokens | jq -r '[.[] | select(.live and .kind == "refresh") | .token] | last'; }
# The stored access token is over; the refresh token is as it was.
expire()
{
	put_item "$(secret_of | sed 's/^expires_at=.*/expires_at=1/')"$'\n'
	forget_kernel
}
begin()
{
	desk secret-tool clear application sfoauth
	rm -rf "$W/home/ada/.local/state/sfoauth"
	forget_kernel
	sign_in_as ada desk sfoauth login
	expire
	before=$(refreshes) spent=$(fake counts spent_presented)
	rm -f "$W"/said.*
}
# ask HOW NAME: token and git's get in turn, started at once, by HOW; answers in $W/said.NAME
ask()
{
	# shellcheck disable=SC2016 # for the shell in there
	$1 sh -c 'i=0; while [ $i -lt '"$2"' ]; do i=$((i + 1))
	    case $((i % 3)) in
	    0) git-credential-sfoauth get <request | sed -n "s/^password=//p" ;;
	    *) sfoauth token </dev/null ;;
	    esac & done; wait' >"$W/said.$3" 2>"$W/said.$3.err"
}
answers() { cat "$W"/said.[a-z]* 2>/dev/null | grep -ac '^00D'; }
different() { cat "$W"/said.[a-z]* | grep -a '^00D' | sort -u | wc -l; }
posts() { echo $(($(refreshes) - before)); }
presented_again() { echo $(($(fake counts spent_presented) - spent)); }
all_well()
{
	is "$1: one request for a new token" "$(posts)" 1
	is "$1: as many answers as programs, all the same" "$(answers) $(different)" "$2 1"
	is "$1: it is the new one, and alive" "$(fake -j tokens | jq --arg t "$(cat "$W"/said.[a-z] | head -n 1)" '[.[] | select(.token == $t and .live)] | length')" 1
	is "$1: the new refresh token is stored" "$(refresh_token)" "$(live)"
	is "$1: nothing spent was presented" "$(presented_again)" 0
	is "$1: nobody complained" "$(cat "$W"/said.*.err)" ''
	is "$1: nothing is left parked" "$(setpriv --reuid=ada --regid=ada --clear-groups keyctl show @u | grep -c sfoauth:parked)" 0
}

# ---- A crowd, and a server that takes its time
fake set rotation=true 'delay={"refresh":[0.05,0.8]}' >/dev/null
begin
ask desk "$crowd" a
all_well "$crowd at once" "$crowd"

# ---- The same from everywhere: the home is that of the password database, whatever HOME says.
# With nothing but cron's variables; the bus is found at its place.
cron() { (cd "$W/home/ada" && exec setpriv --reuid=ada --regid=ada --clear-groups env -i HOME=/ SHELL=/bin/sh \
	LOGNAME=ada PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" "$@"); }
# As sudo -u ada leaves it: another's home, name and directories.
sudo_like() { (cd "$W/home/ada" && exec setpriv --reuid=ada --regid=ada --init-groups env -i HOME=/root SUDO_USER=root \
	SUDO_UID=0 USER=ada LOGNAME=ada XDG_STATE_HOME=/root/.state \
	XDG_RUNTIME_DIR="/run/user/$ada_uid" PATH=/usr/local/bin:/usr/bin:/bin TERM=xterm "$@"); }
# A session of its own, with a session keyring of its own, over the network.
ssh_like() { (cd "$W/home/ada" && exec setpriv --reuid=ada --regid=ada --init-groups env -i HOME="$W/home/ada" \
	USER=ada LOGNAME=ada SSH_CONNECTION='192.0.2.1 1 192.0.2.2 22' SSH_TTY=/dev/pts/9 LANG=C.UTF-8 \
	XDG_RUNTIME_DIR="/run/user/$ada_uid" PATH=/usr/local/bin:/usr/bin:/bin setsid keyctl session - "$@" 2>/dev/null); }
begin
for how in desk cron sudo_like ssh_like; do
	ask $how $((crowd / 8)) "of_$how" &
	waiting+=($!)
done
wait "${waiting[@]}"
cat "$W"/said.of_{desk,cron,sudo_like,ssh_like} >"$W/said.a"
is 'desktop, cron, sudo and ssh at once: one request' "$(posts)" 1
is 'desktop, cron, sudo and ssh at once: all have the same answer' \
    "$(grep -ac '^00D' "$W/said.a") $(sort -u "$W/said.a" | wc -l)" "$((4 * (crowd / 8))) 1"
is 'desktop, cron, sudo and ssh at once: one place for the lock' \
    "$(find /root "$W" -xdev -path '*/sfoauth/*.lock' -newer "$W/home/ada/request" -printf "%h\n" | sort -u)" "$W/home/ada/.local/state/sfoauth"

# ---- The winner dies. The server greets late, or answers late, so there is time.
winner()
{
	desk sfoauth token >"$W/winner" 2>&1 </dev/null &
	disown
	wait_for 10 pgrep -u ada -x sfoauth >/dev/null
	# Not what it is just starting, which still has its name.
	winner=$(pgrep -o -u ada -x sfoauth)
}
kill_winner() { kill -KILL "$winner"; }
is_seen() { [ "$(refreshes)" -gt "$before" ]; }
is_gone() { ! kill -0 "$winner" 2>/dev/null; }
connections=0
has_connected() { [ "$(fake counts connections)" -gt "$connections" ]; }

begin
fake set tls_delay=1 >/dev/null
connections=$(fake counts connections)
winner
wait_for 10 has_connected
ask desk "$crowd" a &
crowd_pid=$!
kill_winner
fake set tls_delay=0 >/dev/null
wait $crowd_pid
all_well 'the winner killed before its request' "$crowd"

begin
fake set 'delay={"refresh":9}' >/dev/null
winner
wait_for 10 is_seen
kill_winner
fake set 'delay={"refresh":0}' >/dev/null
ask desk "$crowd" a
all_well 'the winner killed after its request' "$crowd"

# The worker, which alone has the answer, dies with it. An earlier refresh has shown that they rotate.
begin
desk sfoauth token >/dev/null
expire
before=$(refreshes)
fake set 'delay={"refresh":9}' >/dev/null
winner
wait_for 10 is_seen
kill -KILL $(pgrep -u ada -x sfoauth-worker)
fake set 'delay={"refresh":0}' >/dev/null
ask desk "$crowd" a
is 'the worker killed after its request: nobody has an answer' "$(answers)" 0
is 'the worker killed: what is spent is not presented again' "$(posts) $(presented_again)" '1 0'
is 'the worker killed: one sentence, that a sign-in is needed' \
    "$(grep -a '^[a-z]' "$W/said.a.err" | sort -u)" \
    'sfoauth: The renewal of this sign-in was interrupted, and the stored token can no longer be used. Run sfoauth login.'
run desk sfoauth token --json
is 'the worker killed: exit status' "$status $(jq -r .error <<<"$out")" '4 spent'
sign_in_as ada desk sfoauth login
run desk sfoauth token
is 'the worker killed: a sign-in mends it' "$status" 0

# Stopped after the answer, where the keyring has no new token yet: it is parked in the kernel.
begin
fake set 'delay={"refresh":1}' >/dev/null
winner
wait_for 10 is_seen
signal_keyring STOP
is_parked() { setpriv --reuid=ada --regid=ada --clear-groups keyctl show @u | grep -q sfoauth:parked; }
wait_for 10 is_parked
kill_winner
wait_for 10 is_gone
signal_keyring CONT
fake set 'delay={"refresh":0}' >/dev/null
ask desk "$crowd" a
is 'killed after its request, before the keyring had the token: everybody has it' "$(answers) $(different)" "$crowd 1"
is 'killed after its request, before the keyring had the token: no other request' "$(posts) $(presented_again)" '1 0'
is 'killed after its request, before the keyring had the token: stored now' "$(refresh_token)" "$(live)"
ok 'killed after its request, before the keyring had the token: no longer parked' test -z "$(is_parked && echo parked)"

# After it was stored nothing is lost.
expire
before=$(refreshes)
winner
wait_for 10 is_gone
expire
run desk sfoauth token
is 'ended after the token was stored: the next one refreshes with it' "$status $(posts) $(presented_again)" '0 2 0'

# ---- A holder that is stopped
begin
fake set 'delay={"refresh":3}' >/dev/null
winner
wait_for 10 is_seen
kill -STOP "$winner"
start=$(date +%s)
: >"$W/waited"
waiting=()
for i in 1 2 3 4 5 6; do
	{
		desk sfoauth token --json </dev/null >"$W/waited.$i" 2>/dev/null
		echo "$? $(jq -r .error "$W/waited.$i")" >>"$W/waited"
	} &
	waiting+=($!)
done
wait "${waiting[@]}"
is 'a holder that is stopped: the others are told to come back later' "$(sort "$W/waited" | uniq -c | xargs)" '6 5 busy'
ok 'a holder that is stopped: within the bound' test $(($(date +%s) - start)) -le 100
is 'a holder that is stopped: nobody asks in its place' "$(posts)" 1
kill -CONT "$winner"
wait_for 20 is_gone
is 'a holder that goes on: its token is stored' "$(refresh_token)" "$(live)"
run desk sfoauth token
is 'a holder that goes on: and used' "$status $(posts) $(presented_again)" '0 1 0'

# ---- Every secret: nowhere but where it belongs
fake secrets >"$W/secrets"
sync_syslog
cat "$W/transcript" "$W"/said.*.err "$W/winner" >"$W/words"
is 'no refresh token was ever said' "$(grep -acFf <(grep '^5Aep' "$W/secrets") "$W/words")" 0
is 'no token is in the log' "$(grep -acFf "$W/secrets" "$W/syslog")" 0
is 'files in the home hold no token' "$(grep -raclFf "$W/secrets" "$W/home/ada/.local/state" | wc -l)" 0
done_testing
