#!/bin/bash
# Real cockpit-session, spoken to as cockpit's web server does: a mapped person reads the code although the login
# form has sent a password, and is in after the approval. What is typed there opens nothing, and local accounts
# and root log in with their Unix password.
. "$(dirname "$(readlink -f "$0")")/../e2e/lib.sh"

session=/usr/lib/cockpit/cockpit-session
[ -x $session ] || skip_all 'no cockpit-session here: on.sh runs this on the Debian roots of make siege'
write_conf
start_fake

# README's lines, above Debian's substack.
auth=$(grep '^auth.*pam_sfoauth' /etc/pam.d/sshd) account=$(grep '^account.*pam_sfoauth' /etc/pam.d/sshd)
sed -i "s/^auth .*common-auth/$auth\n&/; s/^account .*common-account/$account\n&/" /etc/pam.d/cockpit
# Without systemd and audit in this house, sessions cannot be registered there.
sed -i '/pam_loginuid/d; /pam_selinux/d; /pam_sepermit/d' /etc/pam.d/cockpit
is "our lines stand in cockpit's stack" "$(grep -c pam_sfoauth /etc/pam.d/cockpit)" 2
mkdir -p /etc/cockpit && : >/etc/cockpit/disallowed-users

# cockpit NAME PASSWORD [ANSWER]: log in; nick NAME approves. What was seen is in $out.
cockpit()
{
	out=$(SF_ANSWER=${3:-} timeout 60 python3 -B "$src/tests/siege/cockpit.py" "$1" "$2" \
	    python3 -B "$src/tests/fake/approve.py" --ca "$W/ca/ca.pem" --user "acme:$1" 2>&1)
}

cockpit ada pw-from-the-form
like 'it says where the login comes from' "$out" 'comes from 198\.51\.100\.7'
like 'a mapped person reads address and code' "$out" '1\. Open +https:.*2\. Enter +[A-Z0-9]+'
like 'at a prompt that shows what is typed: the password of the form does not answer it' "$out" 'echo=on'
like 'and is in after the approval' "$out" $'(^|\n)RAN-ada'
is 'the audit line of the sign-in' "$(audit_field service 2) $(audit_field result 2) $(audit_field user 2)" 'cockpit allowed ada'
is 'no code was used up by the password' "$(fake counts codes)" 1

cockpit ada pw-ada typed-by-hand
unlike 'text at the prompt opens nothing, approved or not' "$out" 'RAN-'
like 'the web server can read why' "$out" '"message": "Do not type anything here.* Not let in\. Reference'
is 'its reason' "$(audit_field reason)" password_typed
unlike 'and is not in the log' "$(cat "$W/syslog")" 'typed-by-hand|pw-from-the-form'

cockpit nobody-here pw
like 'a name that does not exist sees the same' "$out" '2\. Enter +[A-Z0-9]+'
unlike 'and is not let in' "$out" 'RAN-'

for who in root svc; do
	cockpit $who pw-$who
	like "$who logs in with the Unix password" "$out" "RAN-$who"
	cockpit $who wrong
	unlike "$who: not with another one" "$out" 'RAN-'
done
done_testing
