#!/bin/bash
# Accounts that are none of our business: PAM_USER_UNKNOWN at once, and the Unix prompt below works;
# for root also when our configuration is missing, unreadable or wrong.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd -o PermitRootLogin=yes
ssh-keygen -q -t ed25519 -N '' -f "$W/key"
for user in root svc; do
	install -d -o $user -m 700 "$W/home/$user/.ssh"
	install -o $user -m 600 "$W/key.pub" "$W/home/$user/.ssh/authorized_keys"
done

by_key()
{
	drive -- ssh -F /dev/null -i "$W/key" -o BatchMode=yes -o UserKnownHostsFile=/dev/null \
	    -o StrictHostKeyChecking=no -l "$1" 127.0.0.1 'echo "in as $(id -un)"'
}

# all_doors WHEN: root at sshd (password and key), login, su and sudo.
all_doors()
{
	ssh_login -D '--on=assword: =pw-root' root 'echo "in as $(id -un)"'
	like "$1: root by ssh with a password" "$out" 'in as root'
	unlike "$1: root sees no Salesforce" "$out" 'Salesforce'
	by_key root
	like "$1: root by ssh with a key" "$out" 'in as root'
	console_login -D '--on=assword: =pw-root' -D '--on=[#$] =echo "in as $(id -un)"; exit' root
	like "$1: root at login" "$out" 'in as root'
	drive --as ada --on 'assword: =pw-root' -- su root -c 'echo "in as $(id -un)"'
	like "$1: su to root" "$out" 'in as root'
	drive -- sudo -k id -un
	like "$1: root may sudo" "$out" 'root'
}

all_doors 'configured'
is 'root is not audited' "$(audit_line | wc -l)" 0
drive -- su ada -c 'echo "in as $(id -un)"'
like 'root may su to an account of ours without a question' "$out" 'in as ada'
ssh_login -D '--on=assword: =pw-svc' svc 'echo "in as $(id -un)"'
like 'a low uid by ssh with a password' "$out" 'in as svc'
by_key svc
like 'a low uid by ssh with a key' "$out" 'in as svc'
is 'Salesforce was never asked' "$(fake log | wc -l)" 0
is 'a low uid is not audited' "$(audit_field user)" ada

# Root's own su to an account that no person stands behind: pam_rootok below lets it through.
write_conf pam.username_template= pam.user_map=/etc/sfoauth/users
echo 'ada 0055f00000EfGhiAAF' >/etc/sfoauth/users
drive -- su pat -c 'echo "in as $(id -un)"'
like 'root may su to an account that is not mapped' "$out" 'in as pat'
drive --as ada --on 'assword: =pw-pat' -- su pat -c 'echo "in as $(id -un)"'
unlike 'another person may not' "$out" 'in as pat'
write_conf

# Programs that include the stack of login, such as screen lockers: the Unix password, at once.
echo '@include login' >/etc/pam.d/locker
locked() { drive "$@" --on 'assword: =pw-ada' -- pamtester locker ada authenticate; }
locked
like 'a service that is not named asks for the Unix password' "$out" 'successfully authenticated'
unlike 'and shows no Salesforce' "$out" 'Salesforce'
write_conf 'pam.services=*'
locked --as ada
unlike 'a host without privilege shows none in any service' "$out" 'Salesforce'
write_conf
is 'nothing of this asked Salesforce' "$(fake log | wc -l)" 0

rm /etc/sfoauth/sfoauth.conf
all_doors 'configuration missing'
write_conf 'pam.colour=blue'
all_doors 'configuration wrong'
write_conf && chmod 0 /etc/sfoauth/sfoauth.conf && chown ada /etc/sfoauth/sfoauth.conf
all_doors 'configuration unreadable'

# pam_cap's setcred below our line still runs for local accounts.
rm -f /etc/sfoauth/sfoauth.conf && write_conf
echo 'cap_net_raw svc' >/etc/security/capability.conf
grep -q pam_cap /etc/pam.d/common-auth || echo 'auth optional pam_cap.so' >>/etc/pam.d/common-auth
ssh_login -D '--on=assword: =pw-svc' svc 'grep CapInh /proc/self/status'
like 'setcred of the modules below runs for local accounts' "$out" 'CapInh:.*0000000000002000'
done_testing
