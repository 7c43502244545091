#!/bin/bash
# Salesforce keeps five refresh tokens of one person and app: a second sign-in gives the first one's
# back, once its own is stored; and what a sign-out takes along.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
refresh_token() { desk secret-tool lookup application sfoauth user ada@acme.example 2>/dev/null | sed -n 's/^refresh_token=//p'; }
is_live() { fake -j tokens | jq --arg t "$1" 'any(.[]; .token == $t and .live)'; }
count() { fake counts refresh_live; }
keys() { setpriv --reuid=ada --regid=ada --clear-groups keyctl "$@"; }

sign_in_as ada desk sfoauth login
first=$(refresh_token)
is 'signed in' "$status $(is_live "$first") $(count)" '0 true 1'
for time in second third fourth fifth sixth seventh; do
	sign_in_as ada desk sfoauth login
	[ "$status $(count)" = '0 1' ] || break
done
is 'seven times in a row: one refresh token is alive' "$time $status $(count)" 'seventh 0 1'
is 'that is the stored one' "$(is_live "$(refresh_token)")" true
is 'the first one is over' "$(is_live "$first")" false
run desk sfoauth token
is 'the access token works' "$status $(is_live "$out")" '0 true'
sync_syslog
is 'it is logged, without a token' "$(grep -ac 'revoked what a new sign-in replaces org=acme sf_user=' "$W/syslog")" 6

# Another person's stays, and so does one's own where the new one has no refresh token.
sign_in_as kim desk sfoauth login
is "another person's stays" "$status $(count)" '0 2'
stored=$(refresh_token)
sign_in_as ada desk sfoauth login --no-refresh
is 'a sign-in without a refresh token revokes none' "$status $(count) $(is_live "$stored")" '0 2 true'
is 'and replaces none' "$(refresh_token)" "$stored"
# Salesforce does not answer: the new sign-in is good all the same.
fake script kind=revoke close=true times=2 >/dev/null
sign_in_as ada desk sfoauth login
is 'a revocation that fails fails nothing' "$status $(is_live "$(refresh_token)") $(count)" '0 true 3'

# What a renewal parked is older than a sign-in, and goes with a sign-out.
park()
{
	fake set rotation=true refresh_delay=1 >/dev/null
	keys clear @u
	before=$(refreshes)
	desk sfoauth token --user ada@acme.example --min-life 7199 >/dev/null 2>&1 </dev/null &
	wait_for 10 is_seen
	signal_keyring STOP
	wait $!
	signal_keyring CONT
	fake set refresh_delay=0 >/dev/null
}
is_seen() { [ "$(refreshes)" -gt "$before" ]; }
parked_key() { keys search @u user 'sfoauth:parked:3MVG9acme.Local_App@https://acme.my.salesforce.com:443#ada@acme.example' 2>/dev/null; }
sleep 2 # --min-life asks for more life than the token has left
park
ok 'a renewal is parked' test -n "$(parked_key)"
old=$(keys pipe "$(parked_key)" | sed -n 's/^refresh_token=//p')
sign_in_as ada desk sfoauth login
is 'a sign-in takes its place, and gives it back' "$status $(parked_key) $(is_live "$old") $(is_live "$(refresh_token)")" '0  false true'
sleep 2
park
ok 'another one is parked' test -n "$(parked_key)"
old=$(keys pipe "$(parked_key)" | sed -n 's/^refresh_token=//p')
run desk sfoauth logout --user ada@acme.example
is 'a sign-out takes it along' "$status $(parked_key) $(is_live "$old") $(refresh_token)" '0  false '
is 'and it says so once' "$(grep -c 'signed out ada' <<<"$err")" 1
run desk sfoauth status
unlike 'nobody of that name is signed in' "$out" 'ada@acme'

fake secrets >"$W/secrets"
sync_syslog
is 'no token is in the log' "$(grep -acFf "$W/secrets" "$W/syslog")" 0
done_testing
