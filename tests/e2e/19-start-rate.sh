#!/bin/bash
# How many sign-ins may be started, and how many may wait: strangers share rates and waiting places,
# local callers have a rate of their own, and nothing is kept per name.
. "$(dirname "$0")/lib.sh"

counters=/run/sfoauth/lock/limits-1
start_fake
start_sshd -o ListenAddress=127.0.0.2 -o ListenAddress=127.0.0.3

# from ADDRESS: the ssh client of the next logins has this address.
from() { SSH_OPTIONS=(-b "$1" -o HostName="$1"); }

# ---- One source
write_conf 'pam.start_rate=30/min, 1/min per source'
ssh_login -n -D --answer=x zora true
is 'the first start of a source is a decoy' "$(audit_field reason)" unknown_user
seen=$(fake log | wc -l)
start=$(date +%s)
ssh_login ada 'echo let in'
unlike 'the second of this source is refused' "$out" $'let in\n'
is 'the audit line says why' "$(audit_field result) $(audit_field reason)" 'error rate'
like 'the person reads the same words' "$out" "Not let in\. Reference $(audit_field ref)\."
is 'Salesforce was not asked' "$(fake log | wc -l)" "$seen"
ok 'who would wait for longer than twenty seconds does not wait' test $(($(date +%s) - start)) -lt 15
from 127.0.0.2
ssh_login ada 'echo let in'
like 'another source gets in' "$out" $'\nlet in'
is 'the counters are root'"'"'s alone' "$(stat -c '%a %u' $counters)" '600 0'
is 'they hold no names' "$(grep -acE 'ada|zora|kim' $counters)" 0

# ---- The host
rm -f $counters
write_conf 'pam.start_rate=1/min, 240/min per source'
ssh_login ada 'echo let in'
like 'the first start of a host gets in' "$out" $'\nlet in'
from 127.0.0.3
ssh_login kim 'echo let in'
is 'the next is too many, from wherever it comes' "$(audit_field reason)" rate
sudo_login ada id -un
like 'strangers do not starve sudo' "$out" $'\nroot(\n|$)'
su_login ada kim 'id -un'
like 'nor su' "$out" $'\nkim(\n|$)'

# ---- A limit that cannot be read
chmod 644 $counters
ssh_login ada 'echo let in'
like 'a file of limits that others may write refuses nobody' "$out" $'\nlet in'

# ---- Local callers
rm -f $counters
write_conf 'pam.start_rate=240/min, 1/min per source'
seen=$(fake_count codes)
sudo_login -d ada id -un
is 'one sudo that asks three times counts once' "$(($(fake_count codes) - seen))" 3
sudo_login ada id -un
is 'a second sudo within the minute counts' "$(audit_field reason)" rate
unlike 'who is refused at once reads of no wait' "$out" 'Please wait'
su_login kim ada 'id -un'
like 'another uid has a rate of its own' "$out" $'\nada(\n|$)'

# Four starts at once, and then one that has to wait for its turn.
rm -f $counters
write_conf 'pam.start_rate=240/min, 4/min per source'
turns=()
for i in 1 2 3 4; do
	python3 "$src/tests/e2e/drive.py" --as ada --timeout 8 -- sudo -k true >"$W/turn.$i" 2>&1 &
	turns[i]=$!
done
wait_for 20 sh -c "[ \$(cat '$W'/turn.? | grep -c 'Enter  ') = 4 ]"
sudo_login ada id -un
like 'who has to wait for a start is told so, and then gets in' "$out" 'Please wait, up to 20 seconds.*Enter +[A-Z0-9]{8}.*root'
wait "${turns[@]}"
unlike 'who does not wait is told nothing' "$(cat "$W"/turn.?)" 'Please wait'

# ---- Waiting places
rm -f $counters
write_conf 'pam.waiting_max=2' pam.approve_timeout=120
SSH_OPTIONS=()
for i in 1 2; do
	setsid ssh -F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o NumberOfPasswordPrompts=1 \
	    -o PreferredAuthentications=keyboard-interactive -l ada 127.0.0.1 true </dev/null >"$W/waiting.$i" 2>&1 &
	waiting[i]=$!
done
wait_for 10 sh -c "[ \$(pgrep -cx sfoauth-worker) = 2 ]"
start=$(date +%s)
ssh_login kim 'echo let in'
is 'who finds no waiting place is refused' "$(audit_field reason)" rate
like 'and was told of the wait' "$out" 'Please wait, up to 20 seconds'
like 'after a wait' "$(audit_line)" 'waiting_max'
ok 'of twenty seconds' test $(($(date +%s) - start)) -ge 19
(sleep 2; kill "${waiting[1]}") &
start=$(date +%s)
ssh_login kim 'echo let in'
like 'a place that its client has left is free again' "$out" $'\nlet in'
ok 'at once' test $(($(date +%s) - start)) -lt 15
kill "${waiting[2]}" 2>/dev/null
wait "${waiting[@]}" 2>/dev/null

# ---- A first factor
rm -f $counters
write_conf 'pam.start_rate=1/min, 1/min per source' 'pam.waiting_max=1' 'pam.ssh_first_factor=publickey'
echo 'AuthenticationMethods publickey,keyboard-interactive' >>/etc/ssh/sshd_config.d/10-sfoauth.conf
kill -HUP "$(cat "$W/sshd.pid")" && sleep 0.5
ssh-keygen -q -t ed25519 -N '' -f "$W/key"
install -d -o ada -m 700 "$W/home/ada/.ssh"
install -o ada -m 600 "$W/key.pub" "$W/home/ada/.ssh/authorized_keys"
for i in 1 2; do
	sign_in_options
	sign_in ada -- ssh -F /dev/null -tt -i "$W/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    -o PreferredAuthentications=publickey,keyboard-interactive -l ada 127.0.0.1 'echo let in'
	like "with a key first there is no limit ($i)" "$out" $'\nlet in'
done
sed -i '/AuthenticationMethods/d' /etc/ssh/sshd_config.d/10-sfoauth.conf
kill -HUP "$(cat "$W/sshd.pid")" && sleep 0.5
seen=$(fake log | wc -l)
ssh_login ada 'echo let in'
is 'without a key the first factor is missing' "$(audit_field result) $(audit_field reason)" 'denied first_factor'
is 'and nothing went over the network' "$(fake log | wc -l)" "$seen"

# Another name of the program is another PAM service (of OpenSSH before 10), but still ssh.
stop_sshd
cp /etc/pam.d/sshd /etc/pam.d/sfsshd
write_conf pam.services=sfsshd pam.ssh_first_factor=publickey
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
