#!/bin/bash
# Nine o'clock: everybody logs in at once. With the default configuration and README's drop-in, 40 people
# from 40 addresses, one a second, and 20 people behind one address all get in, although each of them takes
# 45 seconds to approve. sshd's penalties for an address are on, where it has them.
. "$(dirname "$0")/lib.sh"

write_conf pam.start_rate= pam.approve_timeout=
export SSHD_PENALTIES=yes
readme_dropin
ok 'README has settings for sshd' grep -q '^MaxStartups' /etc/ssh/sshd_config.d/10-sfoauth.conf
start_fake --set interval=5
start_sshd -o ListenAddress=0.0.0.0
control="/usr/bin/python3 -B '$src/tests/fake/control.py' '$W/fake.sock'"

# morning COUNT PAUSE ADDRESS...: COUNT people log in, one every PAUSE seconds, each from the next address.
# Then $in is how many got in.
morning()
{
	local count=$1 pause=$2 i
	local -a clients=()
	shift 2
	rm -f "$W"/person.*
	for ((i = 1; i <= count; i++)); do
		/usr/bin/python3 "$src/tests/e2e/drive.py" --timeout 120 --approve-after 45 \
		    --approve "$control approve --code \"\$SF_CODE\" --user ada" -- \
		    ssh -F /dev/null -b "$1" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
		    -o PreferredAuthentications=keyboard-interactive -o NumberOfPasswordPrompts=1 \
		    -l ada 127.0.0.1 'echo let in' >"$W/person.$i" 2>&1 &
		clients+=($!)
		[ $# -eq 1 ] || shift
		sleep "$pause"
	done
	wait "${clients[@]}"
	in=$(grep -alx 'let in' "$W"/person.* | wc -l)
	[ "$in" -eq "$count" ] || grep -avhx 'let in' "$W"/person.* | sort | uniq -c | tail -n 20
}

# shellcheck disable=SC2046 # a list of addresses
morning 40 1 $(seq -f 127.0.1.%g 40)
is '40 people, one a second, from 40 addresses: all get in' "$in" 40
morning 20 0 127.0.2.1
is '20 people at once behind one address: all get in' "$in" 20
is 'sshd turned nobody away' "$(grep -cE 'MaxStartups|beginning|drop connection|penalt' "$W/sshd.log")" 0
is 'and nobody was over a limit' "$(grep -ac 'reason=rate' "$W/syslog")" 0
done_testing
