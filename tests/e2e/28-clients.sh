#!/bin/bash
# What clients of ssh do: quiet ones, other locales, scp, a shared connection, two at once, and one that
# goes away while the person is still to approve.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd
starts() { fake counts codes; }

SSH_OPTIONS=(-q)
ssh_login ada 'echo let in'
like 'a quiet client shows the prompt, too' "$out" 'Enter +[A-Z0-9]{8}'
like 'and is let in' "$out" $'\nlet in'
export LC_ALL=C
SSH_OPTIONS=()
ssh_login ada 'echo let in'
like 'LC_ALL=C: the words are the same' "$out" 'Press Enter here when done'
like 'LC_ALL=C: let in' "$out" $'\nlet in'
unset LC_ALL

# scp answers the prompt at once; the approval comes out of band, with nobody at a terminal.
printf '#!/bin/sh\necho\n' >"$W/askpass" && chmod 755 "$W/askpass"
echo copied >"$W/file"
quiet=(-F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR
    -o PreferredAuthentications=keyboard-interactive -o NumberOfPasswordPrompts=1)
fake approve --wait 10 --user ada >/dev/null &
approver=$!
SSH_ASKPASS=$W/askpass SSH_ASKPASS_REQUIRE=force setsid scp "${quiet[@]}" "$W/file" ada@127.0.0.1:copy </dev/null >"$W/out" 2>&1
is 'scp: copies after an approval out of band' "$? $(cat "$W/home/ada/copy" 2>&1)" '0 copied'
wait $approver

# One approval for all sessions over one connection.
before=$(starts)
SSH_OPTIONS=(-o "ControlPath=$W/control" -o ControlMaster=yes -o ControlPersist=20)
ssh_login ada true
for _ in 1 2; do
	ssh "${quiet[@]}" -o "ControlPath=$W/control" -l ada 127.0.0.1 'git-credential-sfoauth get' \
	    < <(printf 'protocol=https\nhost=acme.my.salesforce.com\n\n') >>"$W/shared" 2>&1
done
is 'ControlMaster: one sign-in' "$(($(starts) - before))" 1
is 'ControlMaster: each session has the token' "$(grep -c '^password=00D' "$W/shared")" 2
ssh -F /dev/null -o "ControlPath=$W/control" -O exit 127.0.0.1 >/dev/null 2>&1
SSH_OPTIONS=()

# Two sign-ins of the same person at once, approved in the other order.
for n in 1 2; do
	python3 "$src/tests/e2e/drive.py" --approve "echo \$SF_CODE >'$W/code.$n'; while [ ! -e '$W/go.$n' ]; do sleep 0.1; done" -- \
	    ssh "${quiet[@]}" -tt -l ada 127.0.0.1 "printf 'host=acme.my.salesforce.com\nprotocol=https\n\n' |
	    git-credential-sfoauth get | grep -c password=00D; echo in $n" >"$W/two.$n" 2>&1 &
	pids[n]=$!
	wait_for 10 test -s "$W/code.$n"
done
for n in 2 1; do
	fake approve --code "$(cat "$W/code.$n")" --user ada >/dev/null
	: >"$W/go.$n"
done
wait "${pids[@]}"
is 'two at once: two codes' "$(cat "$W"/code.? | sort -u | wc -l)" 2
is 'two at once: each is let in and has a token' "$(tail -qn 2 "$W/two.1" "$W/two.2" | xargs)" '1 in 1 1 in 2'
is 'two at once: no record is left' "$(ls -A /run/sfoauth/handoff)" ''

# The person gives up.
ssh "${quiet[@]}" -tt -l ada 127.0.0.1 true </dev/null >/dev/null 2>&1 &
client=$!
wait_for 10 pgrep -x sfoauth-worker >/dev/null
kill -KILL $client 2>/dev/null
wait $client 2>/dev/null
# OpenSSH 10 may leave its PAM process waiting: then the deadline of the sign-in, 30 s here, ends it.
ok 'a client that goes away leaves no worker' wait_for 45 sh -c '! pgrep -x sfoauth-worker >/dev/null'
ok 'and no sshd that waits' wait_for 20 sh -c '! pgrep sshd | grep -vx "$1"' sh "$(cat "$W/sshd.pid")"
is 'and no record' "$(ls -A /run/sfoauth/handoff)" ''
polls=$(fake counts polls)
sleep 3
is 'and asks Salesforce no more' "$(fake counts polls)" "$polls"

# A host that strangers can reach: README's own lines. A key, and then the sign-in; root by key alone.
write_conf pam.ssh_first_factor=publickey
grep -A 1 '^Match User' "$src/README.md" >>/etc/ssh/sshd_config.d/10-sfoauth.conf
kill -HUP "$(cat "$W/sshd.pid")" && sleep 0.5
ssh-keygen -q -t ed25519 -N '' -f "$W/key"
for user in ada root; do
	install -d -o $user -m 700 "$W/home/$user/.ssh"
	install -o $user -m 600 "$W/key.pub" "$W/home/$user/.ssh/authorized_keys"
done
SSH_OPTIONS=(-i "$W/key" -o "PreferredAuthentications=publickey,keyboard-interactive")
before=$(starts)
sign_in_options
sign_in ada -- ssh "${SSH_OPTIONS[@]}" "${quiet[@]}" -tt -l ada 127.0.0.1 'echo let in'
is 'strangers: a key, then the sign-in' "$(grep -c '^let in' <<<"$out") $(($(starts) - before))" '1 1'
drive -- ssh "${SSH_OPTIONS[@]}" "${quiet[@]}" -l root 127.0.0.1 'echo let in'
is 'strangers: root by key alone' "$out" 'let in'
drive -- ssh "${quiet[@]}" -l kim 127.0.0.1 'echo let in'
is 'strangers: without a key nothing is shown or started' "$(grep -c Salesforce <<<"$out") $(($(starts) - before))" '0 1'
done_testing
