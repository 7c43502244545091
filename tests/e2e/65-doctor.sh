#!/bin/bash
# sfoauth doctor as a person runs it: green where all is well, and one row for each thing that is not:
# configuration, clock, network, TLS, app, keyrings. What it prints can be pasted.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/doctor.sh"

conf=/etc/sfoauth/sfoauth.conf
write_conf
start_fake
start_desktop
touch -d '1 second ago' "$W.start"
own=$W/home/ada/.config/sfoauth/sfoauth.conf
doctor() { desk /usr/local/bin/sfoauth doctor "$@"; }

# ---- Well
green 'a good machine' doctor
is 'each row has a name, a result and what was found' \
    "$(jq '[.checks[] | has("check") and has("result") and (.said | length > 1)] | all' <<<"$out")" true
like 'the checks' "$(jq -r '[.checks[].check] | unique | join(" ")' <<<"$out")" \
    '^accounts app ca-file callback clock config connect dns kernel keyring login\.defs module org org-id pam pam-config programs sandbox sshd tls users$'
is 'what only root can see is said to be so' "$(jq -r '.checks[] | select(.check == "sshd") | .result' <<<"$out")" skipped
run doctor
is 'in words: a line each, aligned' "$status $(grep -cE '^  (ok    |-     )  [a-z.-]+ +[^ ]' <<<"$out")" "0 $(grep -cE '^  (ok|-) ' <<<"$out")"
is 'nobody signs in for it' "$(fake log | grep -cE '"kind": "(poll|code|refresh)"')" 0

# ---- Clock
fake set clock=3600 >/dev/null
fault 'the clock an hour behind' 3 clock 'behind Salesforce' 'Correct the clock' doctor
fake set clock=-3600 >/dev/null
fault 'the clock an hour ahead' 3 clock '(59|60) min .* ahead of' 'Correct the clock' doctor
fake set clock=-90 >/dev/null
green 'the clock off by a minute and a half' doctor
fake set clock=0 >/dev/null

# ---- The app
write_conf org.client_id=3MVG9nobody.knows
fault 'a wrong client id' 3 app 'unknown_app' 'does not know this client_id' doctor
write_conf
fake set device_flow=false >/dev/null
fault 'device flow off' 3 app 'device_flow_off' 'Enable Device Flow' doctor
write_conf org.flow=browser
green 'device flow off where nobody needs it' doctor
fake set device_flow=true >/dev/null
write_conf
fake script kind=start status=400 json='{"error":"invalid_request","error_description":"device flow is not supported"}' times=1 >/dev/null
fault 'an app that can have no codes: the callbacks are in one line with the rest' 3 app 'device_flow_gone' \
    'as a Callback URL: [a-z]+://[^\\]+$' doctor
fake script kind=start preset=html503 times=1 >/dev/null
fault 'Salesforce is down' 5 app 'server_trouble: HTTP 503' 'Try again' doctor

write_conf 'org.callback=http://localhost:1720/OauthRedirect' 'org.flow=browser'
fault 'a callback that is not registered' 3 callback '^http://localhost:1720/OauthRedirect is not registered' \
    'Enter it in Setup exactly as shown' doctor
like 'in German' "$(desk LC_ALL=de_DE.UTF-8 /usr/local/bin/sfoauth doctor 2>&1)" 'OauthRedirect ist bei der App nicht eingetragen'
write_conf 'org.callback=http://localhost:1720/OauthRedirect' 'org.flow=device'
green 'a callback that nobody needs' doctor
write_conf

# ---- The org
write_conf org.organization_id=00D5f000000XXXX
fault 'the organization id of a refreshed sandbox' 3 org-id 'the org is 00D5f000000AbcdEAC, organization_id is 00D5f000000XXXX' \
    'sandbox that was refreshed' doctor
write_conf

for answer in '{"OrgId":"\u001b[31mred"}' '{"OrgId":"00D5f000000Abc\u00e9"}' '{"OrgId":7}' '[]' '{' \
    "{\"OrgId\":\"$(printf 'x%.0s' {1..5000})\"}"; do
	fake script kind=discovery status=200 json="$answer" >/dev/null
	run doctor --json
	is "an org that says what it is in no such words: ${answer:0:40}" \
	    "$status $(jq -r '.checks[] | select(.check == "org-id") | .result + " " + .said' <<<"$out")" \
	    '0 skipped https://acme.my.salesforce.com does not show which org it is'
done
fake script kind=discovery status=503 times=1 >/dev/null
run doctor --json
is 'an org that has no such page' "$status $(jq -r '.checks[] | select(.check == "connect") | .result' <<<"$out")" '0 ok'

# ---- The network
fault 'an org that is not there' 3 org "there is no org 'nowhere'; you have: acme" 'sfoauth use' doctor --org nowhere
write_conf org.login_url=https://missing.my.salesforce.com
fault 'a host that does not resolve' 5 dns 'missing.my.salesforce.com: ' 'name service' doctor
keep /etc/hosts
sed -i 's/^127.0.0.1 acme.my.salesforce.com/127.0.0.9 acme.my.salesforce.com/' /etc/hosts
write_conf
fault 'no way out' 5 connect 'acme.my.salesforce.com' 'set proxy = http://HOST:PORT' doctor
fault 'a proxy needed, and one in the environment' 5 connect 'acme' 'environment names a proxy' \
    desk env https_proxy=http://proxy.example:3128 /usr/local/bin/sfoauth doctor
put_back /etc/hosts
write_conf org.proxy=http://127.0.0.1:9
fault 'a proxy that is not there' 5 connect 'acme.my.salesforce.com|127.0.0.1' 'Check proxy in the org' doctor
write_conf org.proxy=http://no-proxy.example:3128
fault 'a proxy that does not resolve' 5 dns 'no-proxy.example' 'Check proxy' doctor
write_conf

# ---- TLS
keep /etc/ssl/certs/ca-certificates.crt
rm /etc/ssl/certs/ca-certificates.crt
fault 'no CA certificates' 3 ca-file 'ca-certificates.crt does not exist' 'package ca-certificates' doctor
put_back /etc/ssl/certs/ca-certificates.crt
sh "$src/tests/fake/make-ca.sh" "$W/other" other.example >/dev/null 2>&1
install -m 644 "$W/other/ca.pem" /etc/sfoauth/other.pem
write_conf org.ca_file=/etc/sfoauth/other.pem
fault 'a CA that is not the right one' 5 tls 'acme.my.salesforce.com' 'ca_file' doctor
chmod 666 /etc/sfoauth/other.pem
fault 'a CA file that others can write' 3 ca-file 'writable by others' 'nobody else can write' doctor
write_conf

# ---- Configuration
sed -i '3s/.*/client_sekret = Geheim-in-a-wrong-line/' $conf
fault 'a wrong line' 3 config 'sfoauth.conf line 3: ' 'Correct that line' doctor
is 'the doctor goes on' "$(jq -r '[.checks[] | select(.check == "sandbox" or .check == "kernel") | .result] | join(" ")' <<<"$out")" 'ok ok'
write_conf
chmod 666 $conf
fault 'a file that others can write' 3 config 'writable by others' 'chmod go-w' doctor
write_conf
chmod 600 $conf
run doctor --json
is 'a file that only root may read: skipped, and where there is more to see' \
    "$(jq -r '.checks[] | select(.check == "config") | .result + " " + .remedy' <<<"$out")" \
    'skipped Root can check more: sudo sfoauth doctor.'
write_conf
desk mkdir -p "${own%/*}"
printf '[org mine]\nlogin_url = http://acme.my.salesforce.com\n' | desk tee "$own" >/dev/null
fault 'a wrong line in the own file' 3 own-config 'sfoauth.conf line 2: ' 'Correct that line' doctor
is 'the system file is used meanwhile' "$(jq -r '.checks[] | select(.check == "app") | .result' <<<"$out")" ok
printf '[org mine]\nlogin_url = https://acme.my.salesforce.com\nclient_id = 3MVG9acme.Local_App\n' | desk tee "$own" >/dev/null
run doctor --json --org mine
is 'the own file: its org is looked at' "$status $(jq -r '.checks[] | select(.check == "org") | .said' <<<"$out")" \
    '0 mine at https://acme.my.salesforce.com'
chmod 666 "$own"
fault 'an own file that others can write' 3 own-config 'writable by others' 'chmod go-w' doctor
chmod 644 "$own"
chown kim "$own"
fault 'an own file that is somebody else'\''s' 3 own-config 'belongs to uid' 'must belong to you' doctor
rm "$own"
write_conf org.default=
printf '[org second]\nlogin_url = https://test.salesforce.com\nclient_id = x\n' >>$conf
fault 'several orgs and no default' 3 org 'several orgs \(acme, second\)' 'sfoauth use' doctor
echo >$conf
fault 'SALESFORCE_ variables that are wrong' 3 'own-config pam-config' 'SALESFORCE_' 'Correct the variable' \
    desk env SALESFORCE_INSTANCE_URL=http://x SALESFORCE_CLIENT_ID=y SALESFORCE_CLIENT_SECRET=Geheim-of-the-app /usr/local/bin/sfoauth doctor
write_conf
install -o ada -m 644 /dev/null "$W/home/ada/secret"
echo Geheim-in-a-file >"$W/home/ada/secret"
write_conf "org.client_secret_file=$W/home/ada/secret"
fault 'a secret that others can read' 3 secrets 'accessible to others' 'mode 0600' doctor
chmod 600 "$W/home/ada/secret"
green 'a secret as it should be' doctor
write_conf

# ---- Keyrings
fault 'no desktop keyring' 6 keyring 'no session bus' 'no desktop keyring' as_user kim sfoauth doctor
fault 'keyctl forbidden' 6 kernel 'refuses a key' 'allow keyctl' \
    as_user ada env XDG_RUNTIME_DIR="/run/user/$ada_uid" "$src/tests/e2e/forbid.py" 1 /usr/local/bin/sfoauth doctor
desk gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock "['/org/freedesktop/secrets/collection/login']" >/dev/null
fault 'a locked keyring' 6 keyring 'locked' 'Unlock it' doctor
signal_keyring STOP
fault 'a keyring that is stopped' 6 keyring 'does not respond' 'Try again later' doctor
signal_keyring CONT
# ---- Safe to paste
fake secrets >"$W.secrets"
echo Geheim >>"$W.secrets"
ok 'there were secrets to look for' test "$(wc -l <"$W.secrets")" -gt 1
is 'nothing that was printed is secret' "$(grep -aoFf "$W.secrets" "$W/transcript" | sort -u)" ''
done_testing
