#!/bin/bash
# The main job: a device login over a real sshd, and in that session git and sfoauth have the token
# without a second sign-in and without any desktop keyring.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd
fake set interval=2 >/dev/null

cat >"$W/home/ada/session.sh" <<'END'
env >env
git config --global credential.https://acme.my.salesforce.com.helper /usr/local/bin/git-credential-sfoauth
printf 'protocol=https\nhost=acme.my.salesforce.com\n\n' | git credential fill >fill 2>fill.err
echo $? >fill.status
sfoauth api '/services/data/v{version}/query?q=SELECT+Name+FROM+Contact+LIMIT+10' >api 2>api.err
echo $? >api.status
END
chown ada: "$W/home/ada/session.sh"
file() { cat "$W/home/ada/$1" 2>/dev/null; }

ssh_login ada 'bash session.sh; echo "shell of $(id -un)"'
is 'the login succeeds' "$status" 0
like 'the shell is that of the account' "$out" 'shell of ada'

like 'the prompt names the org' "$out" 'Salesforce \(acme\)'
like 'the prompt names host and account' "$out" "'ada' on sfhost"
like 'the prompt names where the request comes from' "$out" 'This login comes from 127\.0\.0\.1\.'
like 'the prompt warns of a login that one did not start' "$out" 'only if you started it yourself'
like 'the prompt has the address, without the code in it' "$out" 'Open +https://acme\.my\.salesforce\.com/setup/connect'$' ?\n'
like 'the prompt has the code' "$out" 'Enter +[A-Z0-9]{8}'$' ?\n'
is 'there is one prompt' "$(grep -c 'Press Enter' <<<"$out")" 1

# Three lines: auth, account, and the record's way into the session.
audited() { audit_field "$1" 3; }
is 'audit: the login is allowed' "$(audited result) $(audited reason)" 'allowed ok'
is 'audit: who, where, how' \
    "$(audited service) $(audited phase) $(audited user) $(audited org) $(audited flow) $(audited rhost)" \
    'sshd auth ada acme device 127.0.0.1'
is 'audit: the Salesforce user' "$(audited sf_id) $(audited sf_user)" '0055f00000EfGhiAAF ada@acme.example'
is 'audit: the token is kept' "$(audited token)" kept
is 'audit: what became of the record' "$(audit_field result) $(audit_field phase) $(audit_field token)" 'kept open kept'
like 'audit: always the same fields in the same order' "$(audit_line)" \
    'sfoauth: result=[^ ]+ ref=[^ ]+ reason=[^ ]+ service=[^ ]+ phase=[^ ]+ user=[^ ]+ uid=[0-9]+ org=[^ ]+ sf_id=[^ ]+ sf_user=[^ ]+ flow=[^ ]+ rhost=[^ ]+ token=[^ ]+ why='

is 'git credential fill succeeds' "$(file fill.status)" 0
like 'git gets the Salesforce username' "$(file fill)" $'\nusername=ada@acme\.example\n'
is 'git gets the very token of the login' "$(file fill | sed -n 's/^password=//p')" "$(fake secrets access_token)"
is 'nothing else is said' "$(file fill.err)" ''
is 'sfoauth api answers' "$(file api.status) $(file api | jq -r '.records | length')" '0 10'

is 'the hand-off variable is in no environment' "$(grep -c SFOAUTH "$W/home/ada/env")" 0
is 'no record is left' "$(ls /run/sfoauth/handoff)" ''
is 'the hand-off directory is root'"'"'s alone' "$(stat -c '%a %u' /run/sfoauth/handoff)" '700 0'

is 'one sign-in was started, and no other token was asked for' \
    "$(fake log | awk '{ print $5 }' | grep -cE '^(start|refresh|password|code|token)$')" 1
is 'after the approval: the poll that succeeds, identity, userinfo, and only then the API call' \
    "$(fake log | awk '{ print $5 }' | tail -n 4 | tr '\n' ' ')" 'poll identity userinfo data '
is 'one TLS handshake for the login' \
    "$(fake log | awk '$5 != "data" { print $3 }' | sed 's/\..*//' | sort -u | wc -l)" 1
is 'no poll comes before its interval' "$(fake -j log | jq '[.[] | select(.kind == "start" or .kind == "poll") | .t] |
    [range(1; length) as $i | .[$i] - .[$i - 1] | select(. < 1.95)] | length')" 0

# The same once more: scp and editors answer the prompt at once and poll on; the approval comes late.
fake set interval=1 >/dev/null
ssh_login -l 3 ada 'id -un'
is 'an answer that comes before the approval does no harm' "$status" 0
fake script kind=poll status=400 'json={"error":"slow_down","error_description":"x"}' >/dev/null
since=$(fake log | wc -l)
ssh_login ada 'id -un'
is 'a login survives slow_down' "$status" 0
is 'slow_down adds five seconds for good' "$(fake -j log | jq --argjson since "$since" '[.[$since:][] | select(.kind == "poll") | .t] |
    [range(1; length) as $i | .[$i] - .[$i - 1] | select(. < 5.95)] | length')" 0
done_testing
