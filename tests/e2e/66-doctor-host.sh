#!/bin/bash
# sfoauth doctor as root, on a host where people log in: green with README's set-up, and one fault each:
# what is installed, [pam], sshd's effective settings, and the stacks.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/doctor.sh"

conf=/etc/sfoauth/sfoauth.conf
drop=/etc/ssh/sshd_config.d/10-sfoauth.conf
libexec=/usr/local/libexec/sfoauth
# write_limits [SECTION.KEY=VALUE]...: with the limits and the waiting time that README's drop-in is made for.
write_limits() { write_conf pam.start_rate= pam.approve_timeout= "$@"; }
write_limits
start_fake
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key <<<y >/dev/null
for file in $drop /etc/ssh/sshd_config /etc/passwd /etc/login.defs $libexec/sfoauth-worker $libexec/sfoauth-selftest $libexec/sfoauth-keep \
    /etc/pam.d/{sshd,login,su,sudo,common-auth,common-account}; do
	keep "$file"
done
doctor() { /usr/local/bin/sfoauth doctor "$@"; }

# ---- Well
green 'a host as README has it' doctor
like 'the checks' "$(jq -r '[.checks[].check] | unique | join(" ")' <<<"$out")" \
    '^accounts app ca-file clock config connect dns kernel keyring login\.defs module org org-id pam pam-config programs sandbox sshd tls users$'
is 'each service with our lines has its row' \
    "$(jq -r '[.checks[] | select(.check == "pam") | .said | sub(":.*"; "")] | join(" ")' <<<"$out")" 'sshd login su su-l sudo sudo-i'

# ---- The callback of the flow paste
write_limits 'pam.flows=device paste' 'org.callback=http://localhost:1720/OauthRedirect'
fault 'paste with a callback that is not registered' 3 callback 'localhost:1720/OauthRedirect is not registered' \
    'Enter it in Setup exactly as shown' doctor
write_limits 'pam.flows=device paste'
green 'paste with one that is' doctor
write_limits

# ---- What is installed
rm $libexec/sfoauth-keep
fault 'a program is missing' 70 programs 'sfoauth-keep is missing' 'Install sfoauth again' doctor
put_back $libexec/sfoauth-keep
chmod 4757 $libexec/sfoauth-try
fault 'a trial that others can write, which root runs' 70 programs 'sfoauth-try belongs to uid 0 and has mode 4757' 'chmod go-w' doctor
chmod 755 $libexec/sfoauth-try
chmod 777 $libexec/sfoauth-keep
fault 'a program that others can write' 70 programs 'others can change it' 'chmod go-w' doctor
put_back $libexec/sfoauth-keep
chmod 755 $libexec/sfoauth-worker
fault 'a worker that others can read' 70 programs 'mode 755' 'chmod 711' doctor
put_back $libexec/sfoauth-worker
printf '#!/bin/sh\n: >%s/ran\n' "$W" >$libexec/sfoauth-worker
chmod 713 $libexec/sfoauth-worker
run doctor --json
is 'a worker that others can write: said' "$(jq -r '[.checks[] | select(.check == "programs") | .said] | first' <<<"$out")" \
    "$libexec/sfoauth-worker belongs to uid 0 and has mode 713: others can change it"
ok 'and root does not run it' test ! -e "$W/ran"
put_back $libexec/sfoauth-worker
chmod 777 $libexec
fault 'a directory that others can write' 70 programs "$libexec belongs to uid 0 and has mode 777" 'chmod go-w' doctor
chmod 755 $libexec
printf '#!/bin/sh\n: >%s/ran\n' "$W" >$libexec/sfoauth-selftest
chmod 757 $libexec/sfoauth-selftest
run doctor --json
is 'a self-test that others can write: said' "$(jq -r '[.checks[] | select(.check == "programs" or .check == "sandbox") | .said] | join("; ")' <<<"$out")" \
    "$libexec/sfoauth-selftest belongs to uid 0 and has mode 757: others can change it; not tried: $libexec/sfoauth-selftest cannot be run safely"
ok 'and root does not run it' test ! -e "$W/ran"
put_back $libexec/sfoauth-selftest
printf '#!/bin/sh\necho "not ok  a system call of a request was refused: futex_wait"\nexit 1\n' >$libexec/sfoauth-selftest
chmod 755 $libexec/sfoauth-selftest
run doctor --json
is 'a sandbox that a new kernel does not bear is named' \
    "$status $(jq -r '.checks[] | select(.check == "sandbox") | .result + " " + .said' <<<"$out")" \
    '70 failed the self-test fails: a system call of a request was refused: futex_wait'
put_back $libexec/sfoauth-selftest
printf '#!/bin/sh\nexit 0\n' >$libexec/sfoauth-worker
chmod 711 $libexec/sfoauth-worker
run doctor --json
is 'a worker that does nothing fails the self-test' \
    "$(jq -r '.checks[] | select(.check == "sandbox") | .result + " " + .said' <<<"$out")" \
    'failed the self-test fails: the worker ended with an error'
put_back $libexec/sfoauth-worker
sed -i '/^_sfoauth:/d' /etc/passwd
fault 'the user of the worker is missing' 70 'connect sandbox users' 'user _sfoauth' 'kernel|systemd-sysusers|sfoauth' doctor
is 'and its row says how to get it' "$(jq -r '.checks[] | select(.check == "users") | .said + " " + .remedy' <<<"$out" | grep -c 'the user _sfoauth does not exist As root: systemd-sysusers')" 1
put_back /etc/passwd
module=$(jq -r '.checks[] | select(.check == "module") | .said' <<<"$(doctor --json 2>/dev/null)")
chmod 666 "$module"
fault 'a module that others can write' 3 module 'mode 666' 'chmod 644' doctor
chmod 644 "$module"
mv "$module" "$W/module"
fault 'the module is missing' 3 module 'is missing' 'Install sfoauth again' doctor
mv "$W/module" "$module"

# ---- [pam]
write_limits org.organization_id=
fault 'no organization id for logins' 3 pam-config 'organization_id' 'Correct \[pam\]' doctor
write_limits
sed -i '/^\[pam\]/,$d' $conf
fault 'stacks with our lines, and no [pam]' 3 pam-config 'no \[pam\]' 'everybody except root is refused' doctor
write_limits pam.username_template= pam.user_map=/etc/sfoauth/users
fault 'no user map' 3 user-map '/etc/sfoauth/users does not exist' 'linux-name user-id' doctor
printf 'ada 0055f00000EfGhiAAF\r\nkim, 0055f00000EfKimAAA\r\n' >/etc/sfoauth/users
fault 'a line whose id is wrong' 3 user-map "line 2: '0055f00000EfKimAAA' is no user id" 'linux-name user-id' doctor
printf 'ada 0055f00000EfGhiAAF\nzora 0055f00000EfKimAAF\n' >/etc/sfoauth/users
fault 'a line for an account that does not exist' 3 user-map 'line 2: this host has no account zora' 'linux-name user-id' doctor
printf '# people\nada = 0055f00000EfGhiAAF # Ada\n' >/etc/sfoauth/users
green 'with a user map' doctor
account() { jq -r '.checks[] | select(.check == "accounts") | "\(.result) \(.said)"' <<<"$out"; }
# The accounts of this machine do not count.
awk -F: -v first="$E2E_FIRST_UID" '$3 < 1000 || $3 >= first' "$W/kept/etc/passwd" >/etc/passwd
cp -a /etc/passwd "$W/kept/etc/passwd"
run doctor --json
is 'and its accounts: those that it leaves out' "$(account)" \
    'skipped neither mapped nor local, so 6 accounts with a shell or an ssh key cannot log in: kim, ina, sue, bot, pat, zoe'
sed -i 's|^\(kim:.*\):/bin/bash|\1:/usr/sbin/nologin|; s|^\(ina:.*\):/bin/bash|\1:/usr/sbin/nologin|' /etc/passwd
install -D /dev/null "$W/home/ina/.ssh/authorized_keys"
write_limits pam.username_template= pam.user_map=/etc/sfoauth/users pam.local_users='root sue' pam.local_groups=pat pam.deny_users=zoe
run doctor --json
is 'a key without a shell counts; local and denied accounts do not' "$(account)" \
    'skipped neither mapped nor local, so 2 accounts with a shell or an ssh key cannot log in: ina, bot'
put_back /etc/passwd
write_limits
run doctor --json
is 'a template maps all' "$(account)" 'ok 7 accounts with a shell or an ssh key, all mapped or local'
printf 'Mac%02d:x:4800:4800::/:/bin/sh\n' {1..12} >>/etc/passwd
run doctor --json
is 'many are cut, and counted' "$(account)" \
    "skipped neither mapped nor local, so 12 accounts with a shell or an ssh key cannot log in: $(seq -s ', ' -f 'Mac%02g' 10), ..."
put_back /etc/passwd
install -D -m 644 /etc/ssl/certs/ca-certificates.crt /etc/sfoauth/closed/deep/ca.pem
chmod 700 /etc/sfoauth/closed
write_limits org.ca_file=/etc/sfoauth/closed/deep/ca.pem
run doctor --json
is 'a CA file that _sfoauth cannot reach: the directory is named' \
    "$status $(jq -r '.checks[] | select(.check == "ca-file") | "\(.result) \(.said)"' <<<"$out")" \
    '3 failed _sfoauth may not read /etc/sfoauth/closed/deep/ca.pem: /etc/sfoauth/closed is closed to it'
chmod 755 /etc/sfoauth/closed
chmod 600 /etc/sfoauth/closed/deep/ca.pem
run doctor --json
is 'or the file' "$(jq -r '.checks[] | select(.check == "ca-file") | .said' <<<"$out")" \
    '_sfoauth may not read /etc/sfoauth/closed/deep/ca.pem: /etc/sfoauth/closed/deep/ca.pem is closed to it'
chmod 644 /etc/sfoauth/closed/deep/ca.pem
green 'a CA file that it can reach' doctor
write_limits
install -m 640 /dev/null /etc/sfoauth/secret
echo Geheim-in-a-file >/etc/sfoauth/secret
write_limits org.client_secret_file=/etc/sfoauth/secret
fault 'a secret that a group can read' 3 secrets '/etc/sfoauth/secret is accessible to others' 'mode 0600' doctor
chmod 600 /etc/sfoauth/secret
green 'a secret as it should be' doctor
write_limits
fake set device_flow=false >/dev/null
write_limits org.flow=browser
fault 'logins need the device flow, whatever helpers do' 3 app 'device_flow_off' 'Enable Device Flow' doctor
fake set device_flow=true >/dev/null
write_limits
sed -i 's/^LOGIN_TIMEOUT.*/LOGIN_TIMEOUT 30/' /etc/login.defs
fault 'LOGIN_TIMEOUT too short' 3 login.defs 'LOGIN_TIMEOUT is 30 s' 'LOGIN_TIMEOUT to 60' doctor
put_back /etc/login.defs

# ---- sshd
rm $drop
run doctor --json
like 'sshd as Debian ships it: status, and what is wrong' \
    "$status $(jq -r '[.checks[] | select(.result == "failed") | .said] | join("; ")' <<<"$out")" \
    '^3 KbdInteractiveAuthentication is no; PasswordAuthentication is yes; LoginGraceTime is 120 s; approve_timeout = 240 s needs 300 s; MaxStartups is 10:30:100, the configuration needs 150:30:300; PerSourceMaxStartups is none, the configuration needs 30$'
grep -v LoginGraceTime "$W/kept$drop" >$drop
fault 'LoginGraceTime too short' 3 sshd 'LoginGraceTime is 120 s; approve_timeout = 240 s needs 300 s' 'LoginGraceTime 300' doctor
echo "LoginGraceTime 299" >>"$drop"
fault 'LoginGraceTime a second too short' 3 sshd 'LoginGraceTime is 299 s; approve_timeout = 240 s needs 300 s' 'LoginGraceTime 300' doctor
write_limits pam.approve_timeout=200
sed -i 's/LoginGraceTime.*/LoginGraceTime 260/; s/^MaxStartups.*/MaxStartups 150:30:300/' "$drop"
green 'a minute more than a shorter approve_timeout' doctor
write_limits pam.approve_timeout=300
run doctor --json
is 'what is advised follows approve_timeout' \
    "$(jq -r '.checks[] | select(.result == "failed") | .remedy | select(contains("Grace")) | split(" into ")[0]' <<<"$out")" 'Put LoginGraceTime 360'
run env LC_ALL=de_DE.UTF-8 /usr/local/bin/sfoauth doctor --json
like 'in German' "$(jq -r '[.checks[] | select(.result == "failed") | .said + " " + .remedy] | join(" ")' <<<"$out")" \
    'LoginGraceTime ist 260 s; approve_timeout = 300 s braucht 360 s .*LoginGraceTime 360 setzen'
write_limits
chmod 666 /etc/sfoauth/sfoauth.conf
run doctor --json
is 'what cannot be compared is not said to be right' \
    "$(jq -r '[.checks[] | select(.check == "sshd") | .result] | unique[]' <<<"$out")" skipped
write_limits
# sshd_fault NAME LINE SAID REMEDY: with that line before all others.
sshd_fault()
{
	{ echo "$2"; cat "$W/kept$drop"; } >$drop
	fault "$1" 3 sshd "$3" "$4" doctor
	put_back $drop
}
sshd_fault 'UsePAM no' 'UsePAM no' 'UsePAM is no' 'UsePAM yes'
sshd_fault 'AuthenticationMethods without PAM' 'AuthenticationMethods publickey' 'AuthenticationMethods is publickey' 'keyboard-interactive'
# limit_fault NAME LINE WANTED: with that line in place of its own. Of two, sshd 9.2 takes the last one, sshd 10
# the first PerSourceMaxStartups.
limit_fault()
{
	sed -i "/^${2%% *} /d" $drop
	echo "$2" >>$drop
	fault "$1" 3 sshd "${2/ / is }" "Put ${2%% *} $3 into " doctor
	put_back $drop
}
limit_fault 'MaxStartups too low' 'MaxStartups 149:30:300' 150:30:300
limit_fault 'PerSourceMaxStartups too low' 'PerSourceMaxStartups 19' 30
limit_fault 'one address can hold all connections' 'PerSourceMaxStartups 150' 30
write_limits 'pam.start_rate=60/min, 50/min per source' pam.approve_timeout=120
run doctor --json
is 'what is advised follows the configuration' \
    "$(jq -r '[.checks[] | select(.result == "failed") | .remedy | split(" into ")[0]] | join("; ")' <<<"$out")" \
    'Put MaxStartups 180:30:360; Put PerSourceMaxStartups 75'
sed -i 's/^MaxStartups.*/MaxStartups 180:30:360/; s/^PerSource.*/PerSourceMaxStartups 75/' $drop
green 'and what is advised is right' doctor
put_back $drop
write_limits
sshd_fault 'a line that sshd does not take' 'NoSuchThing yes' 'sshd -T: .*NoSuchThing' 'sshd -t'
put_back $drop
write_limits pam.ssh_first_factor=publickey
fault 'a first factor that sshd does not ask for' 3 sshd 'ssh_first_factor is publickey' 'AuthenticationMethods publickey,keyboard-interactive' doctor
printf '%s\n' 'Match User !root,!rescue,*' '    AuthenticationMethods publickey,keyboard-interactive' >>$drop
green 'a first factor as README has it' doctor
sed -i 's/AuthenticationMethods.*/& publickey/' $drop
fault 'a first factor, and a way around it' 3 sshd 'AuthenticationMethods is publickey,keyboard-interactive publickey' 'a key alone is enough' doctor
put_back $drop
write_limits

# ---- Stacks: each a line of /etc/pam.d/sshd changed by sed
stack_fault()
{
	sed -i "$2" "${5:-/etc/pam.d/sshd}"
	fault "$1" 3 pam "$3" "$4" doctor
	put_back "${5:-/etc/pam.d/sshd}"
}
open_auth='auth sufficient pam_sfoauth.so'
stack_fault 'the auth line is missing' '/^auth.*pam_sfoauth/d' '^sshd: there is no auth line' 'above @include common-auth'
sed -i '/^auth.*pam_sfoauth/d' /etc/pam.d/sshd
line='    auth [success=done new_authtok_reqd=done user_unknown=ignore default=die] pam_sfoauth.so'
for locale in C de_DE.UTF-8; do
	drive -- env LC_ALL=$locale TERM=xterm NO_COLOR=1 /usr/local/bin/sfoauth doctor
	out=$(tr -d '\r' <<<"$out")
	is "$locale: a line to be copied from a terminal is whole" "$(grep -cxF "$line" <<<"$out")" 1
	is "$locale: the others end between words" \
	    "$(LC_ALL=C.UTF-8 grep -E '.{81}' <<<"$out")" "$line"
done
run doctor
like 'a file gets a line for each' "$out" "above @include common-auth: auth .success=done new_authtok_reqd=done .*pam_sfoauth\.so"
put_back /etc/pam.d/sshd
stack_fault 'the account line is missing' '/^account.*pam_sfoauth/d' '^sshd: there is no account line' 'above @include common-account'
stack_fault 'the session line is missing' '/^session.*pam_sfoauth/d' '^sshd: there is no session line' 'session optional pam_sfoauth.so'
stack_fault 'auth: sufficient' "s/^auth.*pam_sfoauth.*/$open_auth/" 'auth line of pam_sfoauth.so ignores a refusal' 'default=die'
stack_fault 'auth: optional, by its path' 's|^auth.*pam_sfoauth.*|-auth optional /lib/security/pam_sfoauth.so|' 'auth line of pam_sfoauth.so ignores a refusal' 'default=die'
stack_fault 'auth: default=ignore' 's/\(^auth.*\)default=die/\1default=ignore/' 'auth line of pam_sfoauth.so ignores a refusal' 'default=die'
stack_fault 'auth: one kind of no ignored' 's/\(^auth.*\)default=die/\1 authinfo_unavail=ignore default=die/' 'auth line of pam_sfoauth.so ignores a refusal' 'default=die'
stack_fault 'auth: required' 's/^auth.*pam_sfoauth.*/auth required pam_sfoauth.so/' 'refuses accounts that it does not handle' 'locked out'
stack_fault 'auth: success=ok alone' 's/^auth.*pam_sfoauth.*/auth [success=ok user_unknown=ignore default=die] pam_sfoauth.so/' 'does not end the phase on success' 'success=done'
stack_fault 'account: default=ignore' 's/\(^account.*pam_sf\)/\1/; s/\(^account.*\)default=bad/\1default=ignore/' 'account line of pam_sfoauth.so ignores a refusal' 'default=bad'
stack_fault 'account: sufficient' 's/^account.*pam_sfoauth.*/account sufficient pam_sfoauth.so/' 'account line of pam_sfoauth.so ignores a refusal' 'default=bad'
stack_fault 'account: success=done' 's/\(^account.*\)success=ok/\1success=done/' 'account line of pam_sfoauth.so ends the phase on success' 'success=ok'
stack_fault 'account: requisite' 's/^account.*pam_sfoauth.*/account requisite pam_sfoauth.so/' 'account line of pam_sfoauth.so refuses accounts that' 'locked out'
stack_fault 'auth below common-auth' "/^auth.*pam_sfoauth/d; /^@include common-auth/a auth [success=done user_unknown=ignore default=die] pam_sfoauth.so" \
    'pam_unix.so comes before the auth line of pam_sfoauth.so' 'directly above @include common-auth'
stack_fault 'account below common-account' "/^account.*pam_sfoauth/d; /^@include common-account/a account [success=ok user_unknown=ignore default=bad] pam_sfoauth.so" \
    'pam_unix.so comes before the account line of pam_sfoauth.so' 'directly above @include common-account'
stack_fault 'session before pam_keyinit' '1i session optional pam_sfoauth.so' 'before pam_keyinit' 'below pam_keyinit'
stack_fault 'a session line in sudo' '$a session optional pam_sfoauth.so' '^sudo: there is a session line' 'su and sudo keep no token' /etc/pam.d/sudo
stack_fault 'a session line in su' '$a session optional pam_sfoauth.so' '^su: there is a session line' 'su and sudo keep no token' /etc/pam.d/su
stack_fault 'too open in login' "s/^auth.*pam_sfoauth.*/$open_auth/" '^login: the auth line of pam_sfoauth.so ignores a refusal' 'default=die' /etc/pam.d/login
stack_fault 'nonsense in a stack' '1i auth pam_sfoauth.so' '^sshd: sshd has a line' 'by hand'
stack_fault 'a control that is none' '1i auth [success=perhaps] pam_unix.so' '^sshd: sshd has a control' 'by hand'
stack_fault 'a comment that hides a line' '1i # as it was: \\\nauth sufficient pam_exec.so /bin/true' '^sshd: pam_exec.so can overrule .* auth line' 'Remove that line'
stack_fault 'two defaults' 's/\(^auth.*\)default=die/\1default=ignore default=die/' 'auth line of pam_sfoauth.so ignores a refusal' 'default=die'
stack_fault 'a module that is gone lets in' 's/\(^account.*\)default=bad/\1module_unknown=ignore default=bad/' 'account line of pam_sfoauth.so ignores a refusal' 'default=bad'
stack_fault 'a misspelt value' 's/\(^auth.*\)new_authtok_reqd/\1new_authtok_req/' '^sshd: .* a control' 'by hand'
stack_fault 'an include that is not there' 's/^@include common-account/@include common-acount/' '^sshd: .*common-acount does not exist' 'by hand'
stack_fault 'account: over before it is our turn' '1i account sufficient pam_localuser.so' '^sshd: pam_localuser.so can overrule .* account line' 'Remove that line'
stack_fault 'auth: jumped over' '1i auth [success=1 default=ignore] pam_exec.so /bin/true' '^sshd: pam_exec.so can overrule .* auth line' 'Remove that line'
stack_fault 'account: taken back' '$a account [default=reset] pam_exec.so /bin/true' '^sshd: pam_exec.so can overrule .* account line' 'Remove that line'
stack_fault 'who is passed on needs no password' 's/^@include common-auth/auth required pam_permit.so/' '^sshd: root and local accounts get in without a password' 'Put @include common-auth back'
stack_fault 'a password that may be wrong' 's/^@include common-auth/auth sufficient pam_unix.so\nauth required pam_permit.so/' '^sshd: root and local accounts get in without' 'Put @include common-auth back'
stack_fault 'account: a value that no rule looks at is taken back' '$a account [try_again=reset default=bad] pam_exec.so /bin/true' '^sshd: pam_exec.so can overrule .* account line' 'Remove that line'
stack_fault 'an argument that the module does not know' 's/pam_sfoauth.so$/& debgu/' '^sshd: argument 1 of pam_sfoauth.so .debgu. is not known' 'pam_sfoauth.8. has all of them'
stack_fault 'an argument with a value that is none' 's/^auth.*pam_sfoauth.so$/& dialogue=loud/' '^sshd: .*dialogue' 'pam_sfoauth.8. has all of them'
stack_fault 'an argument that leaves this service out' 's/pam_sfoauth.so$/& services=login,su/' '^sshd: has lines with pam_sfoauth.so, but services does not name it' 'Add the service to services'
stack_fault 'a form feed between words' 's/^auth.*default=die\]/&\f/; 1i auth required pam_permit.so\fx' '^sshd: sshd has a line that PAM does not accept' 'by hand'
sed -i 's/^auth.*pam_sfoauth.so$/& services=sshd dialogue=notice debug/' /etc/pam.d/sshd
green 'arguments that the module knows' doctor
put_back /etc/pam.d/sshd
sed -i 's/\(^auth.*success=\)done /\1done\f/' /etc/pam.d/sshd
green 'a form feed in brackets, where PAM takes it for a blank' doctor
put_back /etc/pam.d/sshd
{ seq -f 'password optional pam_%g.so' 127; echo 'account required pam_sfoauth.so'; } >/etc/pam.d/sshd
fault 'a stack of as many lines as can be looked at, ours last' 3 pam '^sshd: there is no auth line' 'above @include common-auth' doctor
put_back /etc/pam.d/sshd

# ---- Who includes our lines
rows() { jq -r '.checks[] | select(.check == "pam") | "\(.result) \(.said)"' <<<"$out" | grep "$1"; }
printf 'auth include login\naccount include login\n' >/etc/pam.d/vlock
printf '@include su\n' >/etc/pam.d/xscreensaver
printf 'auth substack sudo\naccount include sudo\n' >/etc/pam.d/doas
green 'services that include our lines' doctor
is 'include: passed on' "$(rows vlock)" 'skipped vlock: includes the lines of login, which pass everybody on here: services does not name it'
is '@include: passed on' "$(rows xscreensaver)" 'skipped xscreensaver: includes the lines of su, which pass everybody on here: services does not name it'
is 'substack: passed on' "$(rows doas)" 'skipped doas: includes the lines of sudo, which pass everybody on here: services does not name it'
is 'su -l includes su, and is meant' "$(rows su-l:)" 'ok su-l: the lines of pam_sfoauth.so are right'
is 'sudo -i is forgotten: a hint' "$(rows sudo-i)" 'skipped sudo-i: sudo asks Salesforce, sudo -i does not'
write_limits 'pam.services=*' pam.session_services=sshd
fault 'all services: one in a substack' 3 pam '^doas: a line with pam_sfoauth.so is in sudo' 'Move the line' doctor
rm /etc/pam.d/doas
green 'all services' doctor
is 'and each is looked at' "$(rows vlock)" 'ok vlock: the lines of pam_sfoauth.so are right'
cp /etc/pam.d/xscreensaver /etc/pam.d/vsftpd
fault 'a service that holds a password' 3 pam '^vsftpd: runs pam_sfoauth.so, but nobody can approve' 'a login would only hang' doctor
rm /etc/pam.d/xscreensaver /etc/pam.d/vlock
write_limits
run doctor --json
is 'and is passed on by default' "$status $(rows vsftpd)" '0 skipped vsftpd: includes the lines of su, which pass everybody on here: services does not name it'
for service in vsftpd dovecot cups nginx; do
	cp /etc/pam.d/su "/etc/pam.d/$service"
	run doctor --json
	is "$service with lines of its own is not right" "$status $(rows $service)" "3 failed $service: has lines with pam_sfoauth.so, but services does not name it"
	write_limits "pam.services=sshd login su su-l sudo $service"
	run doctor --json
	is "$service in services is not right either" "$status $(rows $service)" "3 failed $service: runs pam_sfoauth.so, but nobody can approve a sign-in there"
	rm "/etc/pam.d/$service"
	write_limits
done
printf '%s\n' "$open_auth" '@include common-auth' 'account required pam_sfoauth.so' '@include common-account' >/etc/pam.d/gdm-password
fault 'a greeter that lets everybody in' 3 pam '^gdm-password: .* auth line of pam_sfoauth.so ignores a refusal' 'default=die' doctor
cp "$W/kept/etc/pam.d/login" /etc/pam.d/gdm-password
sed -i 's/new_authtok_reqd=done//' /etc/pam.d/gdm-password
cp /etc/pam.d/gdm-password /etc/pam.d/old.dpkg-dist
green 'a greeter as it should be' doctor
like 'and its row' "$(jq -r '.checks[] | select(.check == "pam") | .said' <<<"$out")" 'gdm-password: the lines'
unlike 'what is put aside is none' "$(jq -r '.checks[] | select(.check == "pam") | .said' <<<"$out")" 'dpkg'
rm /etc/pam.d/gdm-password /etc/pam.d/old.dpkg-dist
sed -i '/pam_sfoauth/d' /etc/pam.d/sshd
sed -i '1i auth [success=done user_unknown=ignore default=die] pam_sfoauth.so' /etc/pam.d/common-auth
run doctor --json
is 'in common-auth, where cron reads it too' \
    "$status $(jq -r '[.checks[] | select(.result == "failed") | .said | select(contains("common-auth"))][0]' <<<"$out")" \
    '3 sshd: a line with pam_sfoauth.so is in common-auth'
like 'services that only include it are passed on' "$(rows chsh)" '^skipped chsh: includes the lines of common-auth, which pass'
put_back /etc/pam.d/common-auth
put_back /etc/pam.d/sshd
for service in sshd login su sudo; do sed -i '/^account.*pam_sfoauth/d' /etc/pam.d/$service; done
sed -i '1i account [success=ok new_authtok_reqd=ok user_unknown=ignore default=bad] pam_sfoauth.so' /etc/pam.d/common-account
fault 'an account line in common-account, where cron reads it too' 3 pam '^sshd: a line with pam_sfoauth.so is in common-account' 'Move the line' doctor
put_back /etc/pam.d/common-account
for service in sshd login su sudo; do put_back /etc/pam.d/$service; done
chmod 666 /etc/pam.d/su
fault 'a stack that others can write' 3 pam 'su: .* writable by others' 'by hand' doctor
put_back /etc/pam.d/su
sed -i '/pam_sfoauth/d' /etc/pam.d/{sshd,login,su,sudo}
fault 'no stack has our lines' 3 pam 'no service has a line' 'sshd first' doctor
sed -i '/^\[pam\]/,$d' $conf
green 'a machine whose logins have nothing to do with us' doctor
for service in sshd login su sudo; do put_back /etc/pam.d/$service; done
write_limits
green 'all as it was' doctor

# ---- Safe to paste
fake secrets >"$W.secrets"
echo Geheim >>"$W.secrets"
is 'nothing that was printed is secret' "$(grep -aoFf "$W.secrets" "$W/transcript" | sort -u)" ''
done_testing
