#!/bin/bash
# The desktop keyring in trouble before, during and after a renewal with rotation: what is sent, what
# the person gets and is told, where the new refresh token is.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
home=$W/home/ada
start_fake
# A home of her own, which can be full.
mount -t tmpfs -o "uid=$ada_uid,gid=$ada_uid,mode=700,size=1m" tmpfs "$home"
# Whoever ends the keyring is not to get another one from the bus.
mount -t tmpfs tmpfs /usr/share/dbus-1/services
start_desktop
secret_of() { desk secret-tool lookup application sfoauth user ada@acme.example; }
refresh_token() { secret_of 2>/dev/null | sed -n 's/^refresh_token=//p'; }
live() { fake -j tokens | jq -r '[.[] | select(.live and .kind == "refresh") | .token] | last'; }
keys() { setpriv --reuid=ada --regid=ada --clear-groups keyctl "$@"; }
parked_key() { keys search @u user 'sfoauth:parked:3MVG9acme.Local_App@https://acme.my.salesforce.com:443#ada@acme.example' 2>/dev/null; }
parked() { keys pipe "$(parked_key)" 2>/dev/null | sed -n 's/^refresh_token=//p'; }
where()
{
	local token
	token=$(live)
	if [ "$(refresh_token)" = "$token" ]; then echo keyring
	elif [ "$(parked)" = "$token" ]; then echo parked
	else echo nowhere; fi
}
expire()
{
	put_item "$(secret_of | sed 's/^expires_at=.*/expires_at=1/')"$'\n'
	keys clear @u
}
begin()
{
	desk secret-tool clear application sfoauth
	keys clear @u
	fake set rotation=true 'delay={}' >/dev/null
	sign_in_as ada desk sfoauth login
	expire
	before=$(refreshes) spent=$(fake counts spent_presented)
}
posts() { echo $(($(refreshes) - before)); }
presented_again() { echo $(($(fake counts spent_presented) - spent)); }
# told NAME "STATUS ERROR POSTS WHERE": the last run, in JSON
told() { is "$1" "$status $(jq -r '.error // "-"' <<<"$out" 2>/dev/null) $(posts) $(where)" "$2"; }
collection=/org/freedesktop/secrets/collection/login
service() { desk gdbus call --session --dest org.freedesktop.secrets --object-path "$1" --method "org.freedesktop.Secret.$2" "${@:3}" >/dev/null; }
lock() { service /org/freedesktop/secrets Service.Lock "['$collection']"; }
# With nobody to type the password: another daemon, which gets it when it starts.
unlock() { end_keyring && start_keyring; }
end_keyring()
{
	local pid
	for pid in $(pgrep -u ada -f '^gnome-keyring-d'); do kill -KILL "$pid"; done
	wait_for 5 sh -c "! pgrep -u ada -f '^gnome-keyring-d' >/dev/null"
}
start_keyring()
{
	printf pw | desk gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
	wait_for 5 desk gdbus wait --session --timeout 1 org.freedesktop.secrets
}
is_seen() { [ "$(refreshes)" -gt "$before" ]; }
# meanwhile COMMAND...: while Salesforce has the request
meanwhile()
{
	fake set "delay={\"refresh\":${hold:-1}}" >/dev/null
	desk sfoauth token --json >"$W/out" 2>"$W/err" </dev/null &
	local pid=$!
	wait_for 10 is_seen && "$@"
	wait $pid
	status=$?
	out=$(cat "$W/out") err=$(cat "$W/err")
	cat "$W/out" "$W/err" >>"$W/transcript"
	fake set 'delay={}' >/dev/null
}

# ---- Before: nothing is sent, nothing is lost
begin
lock
run desk sfoauth token --json
told 'locked before' '6 keyring_locked 0 nowhere'
unlock
told 'locked before: the refresh token is as it was' '6 keyring_locked 0 keyring'
signal_keyring STOP
run desk sfoauth token --json
signal_keyring CONT
told 'silent before' '6 keyring_silent 0 keyring'
end_keyring
run desk sfoauth token --json
is 'gone before' "$status $(jq -r .error <<<"$out") $(posts)" '6 keyring 0'
start_keyring
told 'gone before: the refresh token is as it was' '6 keyring 0 keyring'
as_user ada dd if=/dev/zero of=fill bs=4k 2>/dev/null
run desk sfoauth token --json
told 'full before' '6 keyring_refuses 0 keyring'
rm "$home/fill"
run desk sfoauth token --json
told 'with room again' '0 - 1 keyring'

# ---- During: what Salesforce gave is parked in the kernel, and goes home with the next call
words='this sign-in could not be stored in the desktop keyring'
kept='It is stored in the kernel, for 30 days or until a restart; the next[[:space:]]+call moves it to the keyring.'
next_call()
{
	run desk sfoauth token --json
	told "$1: the next call moves it to the keyring" '0 - 1 keyring'
	is "$1: and leaves nothing parked" "$(parked_key)" ''
	expire
	run desk sfoauth token --json
	is "$1: the one after that renews with it" "$status $(posts) $(where) $(presented_again)" '0 2 keyring 0'
}
begin
meanwhile lock
is 'locked during: the token is given out' "$status $(posts) $(jq -r .username <<<"$out")" '0 1 ada@acme.example'
like 'locked during: and the person is told' "$err" "$words:[[:space:]]+it is locked"
like 'locked during: where it is' "$err" "$kept"
is 'locked during: it is there' "$(parked)" "$(live)"
run desk sfoauth status --json
like 'locked during: status shows it' "$(jq -c '.orgs[0].tokens[] | [.store, .has_refresh_token]' <<<"$out")" '\["parked",true\]'
run desk sfoauth status --user bob@acme.example --json
is 'locked during: status of another user does not' "$status $(jq -c '[.orgs[0].org, (.orgs[0].tokens | length)]' <<<"$out")" '0 ["acme",0]'
run desk sfoauth token --json
is 'locked during: the next call answers, too' "$status $(posts) $err" '0 1 '
keys unlink "$(keys search @u user 'sfoauth:token:https://acme.my.salesforce.com:443#1a11e65665af157c#ada@acme.example')" @u
run desk sfoauth token --json
is 'locked during: without the kernel row as well' "$status $(posts) $err" '0 1 '
unlock
next_call 'locked during'

begin
meanwhile end_keyring
is 'gone during: the token is given out' "$status $(posts)" '0 1'
like 'gone during: and the person is told' "$err" "$words:[[:space:]]+it is not available"
start_keyring
next_call 'gone during'

begin
meanwhile signal_keyring STOP
signal_keyring CONT
is 'silent during: the token is given out' "$status $(posts)" '0 1'
like 'silent during: and the person is told' "$err" "$words:[[:space:]]+it does not answer"
# What it was asked while it slept it may do when it wakes.
run desk sfoauth token --json
told 'silent during: the next call' '0 - 1 keyring'
is 'silent during: nothing is left parked' "$(parked_key)" ''

begin
fill() { as_user ada dd if=/dev/zero of=fill bs=4k 2>/dev/null; }
meanwhile fill
is 'full during: the token is given out' "$status $(posts)" '0 1'
like 'full during: and the person is told' "$err" "$words"
rm "$home/fill"
next_call 'full during'

# A parked token that has lost its access token: it is what is renewed.
begin
meanwhile lock
before=$(refreshes)
# park_again SED-EXPRESSION: what is parked, changed, and nothing else in the kernel
park_again()
{
	text=$(keys pipe "$(parked_key)" | sed "$1")
	keys clear @u
	# shellcheck disable=SC2016 # for the shell of the session, which possesses what it makes
	printf '%s\n' "$text" | keys session - sh -c 'key=$(keyctl padd user "$0" @s) &&
	    keyctl setperm "$key" 0x3f0b0000 && keyctl link "$key" @u' \
	    'sfoauth:parked:3MVG9acme.Local_App@https://acme.my.salesforce.com:443#ada@acme.example' 2>/dev/null
}
park_again 's/^expires_at=.*/expires_at=1/'
run desk sfoauth token --json
told 'parked and over, the keyring locked: nothing is sent' '6 keyring_locked 0 parked'
unlock
run desk sfoauth token --json
told 'parked and over: renewed, and at home' '0 - 1 keyring'
is 'parked and over: nothing is left parked, nothing spent is presented' "$(parked_key) $(presented_again)" ' 0'

# The worker parks it, too. Hosts of a worker's choice do not come with it.
begin
meanwhile lock
unlock
park_again '/^origin=/a also=https://evil.example:443'
run desk sfoauth token
is 'parked with a foreign host: used without it' \
    "$status $(parked_key) $(secret_of | grep -c '^also=') $(secret_of | grep -c "^access_token=$out\$")" '0  0 1'

# Nowhere to put it: that is said, too.
# shellcheck disable=SC2016 # for her shell
fill_keys() { as_user ada sh -c 'i=0; while keyctl add user fill$i x @u >/dev/null 2>&1; do i=$((i + 1)); done'; }
no_room() { lock; fill_keys; }
begin
hold=8 meanwhile no_room # two hundred programs start in that time
is 'no room for more: the worker had a place' "$status $(posts) $(parked)" "0 1 $(live)"
like 'no room for more: where it is' "$err" "$kept"
unlock
begin
fill_keys
meanwhile lock
is 'no room anywhere: the token is given out' "$status $(posts) $(parked_key)" '0 1 '
like 'no room anywhere: and the person is told' "$err" 'When this token expires, run sfoauth login\.'
unlock

# ---- After: nothing is missing
begin
run desk sfoauth token
lock
run desk sfoauth token --json
is 'locked after: the kernel row answers' "$status $(posts)" '0 1'
unlock
told 'locked after: it was stored' '0 - 1 keyring'

# ---- The kernel is not used at all
write_conf org.kernel_cache=no
begin
meanwhile lock
is 'kernel_cache = no: the token is given out, the kernel gets nothing' "$status $(keys show @u | grep -c sfoauth:)" '0 0'
like 'kernel_cache = no: and the person is told' "$err" 'When this token expires, run sfoauth login\.'
unlock
run desk sfoauth token --json
is 'kernel_cache = no: what may be spent is not presented' "$status $(jq -r .error <<<"$out") $(posts) $(presented_again)" '4 spent 1 0'

# ---- Every secret: nowhere but where it belongs
fake secrets >"$W/secrets"
sync_syslog
is 'no refresh token was ever said' "$(grep -acFf <(grep '^5Aep' "$W/secrets") "$W/transcript")" 0
is 'no token is in the log' "$(grep -acFf "$W/secrets" "$W/syslog")" 0
done_testing
