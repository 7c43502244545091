#!/bin/bash
# A flood of strangers without a key, who press Enter and hang up. It hits two sshd at the same time: ours
# and stock Debian's, both with PerSourcePenalties where sshd has them. Root logs in by key at both; a mapped
# person runs sudo.
#
#   10-flood.sh [five|one|short] [alone|dropin]
#       five     five addresses, 30 attempts a minute in all, for 150 s and until all logins are done (default)
#       one      one address, 6.5 a minute, for 200 s
#       short    the 75 attempts of the first in 30 s
#       alone    without README's MaxStartups lines, which would hide what an attempt holds (default)
#       dropin   with README's drop-in as it is
. "$(dirname "$(readlink -f "$0")")/../e2e/lib.sh"

form=${1:-five} limits=${2:-alone}
case $form in
five) lasts=150 pause=2 from=(127.0.1.1 127.0.1.2 127.0.1.3 127.0.1.4 127.0.1.5) ;;
one) lasts=200 pause=9.2 from=(127.0.1.1) ;;
short) lasts=30 pause=0.4 from=(127.0.1.1 127.0.1.2 127.0.1.3 127.0.1.4 127.0.1.5) ;;
*) bail 'what kind of flood?' ;;
esac

# Stock Debian: its stack and its configuration, on port 2222. Before OpenSSH 10 the PAM service is the
# name of the program.
start_stock()
{
	sed '/pam_sfoauth/d' /etc/pam.d/sshd >/etc/pam.d/stock
	sed '/^Include/d' /usr/share/openssh/sshd_config >/etc/ssh/stock_config
	set -- -f /etc/ssh/stock_config -E "$W/stock.log" -o Port=2222 -o ListenAddress=127.0.0.1 -o PidFile="$W/stock.pid"
	if /usr/sbin/sshd -V 2>&1 | grep -q 'OpenSSH_9'; then
		ln -s /usr/sbin/sshd "$W/stock" && "$W/stock" "$@"
	else
		/usr/sbin/sshd "$@" -o PAMServiceName=stock
	fi
	wait_for 5 test -s "$W/stock.pid" || bail "stock sshd does not start: $(cat "$W/stock.log")"
}

export SSHD_PENALTIES=yes
write_conf pam.start_rate= pam.approve_timeout=
case $limits in
alone) sed -i '/MaxStartups/d' /etc/ssh/sshd_config.d/10-sfoauth.conf ;;
dropin) readme_dropin ;;
*) bail 'with which limits of sshd?' ;;
esac
start_fake --set interval=5
start_sshd
start_stock
ssh-keygen -q -t ed25519 -N '' -f "$W/key"
install -d -m 700 "$W/home/root/.ssh"
install -m 600 "$W/key.pub" "$W/home/root/.ssh/authorized_keys"
printf '#!/bin/sh\necho\n' >"$W/enter" && chmod 755 "$W/enter"
ssh_options=(-F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no)

# attempt PORT ADDRESS NAME: Enter at whatever is asked; the client is killed after two seconds.
attempt()
{
	SSH_ASKPASS=$W/enter SSH_ASKPASS_REQUIRE=force setsid timeout -s KILL 2 ssh "${ssh_options[@]}" -p "$1" -b "$2" \
	    -l "$3" -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=keyboard-interactive,password \
	    127.0.0.1 true >>"$W/strangers" 2>&1 </dev/null
}

# strangers: until the file $W/enough exists; in turn from each address, names that exist and that do not.
strangers()
{
	local i=0
	local -a names=(ada zora root kim admin)
	while [ ! -e "$W/enough" ]; do
		for port in 22 2222; do
			attempt "$port" "${from[i % ${#from[@]}]}" "${names[i / ${#from[@]} % 5]}" &
		done
		i=$((i + 1))
		echo "$i" >"$W/attempts"
		sleep "$pause"
	done
}

root_by_key()
{
	timeout 60 ssh "${ssh_options[@]}" -i "$W/key" -o BatchMode=yes -p "$1" -l root 127.0.0.1 true >>"$W/root.$1" 2>&1
}

# Connections that an sshd has now: each is a child of the one that listens.
connections()
{
	pgrep -c -P "$(cat "$W/$1.pid")"
}

# oldest NAME: for how many seconds an sshd has had its oldest connection
oldest()
{
	ps -o etimes= --ppid "$(cat "$W/$1.pid")" | sort -n | tail -n 1 | tr -d ' '
}

strangers 2>"$W/killed" &
flooding=$!
longest=0 longest_stock=0
for ((end = SECONDS + lasts; SECONDS < end; )); do
	age=$(oldest sshd) && [ "${age:-0}" -le "$longest" ] || longest=$age
	age=$(oldest stock) && [ "${age:-0}" -le "$longest_stock" ] || longest_stock=$age
	sleep 0.5
done
ours=0 stock=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	root_by_key 22 && ours=$((ours + 1))
	root_by_key 2222 && stock=$((stock + 1))
	sleep 1
done
most="$(connections sshd) ours, $(connections stock) stock"
in_sudo=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	sudo_login ada id -un && [[ $out =~ root ]] && in_sudo=$((in_sudo + 1))
done
touch "$W/enough"
wait "$flooding"
# The last client is killed after two seconds; what waited for it may take two more.
sleep 2
ok "no attempt of two seconds holds a connection for longer than four ($longest s)" test "$longest" -le 4
ok 'two seconds after its client no sign-in waits' wait_for 2 sh -c "! pgrep -P $(cat "$W/sshd.pid") >/dev/null"
is 'and no worker' "$(pgrep -xc sfoauth-worker)" 0
is 'root by key gets in, ten times of ten' "$ours" 10
is 'a mapped person by sudo gets in, ten times of ten' "$in_sudo" 10
ok "as many as on stock Debian ($stock)" test "$ours" -ge "$stock"
tap_note "$(/usr/sbin/sshd -V 2>&1), $form, $limits: $(cat "$W/attempts") attempts at each; root by key: ours $ours, stock $stock of 10;" \
    "sudo $in_sudo of 10; connections during the flood: $most;" \
    "the oldest: $longest s ours, $longest_stock s stock;" \
    "turned away by sshd: ours $(grep -c '^drop\|MaxStartups\|penalt' "$W/sshd.log"), stock $(grep -c '^drop\|MaxStartups\|penalt' "$W/stock.log")," \
    "of these for penalties $(grep -c 'penalt' "$W/sshd.log") and $(grep -c 'penalt' "$W/stock.log");" \
    "client_gone $(grep -ac 'reason=client_gone' "$W/syslog"), rate $(grep -ac 'reason=rate' "$W/syslog")"
done_testing
