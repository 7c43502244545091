#!/bin/bash
# Every host of PAM that a machine has, with README's lines in its stacks for sshd, login, su, sudo, sudo-i
# and cockpit: what each shows, and that root and local accounts get through. Prints the table.
#
#   50-hosts.sh [SUITE]
[ $# = 0 ] || export SF_SUITE=$1
export SF_ROOT=siege
. "$(dirname "$(readlink -f "$0")")/../system/lib.sh"

# cell HOST WHO WANTED: compare what $seen says with it, and note it for the table.
cell()
{
	is "$stacks: $1, $2: $3" "$seen" "$3"
	[ "$seen" = "$3" ] || tap_note "$(tail -n 12 <<<"$out")"
	table+=$(printf '%-8s %-34s %-22s %s' "$stacks" "$1" "$2" "$seen")$'\n'
}

# What $out and $status tell: did the command run (it prints RAN), what was asked before.
read_out()
{
	seen=''
	[[ $out =~ (Enter|Open)\ +https ]] && seen+='sign-in, '
	[[ ${out//do not type a password/} =~ [Pp]assword[^$'\n']*: ]] && seen+='Unix password, '
	if [[ $out =~ RAN-[a-z] ]]; then seen+='runs'; else seen+='refused'; fi
}

# by WHO ACTION... -- COMMAND...: drive.py runs the command as WHO; ACTION are its options.
by()
{
	local who=$1
	shift
	sign_in "${approver:-$who}" --as "$who" --timeout 60 "$@"
	read_out
}

run='echo RAN-$(id -un)'
# For --on: vlock and pkttyagent throw away what is typed before they have shown their prompt and turned off the echo.
slowly='!sleep 1; echo'

su_cells()
{
	by root -- su svc -c "$run"; cell su 'root to local' runs
	by root -- su ada -c "$run"; cell su 'root to person' runs
	by root -- su -l ada -c "$run"; cell 'su -l' 'root to person' runs
	approver=kim by ada -- su kim -c "$run"; cell su 'person to person' 'sign-in, runs'
	approver=kim by ada -- su -l kim -c "$run"; cell 'su -l' 'person to person' 'sign-in, runs'
	by ada --on 'assword: =pw-svc' -- su svc -c "$run"; cell su 'person to local' 'Unix password, runs'
	by ada --on 'assword: =pw-root' -- su root -c "$run"; cell su 'person to root' 'Unix password, runs'
	approver=ada by svc -- su ada -c "$run"; cell su 'local to person' 'sign-in, runs'
}

sudo_cells()
{
	echo 'svc ALL=(ALL:ALL) ALL' | inside tee /etc/sudoers.d/svc >/dev/null
	by ada -- sudo -k sh -c "$run"; cell sudo person 'sign-in, runs'
	by ada -- sudo -k -i sh -c "$run"; cell 'sudo -i' person 'sign-in, runs'
	by ada -- sudo -k -s sh -c "$run"; cell 'sudo -s' person 'sign-in, runs'
	by ada -- sh -c "sudo -k; sudo -v && $run"; cell 'sudo -v' person 'sign-in, runs'
	by ada -- sh -c "sudo -k -l >/dev/null && $run"; cell 'sudo -l' person 'sign-in, runs'
	by ada -- sh -c "sudo -k; EDITOR=true sudoedit /etc/motd && $run"; cell sudoedit person 'sign-in, runs'
	by ada -- sudo -k -u kim sh -c "$run"; cell 'sudo -u' person 'sign-in, runs'
	by ada -- sudo -k -n sh -c "$run"; cell 'sudo -n' person refused
	by ada -- sudo -k -S sh -c "$run"; cell 'sudo -S' person 'sign-in, runs'
	by ada -- env SUDO_ASKPASS=/bin/false sudo -k -A sh -c "$run"; cell 'sudo -A' person 'sign-in, runs'
	by ada -- sudo -H -S -n -u root /bin/sh -c "$run"; cell 'sudo, as become with -n' person refused
	by ada -- sh -c "echo pw-ada | sudo -k -H -S -p '[sudo via become]' -u root /bin/sh -c '$run'"
	cell 'sudo, as become with a password' person 'sign-in, runs'
	echo 'kim ALL=(ALL) NOPASSWD: ALL' | inside tee /etc/sudoers.d/zz-nopasswd >/dev/null
	by kim -- sudo -k -n sh -c "$run"; cell 'sudo, NOPASSWD' person runs
	inside rm /etc/sudoers.d/zz-nopasswd
	by svc --on 'assword[^\n]*: =pw-svc' -- sudo -k sh -c "$run"; cell sudo local 'Unix password, runs'
	by svc -- sh -c "echo pw-svc | sudo -k -S sh -c '$run'"; cell 'sudo -S' local 'Unix password, runs'
	by root -- sudo -k -n sh -c "$run"; cell 'sudo -n' root runs
}

quiet_cells()
{
	local who
	for who in root svc ada; do
		by root -- runuser -u $who -- sh -c "$run"; cell 'runuser -u' "root to $who" runs
		by root -- runuser -l $who -c "$run"; cell 'runuser -l' "root to $who" runs
		by root -- systemd-run -q --pipe --wait --uid=$who sh -c "$run"; cell 'systemd-run --uid' $who runs
		by root -- systemd-run -q --pipe --wait --uid=$who -p PAMName=login sh -c "$run"
		cell 'systemd-run, PAMName=login' $who runs
	done
}

# cron and at, for each of the three; the file that a job writes is the proof.
job_cells()
{
	local who
	inside mkdir -p -m 1777 /var/jobs
	inside sh -c 'rm -f /var/jobs/*; for who in root svc ada; do
		echo "* * * * * $who echo RAN-\$(id -un) >/var/jobs/cron.$who"; done >/etc/cron.d/siege
		systemctl restart cron atd'
	for who in root svc ada; do
		by $who -- sh -c 'echo "echo RAN-\$(id -un) >/var/jobs/at.$(id -un)" | at now'
	done
	wait_for 75 inside sh -c '[ "$(ls /var/jobs | wc -l)" = 6 ]'
	for who in root svc ada; do
		out=$(inside cat /var/jobs/cron.$who 2>&1) && read_out; cell cron $who runs
		out=$(inside cat /var/jobs/at.$who 2>&1) && read_out; cell at $who runs
	done
	inside rm -f /etc/cron.d/siege
}

# Real lockers on real displays without a screen. A wrong password, typed blind, leaves each locked; it opens
# within ten seconds of the right one.
lockers='
	x11()
	{
		Xvfb -displayfd 3 3>display >/dev/null 2>&1 & display=$!
		until [ -s display ]; do sleep 0.1; done
		export DISPLAY=":$(cat display)"
		i3lock -n & lock=$!
		sleep 2
	}
	wayland()
	{
		export XDG_RUNTIME_DIR=$HOME WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1
		: >sway.config
		sway -c sway.config & display=$!
		until [ -S wayland-1 ]; do sleep 0.1; done
		export WAYLAND_DISPLAY=wayland-1
		swaylock & lock=$!
		sleep 2
	}
	type_x11() { xdotool type --delay 30 "$1" && xdotool key Return; }
	type_wayland() { wtype -s 1000 "$1" -k Return -s 200; }
	end() { kill "$lock" "$display"; exit "$1"; }
	$1 2>&1
	kill -0 $lock || end 3
	type_$1 wrong; sleep 4; kill -0 $lock || end 4
	type_$1 "pw-$USER"
	for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $lock 2>/dev/null || end 0; sleep 1; done
	end 5'

# opens_display DISPLAY LOCKER WHO
opens_display()
{
	as_user "$3" timeout 60 sh -c "$lockers" sh "$1" >"$W/out" 2>&1 </dev/null
	status=$? out=$(cat "$W/out")
	seen="ends with $status"
	[ $status = 0 ] && seen='Unix password, opens'
	cell "$2" "$3" 'Unix password, opens'
}

locker_cells()
{
	local who
	for who in ada svc; do
		opens_display x11 i3lock $who
		opens_display wayland swaylock $who
		by $who --on "assword: =pw-$who" -- pamtester xscreensaver $who authenticate
		[[ $out =~ successfully ]] && seen=${seen/refused/opens}
		cell "xscreensaver's service" $who 'Unix password, opens'
		by $who --on "ENTER\] to unlock=$slowly" --on "assword: =$slowly pw-$who" -- sh -c "vlock && $run"
		cell vlock $who 'Unix password, runs'
	done
}

# A text agent of its own, since polkit does not find the session of the one inside pkexec.
pkexec_cells()
{
	local who
	by root -- pkexec sh -c "$run"; cell pkexec root runs
	for who in ada svc; do
		inside gpasswd -M "$who" sudo >/dev/null
		by $who --on "assword: =$slowly pw-$who" -- sh -c "pkttyagent --process \$\$ & agent=\$!; sleep 2
			pkexec sh -c '$run'; status=\$?; kill \$agent; exit \$status"
		cell pkexec $who 'Unix password, runs'
	done
	inside gpasswd -M '' sudo >/dev/null
}

# With our lines above its substack.
cockpit_cells()
{
	local who auth account
	auth=$(inside grep '^auth.*pam_sfoauth' /etc/pam.d/sshd)
	account=$(inside grep '^account.*pam_sfoauth' /etc/pam.d/sshd)
	inside sed -i "s/^auth .*common-auth/$auth\n&/; s/^account .*common-account/$account\n&/" /etc/pam.d/cockpit
	inside sh -c '! [ -e /etc/cockpit/disallowed-users ] || : >/etc/cockpit/disallowed-users'
	for who in root svc ada; do
		out=$(inside timeout 40 python3 -B /mnt/siege/cockpit.py "$who" "pw-$who" \
		    python3 -B /mnt/fake/approve.py --ca /media/ca.pem --user "acme:$who" 2>&1)
		read_out
		case $who in
		ada) cell cockpit-session $who 'sign-in, runs' ;;
		*) cell cockpit-session $who runs ;;
		esac
	done
}

table=''
boot
stacks=README
inside bash -c 'W=/run; . /mnt/e2e/house.sh; put_in_stack login session; put_in_stack sudo-i; rm /run/lines'
for cells in ${ONLY:-su sudo quiet job locker pkexec cockpit}; do ${cells}_cells; done

tap_note "$table"
finish
