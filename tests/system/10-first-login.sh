#!/bin/bash
# The first login on a booted system: real logind, user bus and keyring; then git and the API
# without a second sign-in.
. "$(dirname "$0")/lib.sh"
boot

fill="printf 'protocol=https\nhost=acme.my.salesforce.com\n\n' | git -c credential.helper= \
    -c credential.helper=sfoauth credential fill"
query='/services/data/v{version}/query?q=SELECT+Name+FROM+Contact+LIMIT+10'
attributes='application sfoauth origin https://acme.my.salesforce.com:443'

# searched USER: what a person sees of the items.
searched()
{
	# shellcheck disable=SC2086 # a list of words
	as_user "$1" secret-tool search --all $attributes 2>&1 </dev/null
}

# What the stored forms on stdin hold under KEY.
stored()
{
	sed -n "s/^\(secret = \)\{0,1\}$1=//p" | head -n 1
}

# ---- What booting gives

ok 'systemd-sysusers made the worker'\''s users' inside getent passwd _sfoauth _sfoauth-host
is 'systemd-tmpfiles made the places for records and locks, root'\''s alone' \
    "$(inside stat -c '%a %U %n' /run/sfoauth/handoff /run/sfoauth/lock)" \
    $'700 root /run/sfoauth/handoff\n700 root /run/sfoauth/lock'
is 'those places are in memory' "$(inside stat -f -c %T /run/sfoauth/handoff)" tmpfs
is 'nothing failed at boot' "$(inside systemctl --failed --plain --no-legend)" ''
ok 'the sandbox holds' inside /usr/local/libexec/sfoauth/sfoauth-selftest

# ---- A login without a keyring that is open

ssh_login ada "echo \"session=\$XDG_SESSION_ID runtime=\$XDG_RUNTIME_DIR\"; loginctl show-session -p Service \$XDG_SESSION_ID
	$fill
	sfoauth api '$query'; echo \"api=\$?\"
	env | sed 's/^/env: /'
	tr '\\0' '\\n' </proc/\$\$/environ | sed 's/^/env: /'"
is 'ada logs in through the device flow' "$status" 0
like 'she is shown whose login it is, where to go and which code' "$out" \
    "\(acme\)[[:space:]]+as 'ada' on sfhost.*from (127.0.0.1|::1).*1\. Open +https://acme.my.salesforce.com.*2\. Enter +[A-Z0-9]+"
like 'logind has a session for her' "$out" 'session=c?[0-9]+ runtime=/run/user/'$SYS_FIRST_UID
like 'it is sshd'\''s' "$out" 'Service=sshd'
token=$(fake secrets access_token | tail -n 1)
ok 'the fake handed out a token' test -n "$token"
like 'git credential fill prints that token' "$out" "password=${token//./\\.}"
like 'sfoauth api answers' "$out" 'Grace Hopper.*api=0'
is 'and nobody asked for another token' "$(fake counts access_issued)" 1
unlike 'the hand-off is in no environment' "$out" 'env: SFOAUTH'
is 'no record is left' "$(inside ls -A /run/sfoauth/handoff)" ''
log=$(journal)
like 'the journal says who was let in' "$log" \
    'pam_sfoauth.*sfoauth: result=allowed[^'$'\n'']*service=sshd[^'$'\n'']*user=ada'
unlike 'the journal does not hold the token' "$log" "${token//./\\.}"

# ---- A login beside a keyring that is open

ok 'kim has a keyring that is open' unlock_keyring kim
is 'with nothing of ours in it' "$(searched kim)" ''
ssh_login kim "sfoauth api '$query'; echo \"api=\$?\""
like 'kim logs in and asks the API' "$out" 'Grace Hopper.*api=0'
found=$(searched kim)
like 'the first sfoauth call put the token into her keyring, under words she understands' "$found" \
    'label = Salesforce sign-in of kim@acme\.example at acme\.my\.salesforce\.com \(sfoauth\)'
like 'found by application, origin and user' "$found" 'attribute\.user = kim@acme\.example'
is 'and it is the login'\''s token' "$(stored access_token <<<"$found")" "$(fake secrets access_token | tail -n 1)"
is 'again without another one' "$(fake counts access_issued)" 2

# shellcheck disable=SC2086 # a list of words
as_user kim secret-tool clear $attributes
is 'kim deletes it' "$(searched kim)" ''
ssh_login kim "$fill >filled; git -c credential.helper= -c credential.helper=sfoauth credential approve <filled; rm filled"
is 'git'\''s own store, after a success, puts it there as well' \
    "$(searched kim | stored access_token)" "$(fake secrets access_token | tail -n 1)"

ok 'ada has a keyring that is open' unlock_keyring ada
inside setpriv --reuid=ada --regid=ada --clear-groups keyctl clear @u
sign_in ada --as ada -- env XDG_RUNTIME_DIR="/run/user/$SYS_FIRST_UID" sfoauth login
is 'ada signs in with sfoauth login' "$status" 0
before=$(searched ada | stored refresh_token)
ok 'and has a refresh token in her keyring' test -n "$before"
ssh_login ada "$fill; sfoauth api '$query'; echo \"api=\$?\""
like 'she logs in by ssh and asks the API' "$out" 'Grace Hopper.*api=0'
is 'her refresh token is there, unchanged' "$(searched ada | stored refresh_token)" "$before"
is 'and it is the only item' "$(searched ada | grep -c '^label = ')" 1
is 'it still lives at Salesforce' "$(fake counts refresh_live)" 1

# ---- A refusal, and who is believed about it: the journal knows who wrote a line

ssh_login -a kim ada true
ref=$(sed -n 's/.*Reference \([A-Z0-9]*-[A-Z0-9]*\)\..*/\1/p' <<<"$out" | tail -n 1)
like 'what kim approves does not let ada in' "$status $ref" '^[1-9][0-9]* [A-Z0-9]{4}-[A-Z0-9]{4}$'
audit="reason=permission service=sshd phase=auth user=ada uid=1 org=acme sf_id=- sf_user=- flow=- rhost=- token=- why=-"
for forged in "$ref" 2222-3333; do
	inside setpriv --reuid=ada --regid=ada --clear-groups logger -p authpriv.notice -t sshd \
	    "pam_sfoauth(sshd:auth): sfoauth: result=denied ref=$forged $audit"
done
journal >/dev/null
is 'why: the line of sshd, not the one that ada wrote' \
    "$(inside sfoauth why "$ref" --json | jq -r '[.by_root, .reason, .lines] | join(" ")')" 'true not_mapped 1'
is 'where ada alone wrote one, nothing proves it' \
    "$(inside sfoauth why 2222-3333 --json | jq -r '[.by_root, .reason] | join(" ")')" 'false permission'

finish
