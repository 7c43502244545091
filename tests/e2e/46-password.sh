#!/bin/bash
# The password flow through a real sshd and su: who is let in, that every refusal looks the same,
# what the stack gets, and that the password is nowhere afterwards.
. "$(dirname "$0")/lib.sh"

secret=pass-adaTOKEN prompt='this network: '
start_fake --set trusted_ip=false
printf '%s\n' pass-ada pass-kim pass-zora pass-ina 0123456789ABCDEF0123456789ABCDEF >"$W.secrets"
touch -d '1 second ago' "$W.start"

# Samples of all argument lists and environments while the rest runs.
(
	while [ ! -e "$W/enough" ]; do
		cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -aFf "$W.secrets"
		sleep 0.02
	done >"$W/samples"
) &
watcher=$!

# types TEXT: in a file outside of $W, because our own driver has arguments.
types() { printf '%s' "$1" >"$W.typed"; }

# in_by ACCOUNT [TYPED]: ssh with what is typed at the prompt.
in_by()
{
	types "${2:-$secret}"
	ssh_login -n -D "--on=$prompt=@$W.typed" "$1" 'echo let in'
}

# refused NAME ACCOUNT TYPED REASON WHY: the same words whatever the reason is.
refused()
{
	in_by "$2" "$3"
	unlike "$1: no shell opens" "$out" $'let in\n'
	like "$1: the same prompt" "$out" "Salesforce password of $2@acme\.example,[[:space:]]+with the security token right behind it"
	is "$1: the same words" "$(sed -n 's/\. Reference .*//p' <<<"$out")" 'Not let in'
	is "$1: the audit reason" "$(audit_field result) $(audit_field reason)" "$4"
	like "$1: why" "$(audit_field why)" "$5"
}

write_conf pam.flows=password
start_sshd -o LogLevel=DEBUG3 -o PasswordAuthentication=yes
in_by ada
like 'ada is let in with password and security token' "$out" $'\nlet in'
is 'audit: the flow' "$(audit_field result 3) $(audit_field flow 3) $(audit_field token 3)" 'allowed password kept'
is 'her username comes from the template' "$(audit_field sf_user 3)" ada@acme.example
is 'one prompt, one request' "$(fake_count by_kind.password)" 1
like 'nothing typed is echoed' "$out" 'this network: '$'\n'

refused 'a wrong password' ada pass-adax 'denied denied' 'answer password_refused'
refused 'no security token' ada pass-ada 'denied denied' 'answer password_refused'
refused 'somebody else'\''s password' kim pass-adaTOKEN 'denied denied' 'answer password_refused'
fake set user=ada mfa_only=true >/dev/null
refused 'a second factor is needed' ada $secret 'denied denied' 'answer password_refused'
fake set user=ada mfa_only=false >/dev/null
fake set password_flow=false >/dev/null
refused 'the flow is off' ada $secret 'denied denied' 'answer password_refused'
fake set password_flow=true >/dev/null
refused 'an inactive user' ina pass-inaTOKEN 'denied denied' 'answer inactive_user'
is 'each of them was one request' "$(fake_count by_kind.password)" 7
fake script kind=password preset=html503 >/dev/null
refused 'Salesforce is down' ada $secret 'error unavailable' 'answer server_trouble'
fake unscript >/dev/null
fake set trusted_ip=true >/dev/null
in_by ada pass-ada
like 'from a trusted network the password alone does' "$out" $'\nlet in'
fake set trusted_ip=false >/dev/null

# Accounts that are nobody's.
write_conf pam.flows=password pam.deny_users=kim
asked=$(fake log | wc -l)
refused 'a denied account' kim pass-kimTOKEN 'denied deny_users' 'the account is of class nobody'
refused 'a name that does not exist' zora pass-zora 'denied unknown_user' 'the account is of class nobody'
is 'and Salesforce was asked nothing' "$(fake log | wc -l)" "$asked"
is 'no worker is left' "$(pgrep -cx sfoauth-worker)" 0

# The starts are counted for both alike.
write_conf pam.flows=password pam.start_rate=1/min pam.deny_users=kim
rm -f /run/sfoauth/lock/limits-1
in_by ada
like 'the first start of a minute' "$out" $'\nlet in'
in_by ada
is 'the next is too many' "$(audit_field reason)" rate
unlike 'and nothing is asked' "$out" 'password of'
in_by kim
is 'for nobody too' "$(audit_field reason)" rate
write_conf pam.flows=password

# sshd's own password method answers the one prompt.
types $secret
drive --on "assword: =@$W.typed" -- ssh -F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
    -o PreferredAuthentications=password -o NumberOfPasswordPrompts=1 -l ada 127.0.0.1 'echo let in'
like 'by the password method ada is let in as well' "$out" $'\nlet in'

# The stack's password: pam_unix asks, and does not know it.
# stack FIRST ARGUMENT: FIRST, ours, and one that hears what password there is.
stack()
{
	cat >/etc/pam.d/su <<-END
		auth optional $1
		auth [success=ok default=die] pam_sfoauth.so $2
		auth optional pam_exec.so expose_authtok quiet $W/heard
		account required pam_permit.so
		session required pam_permit.so
	END
}
printf '#!/bin/sh\n/usr/bin/tr -d "\\0" | /usr/bin/cmp -s - %s && echo same >%s/same\n' "$W.typed" "$W" >"$W/heard" && chmod 755 "$W/heard"
install -m 666 /dev/null "$W/same" # pam_exec runs as who called su

stack pam_unix.so try_first_pass
types $secret
su_login -n -D "--on=Password: =@$W.typed" kim ada 'echo let in'
like 'try_first_pass: the stack'\''s password lets ada in' "$out" $'\nlet in'
unlike 'and she is not asked' "$out" 'Salesforce password'
ok 'the modules below have what was typed' test -s "$W/same"
: >"$W/same"
types pw-nothing
su_login -n -D "--on=Password: =@$W.typed" kim ada 'echo let in'
unlike 'try_first_pass: a wrong one is an attempt' "$out" 'Salesforce password|let in$'
stack pam_permit.so try_first_pass
types $secret
su_login -n -D "--on=$prompt=@$W.typed" kim ada 'echo let in'
like 'try_first_pass: where the stack has none she is asked' "$out" 'Salesforce password.*let in'
ok 'and the modules below have what was typed' test -s "$W/same"
stack pam_permit.so use_first_pass
su_login -n kim ada 'echo let in'
unlike 'use_first_pass: nobody is asked' "$out" 'Salesforce password'
like 'and why' "$(audit_field why)" 'use_first_pass'

# What cannot be.
stack pam_permit.so ''
write_conf pam.flows=password pam.user_map=/etc/sfoauth/users pam.username_template=
echo 'ada 0055f00000EfGhiAAF' >/etc/sfoauth/users
su_login -n kim ada 'echo let in'
is 'with a user_map the configuration is refused' "$(audit_field reason)" config
like 'in words' "$(audit_field why)" 'needs username_template'

# An app with a secret.
install -m 600 /dev/null /etc/sfoauth/secret
echo 0123456789ABCDEF0123456789ABCDEF >/etc/sfoauth/secret
for auth in auto basic; do
	write_conf pam.flows=password org.client_id=3MVG9acme.Secret_App org.client_secret_file=/etc/sfoauth/secret \
	    org.client_auth=$auth
	types $secret
	su_login -n -D "--on=$prompt=@$W.typed" kim ada 'echo let in'
	like "client_auth = $auth: ada is let in" "$out" $'\nlet in'
done
chmod 640 /etc/sfoauth/secret
su_login -n kim ada 'echo let in'
is 'a secret that others may read is not used' "$(audit_field reason)" config

: >"$W/enough"
wait $watcher
sync_syslog
is 'files, logs, transcripts and records hold no password' "$(
	# A source tree in /tmp leaves that directory everybody's.
	! mountpoint -q /tmp || private=/tmp
	find "$W" /run /var/log /var/tmp /etc/pam.d ${private:+"$private"} -type f -newer "$W.start" -print0 2>/dev/null |
	    xargs -0 grep -laFf "$W.secrets" 2>/dev/null | grep -vE "^($W/(fake\\.|copies/|stage)|$W.(typed|secrets))"
)" ''
is 'argument lists and environments held none' "$(grep -c . "$W/samples")" 0
done_testing
