#!/bin/bash
# The flow password at an Experience Cloud site: password in the header and in the body, what a site says
# when it does not take it, and nothing of it left behind.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

app=3MVG9acme.Site_App
start_fake
start_desktop
forget()
{
	desk secret-tool clear application sfoauth
	forget_kernel
}
use()
{
	printf '%s\n' "$@" | grep -q '^org.site_url=' || set -- "$@" org.site_url=https://acme.my.site.com/help
	write_conf org.client_id=$app org.flow=password "$@"
}
login()
{
	printf %s "${WORD-pass-sue}" >"$W/word"
	desk sfoauth login --username sue@acme.example --password-stdin --json "$@" >"$W/out" 2>"$W/err" <"$W/word"
	status=$? out=$(cat "$W/out")
	cat "$W/out" "$W/err" >>"$W/transcript"
}
row() { jq -r '"\(.error) \(.row)"' <<<"$out"; }

use
login
is 'a site user signs in' "$status $(jq -r '"\(.username) \(.has_refresh_token)"' <<<"$out")" '0 sue@acme.example true'
is 'at the site' "$(fake log | grep -c 'acme\.my\.site\.com')" 4
is 'with PKCE' "$(fake log kind=code | grep -c code_verifier)" 1
is 'the password was in the header' "$(fake log kind=headless | grep -c password=)" 0
is 'the token works at the org' "$(desk sfoauth api /services/data/ >/dev/null; echo $?)" 0
sleep 2 # so long it must have lived, to be too old
is 'and is refreshed' "$(desk sfoauth token --min-life 7199 >/dev/null; echo "$? $(refreshes)")" '0 1'
forget
use org.site_url=https://acme.my.site.com/help/
login
is 'a final slash does no harm' "$status" 0
forget

# typed: no question about a security token
run python3 "$src/tests/e2e/drive.py" --as ada --on 'password of [^:]*: =pass-sue' -- env PATH=/usr/local/bin:/usr/bin:/bin \
    XDG_RUNTIME_DIR="/run/user/$ada_uid" sfoauth login --username sue@acme.example
is 'typed, and only the password' "$status" 0
forget

fake set client=$app code_credentials_post_only=true >/dev/null
login
is 'an app that takes it in the body alone' "$status $(row)" '1 denied site_password_refused'
use org.site_credentials=body
login
is 'gets it there' "$status" 0
is 'and not in the header' "$(fake log kind=headless | tail -n 1 | grep -c 'password=')" 1
forget
fake set client=$app code_credentials_post_only=false >/dev/null

use
WORD=wrong login
is 'a wrong password' "$status $(row)" '1 denied site_password_refused'
login --username kim@acme.example
is 'a person of the org, not of the site' "$status $(row)" '1 denied site_password_refused'
fake set client=$app code_credentials=false >/dev/null
login
like 'the flow switched off' "$status $(row)" '^[13] '
fake set client=$app code_credentials=true >/dev/null
use org.site_url=https://acme.my.site.com/nowhere
login
like 'an address that is no site' "$status $(row)" '^[1-5] '
write_conf org.client_id=$app org.flow=password org.site_url=https://acme.my.site.com/help \
    org.login_url=https://evil.my.salesforce.com org.organization_id=
login
is 'a site of another org than login_url' "$status $(jq -r .error <<<"$out")" '1 denied'
is 'and that token is given back' "$(fake counts revoked)" 1

fake secrets >"$W/secrets"
echo pass-sue >>"$W/secrets"
sync_syslog
is 'no password, code or token in the log' "$(grep -cFf "$W/secrets" "$W/syslog")" 0
done_testing
