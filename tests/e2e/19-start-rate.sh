#!/bin/bash
# How many sign-ins may be started: one over the limit that would wait too long is refused before
# anything goes over the network; decoys count, other sources do not, and nothing is kept per name.
. "$(dirname "$0")/lib.sh"

write_conf 'pam.start_rate=3/min, 2/min per source'
start_fake
start_sshd -o ListenAddress=127.0.0.2

ssh_login ada true
is 'the first sign-in of a minute' "$status" 0
ssh_login -n -D --answer=x zora true
is 'the second is a decoy' "$(audit_field reason)" unknown_user
seen=$(fake log | wc -l)
start=$(date +%s)
ssh_login ada 'echo let in'
unlike 'the third of one source is refused' "$out" $'let in\n'
is 'the audit line says why' "$(audit_field result) $(audit_field reason)" 'error rate'
like 'the person reads the same words' "$out" "Not let in\. Reference $(audit_field ref)\."
is 'Salesforce was not asked' "$(fake log | wc -l)" "$seen"
ok 'who would wait for longer than twenty seconds does not wait' test $(($(date +%s) - start)) -lt 15

SSH_OPTIONS=(-b 127.0.0.2 -o HostName=127.0.0.2)
ssh_login kim 'echo let in'
like 'another source still gets in' "$out" $'\nlet in'
ssh_login kim 'echo let in'
is 'until the host has had its number' "$(audit_field reason)" rate
is 'the ring is root'"'"'s alone' "$(stat -c '%a %u' /run/sfoauth/lock/starts)" '600 0'
is 'it holds sources, and no account' "$(grep -aoE 'ada|zora|kim|127\.0\.0\.[0-9]+' /run/sfoauth/lock/starts | sort -u | xargs)" '127.0.0.1 127.0.0.2'

# After a first factor there is no limit.
SSH_OPTIONS=()
write_conf 'pam.start_rate=3/min, 2/min per source' 'pam.ssh_first_factor=publickey'
echo 'AuthenticationMethods publickey,keyboard-interactive' >>/etc/ssh/sshd_config.d/10-sfoauth.conf
kill -HUP "$(cat "$W/sshd.pid")" && sleep 0.5
ssh-keygen -q -t ed25519 -N '' -f "$W/key"
install -d -o ada -m 700 "$W/home/ada/.ssh"
install -o ada -m 600 "$W/key.pub" "$W/home/ada/.ssh/authorized_keys"
sign_in_options
sign_in ada -- ssh -F /dev/null -tt -i "$W/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
    -o PreferredAuthentications=publickey,keyboard-interactive -l ada 127.0.0.1 'echo let in'
like 'with a key first there is no limit' "$out" $'\nlet in'
sed -i '/AuthenticationMethods/d' /etc/ssh/sshd_config.d/10-sfoauth.conf
kill -HUP "$(cat "$W/sshd.pid")" && sleep 0.5
seen=$(fake log | wc -l)
ssh_login ada 'echo let in'
is 'without a key the first factor is missing' "$(audit_field result) $(audit_field reason)" 'denied first_factor'
is 'and nothing went over the network' "$(fake log | wc -l)" "$seen"

# Another name of the program is another PAM service (of OpenSSH before 10), but still ssh.
first=$(cat "$W/sshd.pid")
kill "$first" && wait_for 5 sh -c "! kill -0 $first" && rm -f "$W/sshd.pid"
cp /etc/pam.d/sshd /etc/pam.d/sfsshd
if ln -s /usr/sbin/sshd "$W/sfsshd" && /usr/sbin/sshd -V 2>&1 | grep -q 'OpenSSH_9'; then
	"$W/sfsshd" -E "$W/sshd.log" -o ListenAddress=127.0.0.1 -o PidFile="$W/sshd.pid"
else
	/usr/sbin/sshd -E "$W/sshd.log" -o ListenAddress=127.0.0.1 -o PidFile="$W/sshd.pid" \
	    -o PAMServiceName=sfsshd -o PerSourcePenalties=no
fi
wait_for 5 test -s "$W/sshd.pid"
seen=$(fake log | wc -l)
ssh_login ada 'echo let in'
is 'the first factor is asked of every sshd, whatever its service is called' \
    "$(audit_field service) $(audit_field reason)" 'sfsshd first_factor'
is 'and there too nothing goes over the network' "$(fake log | wc -l)" "$seen"
done_testing
