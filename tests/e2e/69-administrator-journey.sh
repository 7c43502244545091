#!/bin/bash
# An administrator's first ten minutes, typed at root's terminal as README tells it: from a host that
# knows nothing of Salesforce to an ssh login, a refused one, and why. With the argument show, the
# terminal is shown; with a locale behind it, in that one, and nothing is compared.
. "$(dirname "$0")/lib.sh"

# Debian's own files, and ada, who logs in by key today.
rm -rf /etc/sfoauth /etc/ssh/sshd_config.d/10-sfoauth.conf
sed -i '/pam_sfoauth.so/d' /etc/pam.d/*
as_user ada sh -c 'mkdir -m 700 .ssh && ssh-keygen -q -t ed25519 -N "" -f .ssh/id && cp .ssh/id.pub .ssh/authorized_keys'
start_fake
start_sshd
echo ada >"$W/browser"
control="/usr/bin/python3 -B '$src/tests/fake/control.py' '$W/fake.sock'"
ssh="ssh -F /dev/null -tt -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -i $W/home/ada/.ssh/id"
typed=()
type_in() { typed+=("--on=root# =$1"); }

type_in 'sfoauth setup --host'
typed+=('--on=My Domain[^:]*: =acme' '--on=Consumer [kK]ey (of|der)[^:]*: =3MVG9acme.Local_App'
	'--on=(path of a file|Pfad einer Datei)[^:]*: =ada@acme.example'
	'--on=(A username needs|Ein Benutzername braucht)[^:]*: ={user}@acme.example' '--on=.publickey.: =')
type_in 'cat /etc/sfoauth/sfoauth.conf'
type_in 'sfoauth try-login kim'
type_in 'sfoauth try-login ada'
type_in "sed -i '/^@include common-auth/i auth     [success=done new_authtok_reqd=done user_unknown=ignore default=die]  pam_sfoauth.so' /etc/pam.d/sshd"
type_in "sed -i '/^@include common-account/i account  [success=ok new_authtok_reqd=ok user_unknown=ignore default=bad]      pam_sfoauth.so' /etc/pam.d/sshd"
type_in "echo 'session  optional  pam_sfoauth.so' >>/etc/pam.d/sshd"
type_in "cat >/etc/ssh/sshd_config.d/10-sfoauth.conf <<'END'
UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
LoginGraceTime 300
MaxStartups 150:30:300
PerSourceMaxStartups 30
Match User !root,!rescue,*
    AuthenticationMethods publickey,keyboard-interactive
END"
type_in "sshd -t && kill -HUP \$(cat $W/sshd.pid)"
type_in "sfoauth doctor"
type_in "$ssh ada@127.0.0.1 'id -un; sfoauth status'"
type_in "echo kim >$W/browser  # somebody else is signed in to Salesforce there"
type_in "$ssh -o NumberOfPasswordPrompts=1 ada@127.0.0.1 id -un"
typed+=("--on=root# =!echo sfoauth why \$(sed -n 's/.*result=denied ref=\\([^ ]*\\) .*/\\1/p' /var/log/auth.log | tail -n 1)")
type_in 'exit 0'
drive --timeout 55 --approve "$control approve --code \"\$SF_CODE\" --user \"\$(cat $W/browser)\"" "${typed[@]}" -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$W/home/root" \
    USER=root TERM=xterm NO_COLOR=1 LANG="${2-C.UTF-8}" PS1='root# ' bash --norc --noprofile --noediting -i
is 'the whole of it was typed' "$status" 0
[ "${1-}" != show ] || sed 's/.*\r//; s/^/# /' "$W/out"
[ $# -lt 2 ] || done_testing
# said COMMAND [N]: what the terminal showed between this command and the next prompt.
said() { awk -v command="root# $1" 'index($0, command) { on = 1; next } /root# / { on = 0 } on' "$W/out"; }
like 'setup: what to tick' "$(said 'sfoauth setup')" 'External Client App'
like 'setup: an answer that does not fit is asked for again' "$(said 'sfoauth setup')" 'A username needs \{user\}'
like 'setup: the organization is pinned' "$(said 'sfoauth setup')" '00D5f000000AbcdEAC'
like 'setup: what is left, and to try first' "$(said 'sfoauth setup')" 'sudo sfoauth try-login USER'
like 'the file' "$(said 'cat /etc/sfoauth')" 'username_template = \{user\}@acme\.example'
like 'a trial of an account that the person is not' "$(said 'sfoauth try-login kim')" '✗ The account belongs to this user'
unlike 'a trial that holds' "$(said 'sfoauth try-login ada')" '✗'
like 'and what to put where' "$(said 'sfoauth try-login ada')" '/etc/pam\.d/sshd still needs the lines.*user_unknown=ignore default=die\]  pam_sfoauth\.so'
unlike 'the doctor finds nothing wrong with the logins' "$(said 'sfoauth doctor' | grep -E 'stack|sshd')" 'not ok'
like 'the login' "$(said "$ssh ada@127.0.0.1 'id")" $'\nada\n'
like 'a refused one' "$(said "$ssh -o Number")" 'Not let in\. Reference [A-Z0-9]{4}-[A-Z0-9]{4}\.'
like 'why' "$(said 'sfoauth why')" 'kim@acme\.example approved the sign-in, but does not own'
is 'no token was ever shown' "$(grep -cE '00D[A-Za-z0-9]{12,}!' "$W/out")" 0
is 'no line is wider than the terminal, but what is typed, and lines to copy' "$(sed 's/.*\r//; /root# /d; /^> /d; /pam_sfoauth.so/d; /[█▄▀]/d; /Waiting/d; /sfoauth-setup:/d; /: {user}/d' "$W/out" | awk 'length > 80' | head -n 3)" ''
done_testing
