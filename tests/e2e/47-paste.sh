#!/bin/bash
# The flow paste through a real sshd: the address is opened elsewhere, and the one that the browser
# ends at is pasted. Several flows in order. The code alone is good for nothing.
. "$(dirname "$0")/lib.sh"

start_fake
write_conf pam.flows=paste pam.deny_users=kim
start_sshd -o PasswordAuthentication=yes
browser="/usr/bin/python3 -B $src/tests/fake/approve.py --ca $W/ca/ca.pem --address \"\$SF_URI\""

# key_names: what a state says of the public keys in /etc/ssh, in the order of their files.
key_names()
{
	local file
	for file in /etc/ssh/ssh_host_*_key.pub; do
		ssh-keygen -lf "$file" | sed -E 's/.*SHA256:(\S{22}).*/\1/' | tr '+/' '-_' | tr -d '\n'
	done
}

# paste ACCOUNT [COMMAND]: what COMMAND prints (default: the browser of the account's namesake) is pasted.
paste()
{
	ssh_login -n -D "--on=Paste it here .*: =!${2:-$browser --user acme:$1}" "$1" 'echo let in'
}

paste ada "$browser --user acme:ada --deny"
is 'a no in the browser' "$(audit_field result) $(audit_field reason)" 'denied denied'
like 'and why' "$(audit_field why)" 'access_denied'
paste ada
like 'ada is let in' "$out" $'\nlet in'
is 'audit: the flow' "$(audit_field result 3) $(audit_field flow 3) $(audit_field token 3)" 'allowed paste kept'
like 'she was told what to open, and what to copy from where' "$out" \
    '1\. Open   https://acme\.my\.salesforce\.com/services/oauth2/authorize\?.*http://localhost:1717/OauthRedirect.*address bar'
like 'and whose login it is' "$out" "\(acme\)[[:space:]]+as 'ada' on sfhost"
address=$(sed -nE 's/.*1\. Open +(\S+).*/\1/p' <<<"$out")
pasted=$(grep -aoE 'http://localhost:1717/OauthRedirect\?code\S+' <<<"$out" | head -n 1)
ok 'what was pasted has the code' test -n "$pasted"

# The state names the keys that sshd has, as ssh-keygen computes them; without any it is only random.
state_of() { sed -nE 's/.*1\. Open +(\S+).*/\1/p' <<<"$out" | sed -E 's/.*[?&]state=([^&]*).*/\1/'; }
is 'the state is random text and the names of the host'\''s keys' "$(sed -nE 's/.*[?&]state=([^&]*).*/\1/p' <<<"$address" | cut -c 44-)" \
    ".$(key_names)"
rm /etc/ssh/ssh_host_ed25519_key.pub
paste ada
is 'without public keys it names none' "$(state_of | wc -c)" 44
like 'and ada is let in' "$out" $'\nlet in'
is 'the audit line says so' "$(audit_field why 3)" 'bound=no'
ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key >/etc/ssh/ssh_host_ed25519_key.pub
ssh-keygen -q -t rsa -N '' -f /etc/ssh/ssh_host_rsa_key
paste ada
is 'every key is named' "$(state_of | cut -c 44-)" ".$(key_names)"

su_login -n -D "--on=Paste it here .*: =!$browser --user acme:ada" kim ada 'echo let in'
like 'su takes the address as well' "$out" $'\nlet in'

# Somebody else's browser, the code of before, another sign-in's, junk.
paste ada "$browser --user acme:pat"
unlike 'somebody else'\''s yes does not open ada'\''s account' "$out" $'let in\n'
is 'audit: not hers' "$(audit_field result) $(audit_field reason) $(audit_field token)" 'denied not_mapped revoked'
for case in "used:$pasted" "no-state:${pasted%%&state*}" "foreign:${pasted/localhost/evil.example}" 'junk:what?' \
    "page:$address"; do
	tokens=$(fake_count access_issued)
	paste ada "echo '${case#*:}'"
	unlike "pasted ${case%%:*}: no shell opens" "$out" $'let in\n'
	is "pasted ${case%%:*}: audit" "$(audit_field result) $(audit_field reason)" 'denied wrong_input'
	is "pasted ${case%%:*}: no token" "$(fake_count access_issued)" "$tokens"
done
start=$(date +%s)
paste ada 'echo'
is 'nothing pasted ends the attempt' "$(audit_field result) $(audit_field reason) $(audit_field why)" 'denied wrong_input nothing was typed'
ok 'at once' test $(($(date +%s) - start)) -lt 10

# The code is useless without the verifier that never left the worker.
code=$(sed -E 's/.*[?&]code=([^&]*).*/\1/' <<<"$pasted")
unlike 'the code alone brings no token' "$(curl -s --cacert "$W/ca/ca.pem" \
    https://acme.my.salesforce.com/services/oauth2/token -d grant_type=authorization_code -d "code=$code" \
    -d client_id=3MVG9acme.Local_App -d redirect_uri=http://localhost:1717/OauthRedirect)" access_token

# Accounts that are nobody's: the same words and the same kind of address, and nothing is asked of Salesforce.
shape() { sed -E "s/(state|code_challenge)=[^&]*/\1=/g; s/login_hint=$1%/login_hint=NAME%/"; }
asked=$(fake log | wc -l)
for name in kim zora; do
	paste $name 'echo "http://localhost:1717/OauthRedirect?code=x&state=y"'
	is "$name: the same address but for what is random" \
	    "$(sed -nE 's/.*1\. Open +(\S+).*/\1/p' <<<"$out" | shape $name)" "$(shape ada <<<"$address")"
	is "$name: a state as long as hers, with the same names" "$(state_of | cut -c 44-)" ".$(key_names)"
	like "$name: the same words" "$out" 'Not let in\. Reference'
	is "$name: audit" "$(audit_field result)" denied
done
is 'Salesforce was not asked' "$(fake log | wc -l)" "$asked"
is 'no worker is left' "$(pgrep -cx sfoauth-worker)" 0

# A password that sshd's own method brings is not an address: it is never handed over.
drive --on 'assword: =Geheim' -- ssh -F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
    -o PreferredAuthentications=password -o NumberOfPasswordPrompts=1 -l ada 127.0.0.1 'echo let in'
is 'by the password method nobody can paste' "$(audit_field reason)" conversation

# Several flows: the next where Salesforce says that this app has not the one before.
write_conf 'pam.flows=device paste password' org.client_id=3MVG9acme.NoDevice_App
paste ada
like 'without the device flow it is paste' "$out" $'\nlet in'
is 'audit: paste' "$(audit_field flow 3)" paste
like 'the log says why' "$(grep -a pam_sfoauth "$W/syslog")" 'device_flow_off'
write_conf 'pam.flows=device paste password'
fake script kind=start status=404 shape=html error=gone times=1 >/dev/null
paste ada
like 'without its endpoint as well' "$out" $'\nlet in'
is 'audit: paste again' "$(audit_field flow 3)" paste
write_conf 'pam.flows=device password' org.client_id=3MVG9acme.NoDevice_App
ssh_login -n -D '--on=this network: =pass-ada' ada 'echo let in'
like 'or the password' "$out" $'\nlet in'
write_conf 'pam.flows=device password' org.client_id=3MVG9acme.Unknown
ssh_login -n -D '--on=this network: =pass-ada' ada 'echo let in'
unlike 'another refusal is the end' "$out" 'password of|let in$'
is 'audit: the app' "$(audit_field flow) $(audit_field reason)" 'device app'
write_conf pam.flows=paste pam.user_map=/etc/sfoauth/users pam.username_template=
echo 'ada 0055f00000EfGhiAAF' >/etc/sfoauth/users
paste ada
like 'with a user_map as well' "$out" $'\nlet in'
unlike 'where no username is known' "$out" login_hint
write_conf 'pam.flows=device paste'
ssh_login ada 'echo let in'
like 'with the device flow it is that' "$out" '2\. Enter .*let in'
done_testing
