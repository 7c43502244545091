#!/bin/bash
# Accounts of class "nobody": Salesforce is never asked, and from remote they see what everybody sees.
. "$(dirname "$0")/lib.sh"

write_conf 'pam.deny_users=kim' 'pam.approve_timeout=10' 'pam.user_map=/etc/sfoauth/users' 'pam.username_template='
printf 'ada 0055f00000EfGhiAAF\nkim 0055f00000EfKim\n' >/etc/sfoauth/users
start_fake
start_sshd

# nobody NAME REASON ACCOUNT: the dialogue with a decoy, ended by typing something.
nobody()
{
	local name=$1 reason=$2
	ssh_login -n -D --answer=x "$3" 'echo let in'
	unlike "$name: no shell opens" "$out" $'let in\n'
	like "$name: the same dialogue" "$out" "as '$3' on sfhost"
	like "$name: a code of the same shape" "$out" 'Enter +[A-Z0-9]{8}'$' ?\n'
	like "$name: the same address" "$out" 'Open +https://acme\.my\.salesforce\.com/setup/connect'$' ?\n'
	is "$name: the audit reason" "$(audit_field result) $(audit_field reason)" "denied $reason"
	like "$name: the same words" "$out" "Not let in\. Reference $(audit_field ref)\."
	is "$name: Salesforce was not asked" "$(fake log | wc -l)" 0
}

nobody 'a name in deny_users' deny_users kim
nobody 'an account that is not mapped' unmapped pat

start=$(date +%s)
ssh_login -n zora 'echo let in'
took=$(($(date +%s) - start))
ok 'a decoy waits as long as a code would live' test $took -ge 8
like 'a name that does not exist: the same dialogue' "$out" "as 'zora' on sfhost"
is 'a name that does not exist: the audit reason' "$(audit_field reason)" unknown_user
like 'a name that does not exist: the same words' "$out" "Not let in\. Reference $(audit_field ref)\."
is 'a name that does not exist: Salesforce was not asked' "$(fake log | wc -l)" 0

ssh_login ada 'echo let in'
like 'by user_map, ada is let in' "$out" $'\nlet in'
mkdir -p "$W/home/pat/.ssh" && ssh-keygen -q -t ed25519 -N '' -f "$W/key"
for user in pat ada kim; do
	install -d -o $user -m 700 "$W/home/$user/.ssh"
	install -o $user -m 600 "$W/key.pub" "$W/home/$user/.ssh/authorized_keys"
done
key_login()
{
	drive -- ssh -F /dev/null -i "$W/key" -o BatchMode=yes -o UserKnownHostsFile=/dev/null \
	    -o StrictHostKeyChecking=no -l "$1" 127.0.0.1 'echo let in'
}
key_login ada
like 'with a key an account of ours passes the account phase' "$out" $'\nlet in'
key_login kim
unlike 'with a key a denied account does not' "$out" $'let in\n'
is 'and the audit line names the phase' "$(audit_field phase) $(audit_field reason)" 'account deny_users'
key_login pat
unlike 'with a key an unmapped account does not' "$out" $'let in\n'

# With a template, Linux tells ADA from ada, and Salesforce does not: the account ADA is not ada@acme's.
write_conf pam.approve_timeout=10
account ADA $((E2E_FIRST_UID + 40))
asked=$(fake log | wc -l)
ssh_login -n -D --answer=x ADA 'echo let in'
unlike 'an account with capitals: no shell opens' "$out" $'let in\n'
is 'an account with capitals: the audit reason' "$(audit_field result) $(audit_field reason)" 'denied name_has_capitals'
is 'an account with capitals: Salesforce was not asked' "$(fake log | wc -l)" "$asked"
su_login -n kim ADA 'echo let in'
unlike 'nor by su' "$out" $'let in\n'
key_login ADA
unlike 'nor by a key' "$out" $'let in\n'
done_testing
