#!/bin/bash
# Who else comes to the callback of a sign-in, while the real program waits: ignored, and the right one
# still gets through. What stands open and what is left behind.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/web.sh"

write_conf org.flow=browser
start_fake
start_desktop
begin desk_display sfoauth login
address=$(opened)
callback=$(decide "$address")
like 'Salesforce sends the browser back' "$callback" '^http://localhost:1717/OauthRedirect\?'
state=${address##*&state=} state=${state%%&*} code=${callback##*code=} code=${code%%&*}
is 'it listens on this machine alone' "$(ss -Htln | awk '{ print $4 }' | grep ':1717$' | sort | tr '\n' ' ')" '127.0.0.1:1717 [::1]:1717 '
worker=$(pgrep -f '^/usr/local/libexec/sfoauth/sfoauth-worker$')
/usr/bin/python3 -B "$src/tests/e2e/visitors.py" 1717 "$state" "$code" >"$W/visitors" 2>&1 &
visitors=$!
wait_for 30 grep -q here "$W/visitors"
is 'each stranger gets the answer that is theirs' "$(cat "$W/visitors")" here
ok 'nobody ended the wait' kill -0 "$worker"
is 'no more descriptors than it may have' "$(($(find "/proc/$worker/fd" | wc -l) <= 32))" 1
# shellcheck disable=SC2046 # two numbers
set -- $(awk '{ print $14, $15 }' "/proc/$worker/stat")
cpu=$(($1 + $2))
sleep 1
# shellcheck disable=SC2046 # two numbers
set -- $(awk '{ print $14, $15 }' "/proc/$worker/stat")
is 'a crowd that goes on talking costs little' "$(($1 + $2 - cpu < 50))" 1
page=$(visit "$callback")
like 'the right one gets through' "$page" '<h1>Signed in with Salesforce</h1>'
finish
is 'and the person is signed in' "$status" 0
kill $visitors 2>/dev/null
is 'the code was sent once' "$(fake counts by_kind.code)" 1
is 'the callback is gone' "$(ss -Htln | grep -c ':1717 ')" 0

# A code that somebody else brings, with our state, of their own sign-in: the verifier does not fit.
begin desk_display sfoauth login
address=$(opened)
state=${address##*&state=} state=${state%%&*}
foreign=${address/code_challenge=*&/code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&}
callback=$(decide "$foreign" --user kim)
visit "$callback" >/dev/null
finish
is 'a code for another challenge is refused' "$status" 1
like 'in words' "$err" 'code_verifier|verifier'

# The other side of the frames goes away: so does the listener.
begin desk_display sfoauth login
address=$(opened)
pkill -KILL -u ada -x sfoauth
finish
wait_for 5 sh -c "! ss -Htln | grep -q ':1717 '"
is 'nothing listens after kill -9' $? 0
done_testing
