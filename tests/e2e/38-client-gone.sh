#!/bin/bash
# A sign-in ends when its person has gone: the ssh client, the terminal, or Ctrl-C in sudo.
. "$(dirname "$0")/lib.sh"

write_conf 'pam.approve_timeout=240'
start_fake
start_sshd

# abandon ACCOUNT: an ssh client that presses Enter at the prompt and is killed a second later.
abandon()
{
	local shown="$W/abandoned.$RANDOM"
	/usr/bin/python3 "$src/tests/e2e/drive.py" -- sh -c "echo \$\$ >'$W/client.pid'; exec ssh -F /dev/null -tt \
	    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o PreferredAuthentications=keyboard-interactive \
	    -l '$1' 127.0.0.1 true" >"$shown" 2>&1 &
	wait_for 10 grep -aq 'Press Enter' "$shown" || tap_note "nothing was shown: $(cat "$shown")"
	sleep 1
	gone=$(date +%s%N)
	kill -9 "$(cat "$W/client.pid")"
	wait "$!"
}

# ended: milliseconds from the client's end to the end of the last process of the attempt
ended()
{
	wait_for 10 sh -c '! pgrep -f "^sshd(-session|-auth)?: .*(\[pam\]|\[priv\]|\[net\])"' || echo 'not at all'
	echo $((($(date +%s%N) - gone) / 1000000))
}

for account in ada zora; do
	before=$(audit_line)
	abandon $account
	ms=$(ended)
	ok "the attempt of $account ends within two seconds of its client ($ms ms)" test "$ms" -le 2000
	ok 'it leaves a line' test "$(audit_line)" != "$before"
	is 'which says that the client has gone' "$(audit_field reason) $(audit_field user)" "client_gone $account"
	ok 'no worker is left' sh -c '! pgrep -x sfoauth-worker'
done

# Approved in the very moment: the token of a login that nobody waits for is not kept.
polls=$(fake_count polls)
sleep 2
is 'and Salesforce is not polled any more' "$(fake_count polls)" "$polls"
is 'nothing is left for a session' "$(find /run/sfoauth/handoff -type f | wc -l)" 0

# Approved, but the client goes before Enter: sshd ends the module with it. The worker revokes the token.
live() { [ "$(fake_count access_live)" = "$1" ]; }
/usr/bin/python3 "$src/tests/e2e/drive.py" --no-answer -- sh -c "echo \$\$ >'$W/client.pid'; exec ssh -F /dev/null -tt \
    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o PreferredAuthentications=keyboard-interactive \
    -l ada 127.0.0.1 true" >"$W/before-enter" 2>&1 &
client=$!
wait_for 10 grep -aq 'Press Enter' "$W/before-enter" || tap_note "nothing was shown: $(cat "$W/before-enter")"
fake approve --wait 8 --user ada >/dev/null
ok 'approved before Enter: there is a token' wait_for 10 live 1
kill -9 "$(cat "$W/client.pid")"
wait $client
ok 'the client goes before Enter: the approved token is revoked' wait_for 10 live 0
ok 'and no worker is left' wait_for 5 sh -c '! pgrep -x sfoauth-worker'
is 'by a revocation' "$(fake_count revoked)" 1

# A worker that is killed with a token in hand: nobody can revoke it, and the line says so.
fake script kind=identity delay=6 >/dev/null
(wait_for 10 live 1 && pkill -9 -x sfoauth-worker) &
ssh_login ada true
wait $!
is 'a worker that is killed with a token in hand: refused' "$(audit_field result) $(audit_field reason)" 'error worker'
is 'the line says that a token may live' "$(audit_field token)" orphaned
fake unscript >/dev/null

# sudo blocks SIGINT while PAM runs, and would ask three times.
sign_in_options -n ada
start=$(date +%s)
drive --timeout 20 --as ada --on 'Waiting until=!printf "\003"' -- sudo -k true
ok 'Ctrl-C ends a sudo that waits' test "$status" -ne 124
ok 'at once' test $(($(date +%s) - start)) -lt 10
is 'and it asks once' "$(grep -c 'Sign in with Salesforce' <<<"$out")" 1
is 'the line says so' "$(audit_field reason)" interrupted

# A terminal that is closed under sudo and su.
cat >"$W/close-terminal.py" <<'PY'
import os, pty, sys, time
child, master = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while b"Waiting until" not in seen:
    seen += os.read(master, 4096)
os.close(master)
PY
for command in 'sudo -k true' 'su kim -c true'; do
	before=$(audit_line)
	as_user ada /usr/bin/python3 "$W/close-terminal.py" $command
	ok "${command%% *}: nothing is left of a closed terminal after two seconds" \
	    wait_for 2 sh -c '! pgrep -x "sudo|su|sfoauth-worker"'
done
done_testing
