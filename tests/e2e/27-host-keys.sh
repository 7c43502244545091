#!/bin/bash
# Each key of [pam] and each argument of pam_sfoauth(8) that no other script turns does what its row
# says, through whole programs.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd
argument() { sed -i "/^auth.*pam_sfoauth/s|pam_sfoauth\.so.*|pam_sfoauth.so $*|" /etc/pam.d/sshd; }
last_start() { fake -j log kind=start | jq -r '.[-1].form[] | select(.[0] == "scope")[1]'; }
unix_prompt() { ssh_login -n -D "--on=assword: =pw-$1" "$1" 'echo let in'; }
kept() { setpriv --reuid=ada --regid=ada --clear-groups keyctl show @u | grep -c sfoauth; }

# ---- [pam]
write_conf 'pam.local_groups=staff2'
echo "staff2:x:46999:ada" >>/etc/group
unix_prompt ada
like 'local_groups: a member logs in with the Unix password' "$out" $'\nlet in'
unlike 'local_groups: and sees no Salesforce' "$out" Salesforce
ssh_login kim 'echo let in'
like 'local_groups: others sign in' "$out" $'Salesforce[^~]*\nlet in'
write_conf 'pam.local_users=root kim'
unix_prompt kim
like 'local_users: so does a named account' "$out" $'\nlet in'
write_conf 'pam.services=su sudo'
unix_prompt ada
like 'services: sshd is not one of them' "$out" $'\nlet in'
sudo_login ada id -un
like 'services: sudo is' "$out" $'Salesforce[^~]*\nroot'
write_conf 'pam.allow_user_types=CSP_LITE_PORTAL'
ssh_login ada 'echo let in'
is 'allow_user_types: STANDARD is not one of them' "$(audit_field reason)" user_type
write_conf 'pam.dialogue=press-enter'
sudo_login ada id -un
like 'dialogue = press-enter: sudo asks for Enter' "$out" 'Press Enter'
write_conf 'pam.session_services=login'
ssh_login ada 'echo let in'
is 'session_services: sshd is not one of them' "$status $(audit_field token 2) $(kept)" '0 revoked 0'
write_conf 'pam.session_token=off'
ssh_login ada 'echo let in'
is 'session_token = off: nothing is kept' "$status $(audit_field token 2) $(last_start)" '0 revoked openid id'

# ---- Arguments
mkdir /etc/sfoauth/other && cp /etc/sfoauth/sfoauth.conf /etc/sfoauth/other/
write_conf && rm /etc/sfoauth/sfoauth.conf
argument conf=/etc/sfoauth/other/sfoauth.conf
sed -i '/^account.*pam_sfoauth/s/pam_sfoauth\.so.*/pam_sfoauth.so conf=\/etc\/sfoauth\/other\/sfoauth.conf/' /etc/pam.d/sshd
ssh_login ada 'echo let in'
like 'conf=: that file counts' "$out" $'\nlet in'
write_conf
printf '\n[org other]\nlogin_url = https://evil.my.salesforce.com\nclient_id = 3MVG9evil\norganization_id = 00D000000000001EAA\n' >>/etc/sfoauth/sfoauth.conf
argument org=other
ssh_login -n -D --answer=x ada true
is 'org=: that org is asked' "$(audit_field org) $(fake -j log kind=start | jq -r '.[-1].host')" 'other evil.my.salesforce.com'
argument services=su,sudo
unix_prompt ada
like 'services=: sshd is not one of them' "$out" $'\nlet in'
argument flows=device session_token=off debug
ssh_login ada 'echo let in'
is 'session_token=, flows=: nothing is kept' "$status $(last_start)" '0 openid id'
like 'debug: more is logged' "$(grep -a 'authpriv.debug' "$W/syslog")" 'auth: class'
argument dialogue=notice
ssh_login ada 'echo let in'
unlike 'dialogue=: no prompt' "$out" 'Press Enter'
argument flows=browser
ssh_login ada 'echo let in'
is 'flows= that there is not' "$(audit_field result) $(audit_field reason)" 'error config'
argument nonsense
ssh_login ada 'echo let in'
is 'an unknown argument: nobody is let in' "$(audit_field result) $(audit_field reason)" 'error config'
like 'an unknown argument: the log names it' "$(audit_field why)" 'nonsense'
done_testing
