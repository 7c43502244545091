#!/bin/bash
# One refresh at a time, and none lost: many processes at once with a rotating refresh token, the
# winner killed before and after its request, Ctrl-C in the middle, all that Salesforce may answer.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
secret_of() { desk secret-tool lookup application sfoauth user ada@acme.example; }
refresh_token() { secret_of | sed -n 's/^refresh_token=//p'; }
# The stored access token is over; the refresh token is as it was.
expire()
{
	put_item "$(secret_of | sed 's/^expires_at=.*/expires_at=1/')"$'\n'
	forget_kernel
}
sign_in()
{
	desk secret-tool clear application sfoauth
	forget_kernel
	sign_in_as ada desk sfoauth login
}
live() { fake -j tokens | jq -r '[.[] | select(.live and .kind == "refresh") | .token] | last'; }
# posts COMMAND...: how many refresh requests it brought
posts()
{
	local before
	before=$(refreshes)
	"$@" >&2
	echo $(($(refreshes) - before))
}

sign_in
is 'signed in' "$status" 0
fake set rotation=true >/dev/null

# ---- Many at once
at_once()
{
	# shellcheck disable=SC2016 # for the shell of the session
	desk sh -c 'i=0; while [ $i -lt '"$1"' ]; do i=$((i + 1))
	    case $((i % 3)) in
	    0) git-credential-sfoauth get <request | sed -n "s/^password=//p" ;;
	    *) sfoauth token ;;
	    esac >>at-once 2>>at-once.err & done; wait'
}
printf '%b\n' "$GIT_REQUEST" >"$W/home/ada/request"
for count in 8 30; do
	: >"$W/home/ada/at-once" && chown ada: "$W/home/ada/at-once"
	expire
	fake set refresh_delay=0.3 >/dev/null
	is "$count at once, all expired, rotation on: one refresh" "$(posts at_once $count)" 1
	is "$count at once: as many answers, all the same" \
	    "$(wc -l <"$W/home/ada/at-once") $(sort -u "$W/home/ada/at-once" | wc -l)" "$count 1"
	is "$count at once: the rotated token is the one that is stored" "$(refresh_token)" "$(live)"
done
is 'nobody complained' "$(cat "$W/home/ada/at-once.err")" ''

# ---- An item as it was before, written again by another program: later, but spent
old=$(secret_of | sed 's/^expires_at=.*/expires_at=1/')
expire
run desk sfoauth token
before=$(refreshes)
sleep 1.1 # keyrings count in seconds
put_item "$old"$'\n' ada@acme.example note "an attribute more: it stands beside ours"
forget_kernel
run desk sfoauth token
is 'an older item beside ours that is written later does not count' "$status $(refreshes)" "0 $before"
sign_in

# ---- The winner dies. Its request is held up by the fake, so there is time.
start_winner()
{
	desk sfoauth token >"$W/winner" 2>&1 </dev/null &
}
kill_winner()
{
	pkill -KILL -u ada -x sfoauth
	wait $! 2>/dev/null
}
is_seen() { [ "$(refreshes)" -gt "$before" ]; }
# Before the request has left: the server takes its time to greet.
expire
before=$(refreshes)
fake set tls_delay=1 >/dev/null
start_winner
wait_for 5 pgrep -u ada -x sfoauth-worker >/dev/null
sleep 0.2
kill_winner
fake set tls_delay=0 >/dev/null
run desk sfoauth token
is 'the winner is killed before its request: its worker refreshes, and the next one has the token' \
    "$status $(($(refreshes) - before))" '0 1'
# After it, without rotation, which the last renewal has shown: the old refresh token is still good.
fake set rotation=false >/dev/null
expire
desk sfoauth token >/dev/null
fake set refresh_delay=1 >/dev/null
expire
before=$(refreshes)
start_winner
wait_for 5 is_seen
kill_winner
is 'the winner is killed after its request: nothing of it is left behind' \
    "$(wait_for 3 sh -c '! pgrep -u ada sfoauth >/dev/null' && echo gone)" gone
fake set refresh_delay=0 >/dev/null
sleep 1
run desk sfoauth token
is 'and the next one refreshes again' "$status $(($(refreshes) - before))" '0 2'

# ---- Ctrl-C, hang-up, termination while the request is under way
fake set rotation=true refresh_delay=1 >/dev/null
for signal in INT TERM HUP; do
	expire
	desk timeout -s $signal 0.6 sfoauth token >/dev/null 2>&1 </dev/null
	wait_for 5 sh -c '! pgrep -u ada sfoauth >/dev/null'
	is "SIG$signal in the middle: the rotated token is stored all the same" "$(refresh_token)" "$(live)"
	run desk sfoauth token
	is "SIG$signal in the middle: no new sign-in is needed" "$status" 0
done
fake set refresh_delay=0 >/dev/null

# ---- What Salesforce may answer
answer()
{
	fake script kind=refresh "$@" >/dev/null
	expire
	run desk sfoauth token --json
	echo "$status $(jq -r .error <<<"$out")"
}
token=$(refresh_token)
is 'a server in trouble is later' "$(answer status=503 html=x)" '5 unavailable'
is 'too many requests is later' "$(answer status=429 body=)" '5 unavailable'
is 'a page in place of JSON is later' "$(answer status=200 html='<html>x</html>')" '5 unavailable'
is 'one that is under way is later' \
    "$(answer error=invalid_grant error_description='token request is already being processed')" '5 busy'
is 'an app that is not allowed to is told' "$(answer error=invalid_client_id)" '3 app'
is 'none of that touches the refresh token' "$(refresh_token)" "$token"
# Where refresh tokens rotate, one that may be spent is not presented again; 40-one-refresh.sh.
is 'an answer that is lost, with rotation: sign in' "$(answer close=true)" '4 spent'
is 'and nobody asks again' "$(posts desk sfoauth token 2>/dev/null)" 0
sign_in
is 'instance_url with a slash at its end is the same address' \
    "$(answer run=true 'patch={"instance_url":"https://acme.my.salesforce.com/"}')" '0 null'
is 'a refresh never widens where the token goes' \
    "$(answer run=true 'patch={"instance_url":"https://evil.my.salesforce.com"}') $(secret_of | grep -c '^also=')" '0 null 0'
is 'a token of somebody else is refused' \
    "$(answer run=true 'patch={"id":"https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfKim"}')" '5 answer'
is 'and the refresh token that came with it is stored' "$(refresh_token)" "$(live)"
run desk sfoauth token
is 'so that the next refresh needs no sign-in' "$status" 0
fake set rotation=false >/dev/null
expire
desk sfoauth token >/dev/null
is 'an answer that is lost, without rotation: later' "$(answer close=true)" '5 unavailable'
run desk sfoauth token
is 'and the next one refreshes' "$status" 0
is 'refused for good: sign in' "$(answer error=invalid_grant error_description='expired access/refresh token')" '4 sign_in_needed'
is 'and the dead token is gone, so that nobody asks again' "$(posts desk sfoauth token 2>/dev/null)" 0

# ---- The first renewal of an app, of which nobody knows whether its refresh tokens rotate
# first_lost ROTATION FAULT...: what the first renewal and the next call end with
first_lost()
{
	fake set rotation="$1" >/dev/null
	rm -f "$W"/home/ada/.local/state/sfoauth/*.{sent,rotation}
	sign_in
	spent=$(fake counts spent_presented)
	shift
	answer "$@"
	run desk sfoauth token --json
	echo "$status $(jq -r .error <<<"$out") $(($(fake counts spent_presented) - spent))"
}
for fault in close=true 'status=502 html=x' 'status=504 html=x' 'run=true truncate=5'; do
	# shellcheck disable=SC2086 # words
	is "no rotation: a first renewal whose answer is lost ($fault) costs no sign-in" \
	    "$(first_lost false $fault)" '5 unavailable
0 null 0'
done
is 'rotation: a first renewal that did not arrive costs no sign-in' \
    "$(first_lost true status=502 html=x)" '5 unavailable
0 null 0'
is 'rotation: a first renewal whose answer is lost: the old token is tried once' \
    "$(first_lost true run=true truncate=5)" '5 unavailable
4 sign_in_needed 1'
first_lost false status=502 html=x >/dev/null
rm -f "$W"/home/ada/.local/state/sfoauth/*.rotation
is 'lost, and lost again: sign in' "$(answer status=502 html=x) $(answer status=502 html=x)" '5 unavailable 4 spent'
is 'and nobody tries a third time' "$(posts desk sfoauth token 2>/dev/null)" 0

# ---- An access token that is known to be dead is given out by no store
sign_in
sleep 2.1 # so that the token lives shorter than --min-life
fake script kind=refresh error=invalid_grant error_description='expired access/refresh token' >/dev/null
run desk sfoauth token --min-life 7199s --json
is 'revoked: a token that should live longer needs a sign-in' "$status $(jq -r .error <<<"$out")" '4 sign_in_needed'
run desk sfoauth token
is 'revoked: and the kernel row gives the dead one to nobody' "$status $out" '4 '
sign_in
fake script kind=data preset=session_expired run=false >/dev/null
fake script kind=refresh status=503 html=x >/dev/null
run desk sfoauth api /services/data/v60.0/limits --json
is 'refused with 401, and the renewal is later' "$status" 5
fake script kind=refresh status=503 html=x >/dev/null
run desk sfoauth token
is 'the refused token does not come back from the keyring' "$status $out" '5 '
run desk sfoauth token
is 'and the refresh token is still there' "$status" 0

# ---- A keyring that refuses the new token
sign_in
fake set rotation=true refresh_delay=1 >/dev/null
expire
desk sfoauth token >"$W/out" 2>"$W/err" </dev/null &
pid=$!
sleep 0.6
desk gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock "['/org/freedesktop/secrets/collection/login']" >/dev/null
wait $pid
is 'a keyring that is locked meanwhile: the access token is given' "$? $(grep -c '^00D' "$W/out")" '0 1'
like 'and the person is told' "$(cat "$W/err")" 'could not be stored in the desktop keyring:[[:space:]]+it is locked'
run desk sfoauth token
is 'the kernel row keeps it until it ends' "$out" "$(cat "$W/out")"

# ---- Every secret: nowhere but where it belongs
fake secrets >"$W/secrets"
sync_syslog
cat "$W/transcript" "$W/syslog" "$W/home/ada/at-once.err" "$W/err" "$W/winner" >"$W/said"
is 'no refresh token was ever said' "$(grep -acFf <(grep '^5Aep' "$W/secrets") "$W/said")" 0
is 'no token is in the log' "$(grep -acFf "$W/secrets" "$W/syslog")" 0
like 'a refresh is logged' "$(grep -a refreshed "$W/syslog")" 'refreshed org=acme'
is 'files in the home hold no token' "$(grep -raclFf "$W/secrets" "$W/home/ada/.local/state" | wc -l)" 0
done_testing
