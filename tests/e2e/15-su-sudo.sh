#!/bin/bash
# su, sudo and login: a notice instead of a prompt; su and sudo keep no token and revoke it; rubbish in
# ~/.pam_environment does nothing.
. "$(dirname "$0")/lib.sh"

# The last line is that of the account phase, the one before it that of the sign-in.
audited() { audit_field "$1" 2; }

write_conf
start_fake
start_sshd

sudo_login ada id -un
like 'sudo runs after an approval' "$out" $'\nroot(\n|$)'
like 'sudo shows a notice' "$out" 'Waiting until you have approved'
unlike 'sudo asks for no Enter' "$out" 'Press Enter'
like 'the notice says where the request comes from' "$out" 'This login comes from this machine\.'
is 'sudo: audit' "$(audited result) $(audited service) $(audited user) $(audited token)" 'allowed sudo ada revoked'
is 'sudo: no record is left' "$(ls /run/sfoauth/handoff)" ''
is 'sudo: no token is alive' "$(fake_count access_live)" 0

su_login ada kim 'id -un; env'
like 'su to another account of ours runs after the approval of that person' "$out" $'\nkim\n'
unlike 'su leaves no hand-off variable' "$out" 'SFOAUTH_HANDOFF'
is 'su: audit' "$(audited result) $(audited service) $(audited user) $(audited token)" 'allowed su kim revoked'
is 'su: no record is left' "$(ls /run/sfoauth/handoff)" ''
su_login -a ada ada kim 'id -un'
unlike 'su: one'"'"'s own approval does not open another account' "$out" $'\nkim\n'
is 'su: audit of the refusal' "$(audit_field reason) $(audit_field token)" 'not_mapped revoked'
is 'after each of these no token is alive' "$(fake_count access_live)" 0
is 'four requests from the approval on: poll, identity, userinfo, revoke' \
    "$(fake log | awk '{ print $5 }' | tail -n 4 | tr '\n' ' ')" 'poll identity userinfo revoke '

# ---- sudo in all its ways. What a script pipes into it is a Unix password, which is not asked for.
codes() { fake counts codes; }
sign_in_options
# by_sudo NAME COMMAND: ada runs it on a terminal and approves.
by_sudo()
{
	sign_in ada --as ada -- sh -c "$2"
	like "$1: shows the notice" "$out" 'Enter +[A-Z0-9]{8}'
	like "$1: runs after the approval" "$out" $'\nroot(\n|$)'
}
by_sudo 'sudo -S' 'sudo -k -S id -un'
by_sudo 'sudo -S with a piped password and a pipe behind it' 'echo pw-ada | sudo -k -S id -un | cat'
by_sudo 'sudo -A' 'SUDO_ASKPASS=/bin/false sudo -k -A id -un'
by_sudo 'as become of Ansible, on a terminal' "echo pw-ada | sudo -k -H -S -p '[become]' -u root /bin/sh -c 'id -un'"

before=$(codes)
drive --as ada -- sudo -k -n true
is 'sudo -n fails at once and starts nothing' "$status $(codes)" "1 $before"
drive --as ada -- sudo -H -S -n -u root /bin/sh -c 'id -un'
is 'as become of Ansible without a password: the same' "$status $(codes)" "1 $before"
echo 'kim ALL=(ALL) NOPASSWD: ALL' >>/etc/sudoers
drive --as kim -- sudo -k -n id -un
is 'NOPASSWD: runs and starts nothing' "$status $(codes) $out" "0 $before root"
drive --as kim -- sh -c "echo x | sudo -H -S -p '[become]' -u root id -un"
is 'NOPASSWD, as become: the same' "$status $(codes) $out" "0 $before root"

# become over ssh has no terminal: pipes alone.
become="echo pw-ada | sudo -k -H -S -p '[become]' -u root /bin/sh -c 'id -un'"
as_user ada setsid sh -c "$become" >"$W/become.out" 2>"$W/become.err" </dev/null &
become_pid=$!
ok 'become without a terminal: the notice is on standard error' wait_for 10 grep -q 'Enter  [A-Z0-9]' "$W/become.err"
fake approve --user ada >/dev/null
tail --pid=$become_pid -f /dev/null
like 'become without a terminal: nobody is asked for more' "$(cat "$W/become.err")" 'Waiting until'
is 'become without a terminal: standard output has what the command prints' "$(cat "$W/become.out")" root

sign_in_options
sign_in kim --as ada -- sh -c "su kim -c 'id -un' >/tmp/su-output"
like 'su >file: the notice is at the terminal' "$out" 'Waiting until you have approved'
is 'su >file: the file has only what the command prints' "$(cat /tmp/su-output)" kim
rm -f /tmp/su-output

rm -f /tmp/was-run
console_login -l 2 -D '--on=Waiting until=!sleep 0.5; echo touch /tmp/was-run' -D '--on=[$] =exit' ada
like 'what is typed at a notice of login does not disturb' "$out" 'Waiting until'
unlike 'and is not shown' "$out" 'was-run'
ok 'and the shell does not run it' test ! -e /tmp/was-run

sign_in_options -l 2 -D '--on=Waiting until=!sleep 0.5; echo touch /tmp/was-run' -D '--on=[$] =stty; exit'
sign_in kim --as ada -- su kim
unlike 'what is typed at a notice of su is not shown' "$out" 'was-run'
ok 'nor run' test ! -e /tmp/was-run
unlike 'and the terminal echoes again' "$out" '-echo( |$)'

console_login -D '--on=[$] =id -un; ls /run/sfoauth/handoff; exit' ada
like 'login shows a notice and opens a shell' "$out" 'Waiting until you have approved.*ada'
is 'login: what became of the record' "$(audit_field result) $(audit_field phase)" 'kept open'
is 'login: no record is left' "$(ls /run/sfoauth/handoff)" ''
is 'login: audit' "$(audit_field result 3) $(audit_field service 3) $(audit_field token 3)" 'allowed login kept'

# Ansible gives up after a while and closes its ends of the pipes.
mkfifo "$W/pipe"
as_user ada setsid sh -c "$become" >"$W/become.out" 2>"$W/pipe" </dev/null &
become_pid=$!
head -c 40 <"$W/pipe" >/dev/null
tail --pid=$become_pid -f /dev/null
is 'become that was given up ends, and runs nothing' "$(audit_field reason) $(cat "$W/become.out")" 'client_gone '

# What a person writes into ~/.pam_environment must not name a record.
sed -i 's/pam_env\.so/pam_env.so user_readenv=1/' /etc/pam.d/sshd
touch /run/sfoauth/handoff/0123456789abcdef0123456789abcdef
chown kim /run/sfoauth/handoff/0123456789abcdef0123456789abcdef
for value in /etc/shadow ../lock/limits-1 0123456789abcdef0123456789abcdef \
    '0123456789ABCDEF0123456789ABCDEF' x - "$(printf '%0200d' 1)"; do
	echo "SFOAUTH_HANDOFF DEFAULT=$value" >"$W/home/ada/.pam_environment"
	chown ada: "$W/home/ada/.pam_environment"
	ssh_login ada 'printf "protocol=https\nhost=acme.my.salesforce.com\n\n" | git-credential-sfoauth get'
	is "with '${value:0:40}' in ~/.pam_environment the login goes on" "$status" 0
	like "with '${value:0:40}' the session has ada's token" "$out" 'username=ada@acme.example'
done
ok 'a record of somebody else is still there' test -e /run/sfoauth/handoff/0123456789abcdef0123456789abcdef
done_testing
