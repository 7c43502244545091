#!/bin/bash
# The flow password on a booted system: the Salesforce password opens the login keyring as well, and
# the token that came with the sign-in goes there. The stack is pam_sfoauth(8)'s.
. "$(dirname "$0")/lib.sh"
boot

attributes='application sfoauth origin https://acme.my.salesforce.com:443'
inside sed -i 's/^\[pam\]/&\nflows = password/' /etc/sfoauth/sfoauth.conf
fake set trusted_ip=false >/dev/null
inside tee /etc/pam.d/login >/dev/null <<'END'
auth     [success=2 new_authtok_reqd=2 user_unknown=ignore default=die]  pam_sfoauth.so
auth     [success=1 default=ignore]  pam_unix.so
auth     requisite                   pam_deny.so
auth     required                    pam_permit.so
auth     optional                    pam_gnome_keyring.so
account  [success=ok new_authtok_reqd=ok user_unknown=ignore default=bad]  pam_sfoauth.so
@include common-account
session  required  pam_loginuid.so
session  optional  pam_keyinit.so force revoke
@include common-session
session  optional  pam_sfoauth.so
session  optional  pam_gnome_keyring.so auto_start
END

# console PASSWORD COMMAND: kim at a terminal; what she types after the login is one line.
console()
{
	drive --on "this network: =$1" --on "kim@sfhost:.*[$] =$2; exit" -- login kim
}

# shown: what a person sees of the items, typed in the session.
shown="secret-tool search --all --unlock $attributes; echo found=\$?"

# all_ends: everything of kim's, the keyring's program with it.
all_ends()
{
	inside loginctl terminate-user kim
	wait_for 20 sh -c "! pgrep -u $((SYS_FIRST_UID + 1))"
}

# gnome-keyring has a keyring that PAM made while it ran on no bus until it starts again.
console pass-kimTOKEN 'sfoauth token >token; echo token=$?'
like 'kim logs in at a terminal with the Salesforce password' "$out" 'token=0'
ok 'it makes her login keyring' inside test -s /home/kim/.local/share/keyrings/login.keyring
like 'the audit line says how' "$(journal)" 'result=allowed[^'$'\n'']*service=login[^'$'\n'']*flow=password'

all_ends
console pass-kimTOKEN "sfoauth token >token; echo token=\$?; $shown"
like 'at the next login it is open, and the first sfoauth call puts the token there' "$out" \
    'token=0.*label = Salesforce sign-in of kim@acme\.example.*secret = sfoauth=1.*found=0'
token=$(fake secrets access_token | tail -n 1)
is 'it is this login'\''s' "$(sed -n 's/^access_token=//p' <<<"$out")" "$token"
all_ends
console pass-kimTOKEN "$shown"
is 'at the one after that it is open again' "$(sed -n 's/^access_token=//p' <<<"$out")" "$token"

all_ends
fake set user=kim password=anew >/dev/null
console anewTOKEN 'echo in=$?'
like 'with a new Salesforce password she is let in, whatever the keyring says' "$out" 'in=0'
like 'it wants the old one' "$(journal)" 'the password for the login keyring was invalid'
console pass-kimTOKEN 'echo in=$?'
unlike 'and Salesforce does not' "$out" 'in=0$'

# A local account of the same stack.
drive --on 'assword: =pw-svc' --on 'svc@sfhost:.*[$] =id -un; exit' -- login svc
like 'who is none of our business logs in with the Unix password' "$out" $'\nsvc'

unlike 'the journal holds no password' "$(journal)" 'TOKEN|anew'
is 'no file does' "$(inside grep -rlaE 'pass-kimTOKEN|anewTOKEN' /run/user /run/sfoauth /home /var /tmp /etc 2>/dev/null)" ''
finish
