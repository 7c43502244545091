#!/bin/bash
# sfoauth try-login: the real module and worker, no service; each rule of DESIGN.md, "Who is let in", in words.
. "$(dirname "$0")/lib.sh"
write_conf pam.ssh_first_factor=publickey 'pam.deny_users=zoe'
start_fake
host_state() { find /etc /run /var/lib -xdev -path "$W" -prune -o -printf '%p %s %m %T@\n' 2>/dev/null | sort | grep -v '^/run/sfoauth\b\|^/run '; }
before=$(host_state)

# try [SIGN-IN OPTION]... ACCOUNT [OPTION]...: root at a terminal.
try()
{
	sign_in_options "$@" && shift "$used"
	sign_in "$1" -- env LANG="${LANG_OF_TERMINAL:-C.UTF-8}" /usr/local/bin/sfoauth try-login "$@"
}
# mark TEXT: what stands before the row of a rule.
mark() { sed -n "s/^  *\([^ ]*\) .*$1.*/\1/p" "$W/out" | head -n 1; }
marks() { sed -nE 's/^ +(✓|✗|-|ok|NO) .*/\1/p' "$W/out" | tr -d '\n'; }

try ada
is 'ada would be let in' "$status" 0
is 'and every rule holds' "$(marks)" '✓✓✓✓✓✓✓✓✓✓✓✓✓✓'
like 'both phases of PAM say so' "$out" $'auth     PAM_SUCCESS\n  account  PAM_SUCCESS'
unlike 'no lines to add where they stand already' "$out" 'user_unknown=ignore'
like 'and it is said what looks at the rest' "$out" 'has its lines already\..*sudo sfoauth doctor'
like 'root stands for the key' "$out" 'A key came first.*assumed here'
is 'the log has it, as of any login' "$(audit_field result 2)/$(audit_field phase)" allowed/account
is 'and the token was revoked' "$(audit_field token 2)" revoked
is 'the host is as it was' "$(diff <(echo "$before") <(host_state))" ''
is 'nothing is left of the trial' "$(find /run -maxdepth 1 -name 'sfoauth-try*')" ''

try -a kim ada
is 'somebody else approved: refused' "$status" 1
is 'the rules up to that one hold' "$(marks)" '✓✓✓✓✓✓✓✓✓✓✓✓✗-'
like 'by whom' "$out" 'kim@acme.example approved the sign-in, but does not own the account ada'
like 'with the remedy' "$out" 'If kim@acme\.example'
like 'and the reference of the log' "$out" "reference $(audit_field ref)"
try -a evil:ada ada
is 'another organization' "$(mark 'the My Domain of the org')" ✗
like 'what to do' "$out" private
try ina
like 'an inactive user never gets that far: Salesforce says so' "$out" '✗ '
try bot
is 'an integration user' "$(mark 'not an integration')" ✗
try -d ada
is 'denied in the browser: no rule, and why' "$(marks)" '✓✓------------✗'
like 'in words' "$out" 'refused'

try zoe
is 'denied by the file: Salesforce is not asked' "$(marks)" '✗-------------'
like 'by which key' "$out" 'zoe is in deny_users'
try nosuch
like 'no such account' "$out" 'This host has no account nosuch'
drive -- /usr/local/bin/sfoauth try-login root
is 'root is passed on' "$status" 0
like 'and why' "$out" 'root is never[[:space:]]+asked'
drive -- /usr/local/bin/sfoauth try-login svc
like 'a low uid, too' "$out" 'svc is root or has a uid below min_uid'
like 'and what PAM says' "$out" $'auth     PAM_USER_UNKNOWN\n  account  PAM_USER_UNKNOWN'

cp /etc/pam.d/su "$W/su" && sed -i '/pam_sfoauth.so/d' /etc/pam.d/su
try ada --service=su
cp "$W/su" /etc/pam.d/su
like 'as another service: no prompt' "$out" 'Waiting until you have approved'
like 'the lines that its stack needs are shown' "$out" '/etc/pam\.d/su still needs.*user_unknown=ignore default=die\]  pam_sfoauth\.so'
unlike 'su keeps no session' "$out" 'session  optional'
drive --timeout 10 -- /usr/local/bin/sfoauth try-login ada --service=../etc
is 'a service is a name' "$status" 2

LANG_OF_TERMINAL=C try ada
is 'without UTF-8, in words' "$(marks)" 'okokokokokokokokokokokokokok'
is 'and all of it is ASCII' "$(grep -cP '[^\x00-\x7f]' "$W/out")" 0
LANG_OF_TERMINAL=de_DE try -a kim ada
like 'a German terminal without UTF-8: English' "$out" 'NO The account belongs to this user'
LANG_OF_TERMINAL=de_DE.UTF-8 try -a kim ada
like 'in German: the rule that refused' "$out" '✗ Das Konto ist für diesen Benutzer bestimmt'
like 'and what helps' "$out" 'Bestätigen muss[[:space:]]+die Person'
like 'and the failure' "$out" "Referenz $(audit_field ref)"
LANG_OF_TERMINAL=C try -a kim ada
is 'no line is wider than a terminal, but the lines for PAM' "$(grep -v 'pam_sfoauth.so\|This login was' "$W/out" | awk 'length > 80')" ''

try ada --json
is 'JSON: allowed' "$(grep '^{' "$W/out" | jq -r '[.status, .outcome, .auth, .account] | join(" ")')" \
    'ok allowed PAM_SUCCESS PAM_SUCCESS'
try -a kim ada --json
is 'JSON: refused' "$(grep '^{' "$W/out" | jq -r '[.status, .error, .outcome, .reason] | join(" ")')" \
    'error not_let_in refused not_mapped'
is 'JSON: each rule' "$(grep '^{' "$W/out" | jq -r '[.rules[] | select(.result == "failed") | .rule] | join(" ")')" not_mapped

write_conf pam.local_users=ada
drive -- /usr/local/bin/sfoauth try-login ada
like 'a local user: which key passes it on' "$out" 'ada is in local_users'
write_conf

# ---- The arguments that the real lines have
cp /etc/pam.d/sshd "$W/sshd"
sed -i 's/pam_sfoauth.so$/& debug services=login session_token=off/' /etc/pam.d/sshd
drive -- /usr/local/bin/sfoauth try-login ada
like "arguments of the service's lines count: it is passed on" "$out" 'The service sshd is not in services'
sed -i '/^account/s/services=login/services=sshd,login/; /^auth/s/services=login/services=sshd/' /etc/pam.d/sshd
try ada
is 'each line has its own' "$status/$(marks)" '0/✓✓✓✓✓✓✓✓✓✓✓✓✓✓'
sed -i '/^account/s/debug/nonsense/' /etc/pam.d/sshd
try ada
is 'a line that refuses everybody' "$status" 3
like 'and why' "$out" 'nonsense'
chmod 666 /etc/pam.d/sshd
try ada
like 'a stack that cannot be read is told' "$out" '/etc/pam.d/sshd cannot be read \(.*writable by others'
cp "$W/sshd" /etc/pam.d/sshd
chmod 644 /etc/pam.d/sshd

echo nonsense >>/etc/sfoauth/sfoauth.conf
try ada
is 'a broken file: status 3' "$status" 3
like 'and the line' "$out" 'sfoauth.conf line [0-9]+'
ok 'only root may' test "$(as_user ada sfoauth try-login ada 2>&1 >/dev/null | head -n 1)" = 'sfoauth: This needs root: run it with sudo.'
done_testing
