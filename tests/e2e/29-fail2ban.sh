#!/bin/bash
# The filter for fail2ban counts the attempts of strangers by their address, and cannot be misled.
. "$(dirname "$0")/lib.sh"

filter=$W/filter.d/sfoauth.conf
mkdir -p "$W/filter.d" && cp /etc/fail2ban/filter.d/common.conf "$W/filter.d/"
cp "$SF_STAGE/etc/fail2ban/filter.d/sfoauth.conf" "$filter" || bail 'the filter is not installed'

# counted [MODE]: the addresses that fail2ban counts in the log, with how often
counted()
{
	fail2ban-regex --print-all-matched --out ip "$W/auth.log" "${filter}[mode=${1:-normal}]" 2>/dev/null |
	    sort | uniq -c | awk '{ print $2 "=" $1 }' | xargs
}

# The lines as rsyslog writes them.
to_auth_log()
{
	sync_syslog
	sed -n "s/^authpriv\.[a-z]* \(.*\)/$(date '+%b %e %T') sfhost \1/p" "$W/syslog" >"$W/auth.log"
}

write_conf pam.deny_users=kim pam.approve_timeout=10
start_fake
start_sshd -o ListenAddress=127.0.0.2
from() { SSH_OPTIONS=(-b "$1" -o HostName="$1"); }

ssh_login ada true
to_auth_log
is 'a login is not counted' "$(counted)" ''
from 127.0.0.2
ssh_login -n -D --answer=x zora true
ssh_login -n -D --answer=x kim true
to_auth_log
is 'unknown and denied names are' "$(counted)" 127.0.0.2=2
ssh_login -n -D --answer=x 'x rhost=192.0.2.9 token=-' true
ssh_login -n -D --answer=x 'x reason=denied phase=auth rhost=192.0.2.9 token=' true
to_auth_log
is 'a name that looks like a field blames nobody else' "$(counted)" 127.0.0.2=4
ssh_login -n ada true
is 'an attempt that nobody approves' "$(audit_field reason)" expired
to_auth_log
is 'is not counted' "$(counted)" 127.0.0.2=4
is 'but in mode aggressive' "$(counted aggressive)" 127.0.0.2=5
write_conf pam.start_rate=1/min
rm -f /run/sfoauth/lock/limits-1
ssh_login ada true
ssh_login ada true
is 'one over a limit' "$(audit_field reason)" rate
to_auth_log
is 'is counted there as well' "$(counted) $(counted aggressive)" '127.0.0.2=4 127.0.0.2=6'
sudo_login -d ada true
to_auth_log
is 'sudo has no address' "$(counted aggressive)" 127.0.0.2=6
done_testing
