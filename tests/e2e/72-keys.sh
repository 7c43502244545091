#!/bin/bash
# The flows jwt and client_credentials: keys plain and encrypted, apps that prove themselves by secret or
# key, nobody asked; each thing that can be wrong has its words; the key is nowhere else.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

app=3MVG9acme.Host_App
start_fake
start_desktop
h=$W/home/ada
forget()
{
	desk secret-tool clear application sfoauth
	forget_kernel
}
# make_key NAME DAYS: a key and its certificate, as the manual says.
make_key()
{
	openssl req -x509 -newkey rsa:2048 -noenc -sha256 -days "$2" -subj '/CN=sfoauth' \
	    -keyout "$h/$1.pem" -out "$W/$1.crt" 2>/dev/null
	chown ada "$h/$1.pem" && chmod 600 "$h/$1.pem"
}
make_key key 365
make_key other 365
openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:sesame -in "$h/key.pem" -out "$h/locked.pem"
openssl rsa -traditional -in "$h/key.pem" -out "$h/old.pem" 2>/dev/null
openssl ecparam -genkey -name prime256v1 -out "$h/curve.pem" 2>/dev/null
cp "$h/key.pem" "$h/open.pem"
echo sesame >"$h/passphrase"
echo 0123456789ABCDEF0123456789ABCDEF >"$h/secret"
chown ada "$h"/*.pem "$h/passphrase" "$h/secret" && chmod 600 "$h"/*.pem "$h/passphrase" "$h/secret"
chmod 644 "$h/open.pem"
fake register $app "$W/key.crt" >/dev/null
use() { write_conf "org.client_id=$app" "$@"; }
row() { jq -r '"\(.error) \(.row)"' <<<"$out"; }

# ---- JWT bearer
use org.flow=jwt "org.private_key_file=$h/key.pem" org.username=ada@acme.example
run desk sfoauth login --json
is 'a key: signed in, nobody asked' "$status $(jq -r '"\(.username) \(.has_refresh_token)"' <<<"$out")" '0 ada@acme.example false'
run desk sfoauth token
is 'the token is there' "$status" 0
forget
run desk sfoauth token
is 'a token without a login before it' "$status" 0
is 'git has it, too' "$(printf 'protocol=https\nhost=acme.my.salesforce.com\n\n' | desk git-credential-sfoauth get | grep -c ^password=)" 1
forget
is 'git without a login before it' "$(printf 'protocol=https\nhost=acme.my.salesforce.com\n\n' | desk git-credential-sfoauth get | grep -c ^password=)" 1
forget
run desk sfoauth login --username kim@acme.example --json
is '--username' "$(jq -r .username <<<"$out")" kim@acme.example
forget
is 'no scope and no refresh token was asked for' "$(fake log kind=jwt | grep -c scope=)" 0
for key in locked old; do
	use org.flow=jwt "org.private_key_file=$h/$key.pem" org.username=ada@acme.example \
	    "org.private_key_passphrase_file=$h/passphrase"
	run desk sfoauth login
	is "the key $key.pem" "$status" 0
	forget
done

# ---- What can be wrong, each with its words. wrong NAME STATUS ERROR-AND-ROW [CONFIGURATION]...
wrong()
{
	local name=$1 wanted=$2 words=$3
	shift 3
	printf '%s\n' "$@" | grep -q '^org.private_key_file=' || set -- "$@" "org.private_key_file=$h/key.pem"
	printf '%s\n' "$@" | grep -q '^org.username=' || set -- "$@" org.username=ada@acme.example
	use org.flow=jwt "$@"
	run desk sfoauth login --json
	is "$name" "$status $(row)" "$wanted $words"
}
wrong 'another key' 3 'config jwt_key' "org.private_key_file=$h/other.pem"
wrong 'a key that others can read' 3 'config null' "org.private_key_file=$h/open.pem"
wrong 'a key with a passphrase and no file for it' 3 'config null' "org.private_key_file=$h/locked.pem"
wrong 'a key that is not RSA' 3 'config null' "org.private_key_file=$h/curve.pem"
wrong 'no key' 3 'config null' 'org.private_key_file='
wrong 'nobody to sign in' 3 'config null' 'org.username='
wrong 'a user who is not pre-authorized' 3 'app user_not_approved' 'org.username=nobody@acme.example'
fake next jwt audience times=2 >/dev/null
wrong 'an audience that is refused' 3 'config jwt_audience'
is 'and the own address was tried after the login host' "$(fake log kind=jwt | tail -n 2 | grep -c jwt)" 2
fake pass 10m >/dev/null
wrong 'a clock that is off' 3 'config jwt_clock'
make_key old 1
fake register $app "$W/old.crt" >/dev/null
fake pass 2d >/dev/null
wrong 'a certificate that has expired' 3 'config jwt_key' "org.private_key_file=$h/old.pem"
kill "$(cat "$W/fake.pid")" && wait_for 5 sh -c "! ss -Htln | grep -q ':443 '"
fake secrets >"$W/secrets" 2>/dev/null
start_fake
fake register $app "$W/key.crt" >/dev/null

# ---- Client credentials
use org.flow=client_credentials "org.client_secret_file=$h/secret"
run desk sfoauth login --json
is 'a secret: signed in as the user that Setup names' "$status $(jq -r .username <<<"$out")" '0 bot@acme.example'
forget
use org.flow=client_credentials "org.client_secret_file=$h/secret" org.client_auth=basic
run desk sfoauth token
is 'the secret in the header' "$status $(fake log kind=client_credentials | grep -c 'client_secret=')" '0 1'
forget
use org.flow=client_credentials "org.private_key_file=$h/key.pem"
run desk sfoauth token
is 'a key in place of a secret' "$status $(fake log kind=client_credentials | grep -c 'client_assertion=')" '0 1'
forget
use org.flow=client_credentials
run desk sfoauth login --json
is 'neither' "$status $(row)" '3 config null'
fake set client=$app run_as=null >/dev/null
use org.flow=client_credentials "org.client_secret_file=$h/secret"
run desk sfoauth login --json
is 'no user is named for the app' "$status $(row)" '3 app client_user_missing'
use org.flow=client_credentials "org.client_secret_file=$h/secret" org.login_url=https://login.salesforce.com
run desk sfoauth login --json
is 'not My Domain' "$status $(row)" '3 config wrong_domain'

# ---- The key is in no log, and in nothing that was said
fake secrets >>"$W/secrets"
sync_syslog
grep -v -- ----- "$h/key.pem" >"$W/lines"
is 'no line of the key' "$(cat "$W/syslog" "$W/transcript" "$W/fake.log" | grep -cFf "$W/lines")" 0
is 'no assertion' "$(cat "$W/syslog" "$W/transcript" | grep -c eyJhbGciOiJSUzI1NiJ9)" 0
is 'no token or secret in the log' "$(grep -cFf "$W/secrets" "$W/syslog")" 0
done_testing
