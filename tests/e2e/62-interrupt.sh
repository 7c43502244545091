#!/bin/bash
# Ctrl-C in every place where sfoauth waits: status 130, the terminal as it was, no process and no
# half of anything left behind; and what must not be interrupted is finished first.
# shellcheck disable=SC2016 # for the shell of the session
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
interrupt_key=$'\003'

# on_terminal REGEX COMMAND: sh's COMMAND on a terminal, and Ctrl-C once REGEX was printed. What it
# printed is left in $out; its last line is the status and whether the terminal is as it was.
on_terminal()
{
	drive --as ada --timeout 30 --on "$1=$interrupt_key" -- env TERM="${term:-dumb}" \
	    PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" \
	    sh -c 'trap : INT; before=$(stty -g)
	        '"$2"'
	        status=$?
	        [ "$before" = "$(stty -g)" ] && echo "status=$status, terminal as before"'
}
nobody_left()
{
	! pgrep -u ada -f '/(sfoauth|git-credential-sfoauth)' >/dev/null
}
# interrupted NAME REGEX COMMAND
interrupted()
{
	on_terminal "$2" "$3"
	is "$1: 130, and the terminal as it was" "$(tail -n 1 <<<"$out" | sed 's/^.*status=/status=/')" 'status=130, terminal as before'
	ok "$1: no process is left" wait_for 5 nobody_left
}
# The access token is taken for dead everywhere, the refresh token stays: git's erase.
drop_access()
{
	desk sfoauth token >"$W/token"
	printf 'protocol=https\nhost=acme.my.salesforce.com\nusername=ada@acme.example\npassword=%s\n\n' \
	    "$(cat "$W/token")" | desk git-credential-sfoauth erase
}
code='2\. Enter  [A-Z0-9]+'

# ---- A sign-in that is waited for
for words in login token 'api /services/data/' "query 'SELECT Id FROM Contact'" whoami verify 'exec -- true'; do
	interrupted "sfoauth $words, while a sign-in is waited for" "$code" "sfoauth $words"
done
is 'nothing is stored' "$(stored | grep -c label)" 0
is 'and nobody is signed in' "$(fake -j tokens | jq 'length')" 0
interrupted 'git, while a sign-in is waited for' "$code" \
    'printf "protocol=https\nhost=acme.my.salesforce.com\n\n" | git -c credential.helper= -c credential.helper=/usr/local/bin/git-credential-sfoauth credential fill'
term=xterm interrupted 'with the time that is left on the screen' 'Waiting, .*left' 'sfoauth login'
like 'it counts down' "$out" 'Waiting, +(10:00|9:5[0-9]) left'
unlike 'a dumb terminal sees none of it' "$(on_terminal "$code" 'sfoauth login'; echo "$out")" 'Waiting, '
sign_in_options
sign_in ada --as ada -- env TERM=xterm XDG_RUNTIME_DIR="/run/user/$ada_uid" \
    sh -c '/usr/local/bin/sfoauth login 2>"$HOME/words"'
is 'a sign-in that is not broken off' "$status" 0
like 'the terminal sees the code where standard error goes elsewhere' "$out" "$code"
unlike 'but no countdown' "$(cat "$W/home/ada/words")$out" 'left'

# ---- A server that takes its time
fake set tls_delay=20 >/dev/null
for words in 'api /services/data/v60.0/' "query 'SELECT Id FROM Contact'" whoami verify doctor logout; do
	interrupted "sfoauth $words, while the server is waited for" 'job=[a-z]+ at=' "sfoauth $words --debug"
done
fake set tls_delay=0 >/dev/null
is 'a sign-out that was broken off left the sign-in whole' \
    "$(desk sfoauth token --json | jq -r .status) $(stored | grep -c label)" 'ok 1'

# ---- A refresh: a rotated token is not thrown away
fake set rotation=true refresh_delay=2 >/dev/null
before=$(desk sfoauth token)
drop_access
# The key is pressed once Salesforce has the request: before that nothing is spent.
(wait_for 10 sh -c "test \"\$('$src/tests/fake/control.py' '$W/fake.sock' counts by_kind.refresh)\" = 1" && touch "$W/asked") &
on_terminal 'asked now' "(until [ -e $W/asked ]; do sleep 0.1; done; echo asked now) & sfoauth token --debug"
like 'a refresh is finished first' "$out" 'job=refresh result=ok'
is 'then it ends: 130' "$(tail -n 1 <<<"$out")" 'status=130, terminal as before'
fake set refresh_delay=0 >/dev/null
after=$(desk sfoauth token)
is 'and what it brought is stored' "$([ "$after" != "$before" ] && echo new) $(refreshes)" 'new 1'
drop_access
is 'and can be refreshed again' "$(desk sfoauth token >/dev/null 2>&1; echo $?) $(refreshes)" '0 2'
ok 'nobody is left' wait_for 5 nobody_left

# ---- Another's refresh that is waited for
fake set refresh_delay=10 >/dev/null
drop_access
desk sfoauth token >/dev/null 2>&1 &
first=$!
wait_for 10 pgrep -u ada -x sfoauth-worker >/dev/null
on_terminal 'waits for another' 'sfoauth token --debug'
is 'while another process refreshes: 130' "$(tail -n 1 <<<"$out")" 'status=130, terminal as before'
is 'which goes on' "$(kill -0 $first && echo there)" there
wait $first
is 'and succeeds' $? 0
fake set refresh_delay=0 rotation=false >/dev/null

# ---- A keyring that does not answer
forget_kernel
signal_keyring STOP
interrupted 'while the keyring is waited for' 'org=acme login_url' 'sfoauth token --debug'
signal_keyring CONT
is 'the keyring is there again' "$(desk sfoauth token --json | jq -r .status)" ok

# ---- A command of exec has its own way
on_terminal 'asleep' 'sfoauth exec -- sh -c "trap \"echo own words; exit 7\" INT; echo asleep; sleep 20 & wait"'
like 'a command of exec hears it itself' "$out" 'own words'
is 'and its status is what is seen' "$(tail -n 1 <<<"$out")" 'status=7, terminal as before'

# ---- A pipe, where it is a signal like any other
desk sfoauth login >/dev/null 2>&1 </dev/null &
pid=$!
wait_for 8 pgrep -u ada -x sfoauth-worker >/dev/null
pkill_one=$(pgrep -u ada -x sfoauth)
kill -TERM "$pkill_one"
wait $pid
is 'SIGTERM ends it as it should' $? 143
ok 'and the worker goes, too' wait_for 5 nobody_left
is 'no file is left half written' "$(find "$W/home/ada/.local/state/sfoauth" -name '*.new' | wc -l)" 0
done_testing
