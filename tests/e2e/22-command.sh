#!/bin/bash
# sfoauth by hand and in scripts: sign in, tokens in the forms that curl, jq and sh take, one GET,
# status, sign out, with and without the network; JSON, exit status, files and environment.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
api=https://acme.my.salesforce.com/services/data/v60.0/
keys() { jq -r 'keys | join(" ")' <<<"$1"; }
failure() { jq -r '"\(.status) \(.error) \(has("message") and has("detail"))"' <<<"$1"; }

# ---- The command line
run desk sfoauth
is 'no subcommand: usage' "$status" 2
for words in 'token --bogus' 'api' 'login --all' 'token --format bogus' 'nonsense' 'token --min-life 3h' \
    'api no-slash' 'api //evil.my.salesforce.com/x' 'token more' 'token --org='; do
	# shellcheck disable=SC2086 # words
	run desk sfoauth $words
	is "usage: sfoauth $words" "$status:$out" '2:'
	# shellcheck disable=SC2086 # words
	run desk sfoauth $words --json
	is "usage as JSON: sfoauth $words --json" "$status $(failure "$out")" '2 error usage true'
done
run desk sfoauth --org no-such token --json
is 'an org that is not there, as JSON' "$status $(failure "$out")" '3 error config true'
run desk sfoauth token --org=$'\e[2Jx' --json
is 'what is not printable is escaped, in words' "$(grep -c $'\e' <<<"$err")" 0
like 'and in JSON' "$(jq -r .detail <<<"$out")" '\\x1b\[2Jx'
for words in '' login logout token api status; do
	# shellcheck disable=SC2086 # words
	run desk sfoauth $words --help
	like "sfoauth $words --help: on standard output" "$status $out" "^0 Usage: sfoauth $words"
done

# ---- Nobody is signed in
run desk sfoauth token --json
is 'nothing is stored: exit status and JSON' "$status $(failure "$out")" '4 error sign_in_needed true'
run desk sfoauth logout --json
is 'signing out nobody succeeds' "$status $(jq -c . <<<"$out")" '0 {"schema":1,"status":"ok"}'
run desk sfoauth status --json
is 'status without a token: schema' "$(jq -r '.orgs[0] | keys | join(" ")' <<<"$out")" 'default keyring login_url org'
is 'and in words, with what helps' "$(desk sfoauth status | tail -n 1)" '  not signed in: sfoauth login --org acme'

# ---- Sign in
sign_in_as ada desk sfoauth login --json
is 'login --json: exit status and schema' "$status $(keys "$out")" \
    '0 expires_at has_refresh_token org organization_id schema scope status username'
is 'login --json: as whom' "$(jq -r '"\(.org) \(.username) \(.has_refresh_token)"' <<<"$out")" 'acme ada@acme.example true'
like 'the code goes to standard error' "$err" 'Enter +[A-Z0-9]{8}'
like 'and who signed in' "$err" 'Signed in to acme as ada@acme\.example'
sign_in_as kim desk sfoauth login --user ada@acme.example --json
is 'somebody else than --user is refused' "$status $(failure "$out")" '1 error other_user true'
is 'and that token is revoked' "$(fake counts revoked)" 1

# ---- The same address with a slash at its end is the same address (23-refresh.sh: at a refresh)
fake script kind=poll run=true 'patch={"instance_url":"https://acme.my.salesforce.com/"}' >/dev/null
sign_in_as ada desk sfoauth login --json
is 'instance_url with a slash at its end: signed in' "$status $(jq -r .username <<<"$out")" '0 ada@acme.example'
# ---- Whose token it is, the identity document says: by id, in either of its lengths
whoami() { fake script kind=identity run=true "patch=$1" >/dev/null && run desk sfoauth whoami --json; }
whoami '{"user_id":"0055f00000EfGhi","organization_id":"00D5f000000Abcd"}'
is 'whoami: ids of 15 characters are the same ids' "$status $(jq -r .username <<<"$out")" '0 ada@acme.example'
for patch in '{"user_id":"0055f00000EfKim"}' '{"organization_id":"00D5f000000aBcd"}' '{"asserted_user":false}'; do
	whoami "$patch"
	is "whoami: refused with $patch" "$status $(failure "$out")" '1 error denied true'
done
forget_kernel

# ---- Tokens for those who take them
token=$(desk sfoauth token)
like 'token: the token alone' "$token" '^00D[^[:space:]]+$'
is 'token --format raw is the same' "$(desk sfoauth token --format raw)" "$token"
fetch() { curl -sS -o /dev/null -w '%{http_code}' "$@"; }
is 'token --format header: curl -H @- takes it' "$(desk sfoauth token --format header | fetch -H @- $api)" 200
is 'token --format curl: curl -K - takes it' "$(desk sfoauth token --format curl | fetch -K - $api)" 200
# shellcheck disable=SC2016 # for the shell of the session
is 'token --format env: sh takes it' \
    "$(desk sh -c 'eval "$(sfoauth token --format env)"; echo "$SF_ACCESS_TOKEN $SF_ORG_INSTANCE_URL"')" \
    "$token https://acme.my.salesforce.com"
run desk sfoauth token --format json
is 'token --format json: schema' "$(keys "$out")" \
    'access_token expires_at instance_url organization_id schema scope status token_type user_id username'
is 'token --format json: jq takes it' "$(jq -r .access_token <<<"$out")" "$token"
is 'token --json is the same' "$(desk sfoauth token --json)" "$out"
run desk sfoauth token --min-life 1h59m
is '--min-life takes a number and one unit' "$status" 2
is '--min-life that is met costs no refresh' "$(desk sfoauth token --min-life 90m) $(refreshes)" "$token 0"
is 'the username counts without case' "$(desk sfoauth token --user Ada@ACME.example)" "$token"
forget_kernel
is 'in the keyring, too' "$(desk sfoauth token --user Ada@ACME.example)" "$token"

# ---- One GET
run desk sfoauth api '/services/data/v{version}/query?q=SELECT+Name+FROM+Contact+LIMIT+2'
is 'api: the body, and nothing else' "$status $(jq -r '.records | length' <<<"$out") $err" '0 2 '
# A body that would rewrite the terminal: C0, C1, a bidirectional control.
fake script '{"kind":"data","status":200,"content_type":"application/json","times":2,
    "body":"{\"a\": \"\u001b[2J \u009b2J \u202e \u00e4\"}\n\t"}' >/dev/null
run desk sfoauth api /services/data/v60.0/
is 'api: into a file it is what came' "$out" "$(printf '{"a": "\033[2J \302\2332J \342\200\256 \303\244"}\n\t')"
drive --as ada -- env XDG_RUNTIME_DIR="/run/user/$ada_uid" /usr/local/bin/sfoauth api /services/data/v60.0/
is 'api: on a terminal, control characters are escaped' "$(head -n 1 <<<"$out" | tr -d '\r')" \
    '{"a": "\u001b[2J \u009b2J \u202e ä"}'
run desk sfoauth api /services/data/v60.0/nothing --json
is 'api: what is not there' "$status $(failure "$out")" '1 error not_found true'
fake script kind=data status=503 html=x >/dev/null
run desk sfoauth api /services/data/v60.0/ --json
is 'api: a server in trouble is later' "$status $(failure "$out")" '5 error unavailable true'
fake script kind=data big=3000000 >/dev/null
# shellcheck disable=SC2016 # for the shell of the session
run desk bash -c 'sfoauth api /services/data/v60.0/ | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}'
is 'api into a pipe that closes ends quietly, by SIGPIPE' "$out:$err" '141:'
fake script kind=data big=3000000 >/dev/null
# shellcheck disable=SC2016 # for the shell of the session
run desk bash -c 'trap "" PIPE; sfoauth api /services/data/v60.0/ | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}'
like 'who ignores SIGPIPE is told' "$out:$err" '^70:.*cannot write to standard output'
run desk sh -c 'sfoauth token >/dev/full'
is 'a full disk is a failure' "$status" 70

# ---- Closed descriptors: nothing else comes to stand there
is_older() { [ "$(desk sfoauth status --json | jq '[.orgs[].tokens[].life_s] | max')" -lt 7199 ]; }
wait_for 5 is_older
desk sfoauth token --min-life 7199 --quiet <&- >&- 2>/dev/null
is 'without a standard output: a failure' "$?" 70
is 'and it was refreshed' "$(refreshes)" 1
new=$(desk sfoauth token)
sync_syslog
is 'the token did not go to whatever was opened next, such as the log' "$(grep -acF "$new" "$W/syslog")" 0
printf '%b\n' "$GIT_REQUEST" >"$W/request"
desk git-credential-sfoauth get <"$W/request" >&- 2>/dev/null
is "git's helper without a standard output: a failure" "$?" 70
is 'all three closed' "$(desk sfoauth status <&- >&- 2>&-; echo $?)" 70

# ---- Status
run desk sfoauth status --json
is 'status: schema of a token' "$(jq -r '.orgs[0].tokens[0] | keys | join(" ")' <<<"$out")" \
    'default expires_at has_refresh_token issued_at life_s organization_id scope store user_id username'
is 'status: both stores' "$(jq -r '.orgs[0].tokens | map(.store) | join(" ")' <<<"$out")" 'kernel secret-service'
run desk sfoauth status
like 'status: in words' "$out" '^acme  https://acme\.my\.salesforce\.com  \(default\)
  ada@acme\.example
    kernel           access token valid for 1[12][0-9] min
    desktop keyring  access token valid for 1[12][0-9] min, refresh token$'
unlike 'status: no token in it' "$out" '00D'

# ---- Sign out
kill "$(cat "$W/fake.pid")" && wait_for 5 sh -c "! curl -sk -m 1 $api >/dev/null"
run desk sfoauth status
is 'status needs no network' "$status" 0
run desk sfoauth api /services/data/v60.0/ --json
is 'without the network: later' "$status $(failure "$out")" '5 error unavailable true'
run desk sfoauth logout --json
is 'offline: erased, and said that it is not revoked' \
    "$status $(failure "$out") $(jq -c '.signed_out | map(.revoked)' <<<"$out")" '5 error unavailable true [false]'
like 'offline: in words, too' "$err" 'not revoked'
is 'offline: gone from the keyring' "$(stored | grep -c label)" 0
run desk sfoauth token
is 'offline: gone from the kernel' "$status" 4
start_fake
sign_in_as ada desk sfoauth login --quiet
unlike '--quiet: the code, and no more words' "$err" 'Signed in'
run desk sfoauth logout --json
is 'logout: schema' "$status $(jq -c .signed_out <<<"$out")" '0 [{"org":"acme","username":"ada@acme.example","revoked":true}]'
is 'logout: revoked at Salesforce' "$(fake -j tokens | jq '[.[] | select(.live)] | length')" 0
done_testing
