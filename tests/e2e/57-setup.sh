#!/bin/bash
# sfoauth setup: typed, scripted, by a colleague's line, again, for a host; what is wrong is said and
# nothing is written.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

start_fake
start_desktop
own=$W/home/ada/.config/sfoauth/sfoauth.conf
app=3MVG9acme.Local_App
# typed OPTION...: what ada types at a terminal; the sign-in is approved.
typed()
{
	run python3 "$src/tests/e2e/drive.py" --as ada --approve "$FAKE_APPROVE" "$@"
}
FAKE_APPROVE="/usr/bin/python3 -B $src/tests/fake/control.py $W/fake.sock approve --code \$SF_CODE --user ada"
session="env PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR=/run/user/$ada_uid"

# The labels of Setup as it shows them, in the order of its pages. Both languages have them in English.
labels=('External Client App Manager' 'External Client App Settings' 'New External Client App'
	'Basic Information' 'External Client App Name' 'API Name' 'Contact Email' 'Distribution State' 'Enable OAuth'
	'Callback URL' 'Available OAuth Scopes' 'Selected OAuth Scopes' 'Access unique user identifiers (openid)'
	'Access the identity URL service (id, profile, email, address, phone)' 'Manage user data via APIs (api)'
	'Perform requests at any time (refresh_token, offline_access)' 'Flow Enablement' '[x] Enable Device Flow' Security
	'[ ] Require secret for Web Server Flow' '[ ] Require secret for Refresh Token Flow'
	'[x] Require Proof Key for Code Exchange (PKCE)' '[x] Enable Refresh Token Rotation'
	'[ ] Issue JSON Web Token (JWT)-based access tokens for named users' '[ ] Enforce Refresh Token IP Allowlist'
	'[ ] Require DPoP (Demonstrating Proof-of-Possession)' Create. Policies 'OAuth Policies' 'Permitted Users'
	'All users can self-authorize' 'Admin approved users are pre-authorized' 'IP Relaxation' 'Refresh Token Policy'
	'Expire refresh token if not used for specific time' 'OAuth Settings' 'Consumer Key and Secret' 'API Access Control'
	'Migrate to External Client App')
# missing_labels: those that $out does not have.
missing_labels()
{
	local label
	for label in "${labels[@]}"; do grep -qF -- "$label" <<<"$out" || echo "$label"; done
}

# ---- Typed, from nothing
# shellcheck disable=SC2086 # words
typed --on 'My Domain[^:]*: =no domain' --on 'My Domain[^:]*: =' --on 'My Domain[^:]*: =acme' --on 'Consumer key of the[^:]*: =' \
    --on 'Consumer key of the[^:]*: =3MVG9acme.Local_App' -- $session sfoauth setup
is 'typed: it works' "$status" 0
is 'what is no address, or empty, is asked again' "$(grep -c '^That is not the address of an org' <<<"$out") $(grep -c '^Consumer key of the app' <<<"$out")" '2 2'
like 'that a sandbox will do is said before the org is asked for' "$(head -n 1 <<<"$out")" 'Begin with a sandbox'
like 'the callback to paste is shown, letter by letter' "$out" ' {9}http://localhost:1717/OauthRedirect'
like 'every switch has its reason' "$out" 'since 30 November 2026, only local apps have the device flow'
is 'every step is called as Setup calls it' "$(missing_labels)" ''
like 'the person is told as whom' "$out" 'It works: signed in as ada@acme\.example'
like 'and what is pinned' "$out" 'only sign-ins of organization 00D5f000000AbcdEAC are accepted'
is 'no line of the guide is longer than 80 columns' "$(tr -cd '\n -~' <<<"$out" | grep -v sfoauth-setup: | grep -E '.{81}')" ''
is 'the file is the person'\''s alone' "$(stat -c '%a %U' "$own")" '600 ada'
is 'and holds what was typed and learnt' "$(sort "$own" | tr '\n' ' ')" \
    "[org acme] client_id = $app login_url = https://acme.my.salesforce.com organization_id = 00D5f000000AbcdEAC "
guide=$out
run desk sfoauth token
is 'it is signed in already' "$status" 0

# ---- The same in German: Setup's search finds switches by their English names
rm "$own"
desk sfoauth logout --quiet
# shellcheck disable=SC2086 # words
typed --on 'My Domain[^:]*: =acme' --on 'Consumer Key der App[^:]*: =3MVG9acme.Local_App' -- $session LC_ALL=de_DE.UTF-8 sfoauth setup
is 'typed, in German: it works' "$status" 0
like 'every switch has its reason' "$out" 'seit 30\. November 2026 haben nur lokale Apps den Device Flow'
is 'and every step is called as Setup calls it' "$(missing_labels)" ''
like 'the person is told as whom' "$out" 'Es geht: angemeldet als ada@acme\.example'
is 'no line is longer than 80 columns' "$(tr -d '\r' <<<"$out" | grep -v sfoauth-setup: | LC_ALL=C.UTF-8 grep -E '^[^█▄▀]{81}')" ''
switches() { grep -E '^( {5}(\[.\]|[A-Z][a-zA-Z ]* {3})| {9}[^ ])' <<<"$1"; }
is 'and names the same switches' "$(switches "$out" | cut -c1-30 | grep -v Name)" "$(switches "$guide" | cut -c1-30 | grep -v Name)"
run desk env LC_ALL=de_DE.UTF-8 sfoauth setup --org new --yes
like 'what is missing, in German' "$err" 'bitte --login-url angeben'
run desk env LC_ALL=de_DE sfoauth setup --org new --yes
like 'and in English where the terminal has no umlauts' "$err" 'give --login-url'

# ---- The line for colleagues
run desk sfoauth setup --share
line=$out
is 'the line has no secret and needs no quotes' "$line" \
    "sfoauth-setup:acme,https://acme.my.salesforce.com,$app,00D5f000000AbcdEAC,http://localhost:1717/OauthRedirect"
desk sfoauth logout --quiet
rm "$own"
sign_in_as ada desk sfoauth setup "$line" --json
is 'a colleague needs nothing else' "$status $(jq -r '.status, .username, .org' <<<"$out" | xargs)" '0 ok ada@acme.example acme'
is 'JSON has the line again' "$(jq -r .share <<<"$out")" "$line"
unlike 'and sees no guide' "$err" 'External Client App Manager'
sed -i 's/00D5f000000AbcdEAC/00D5f000000aBcdEAE/' "$own"
desk sfoauth logout --quiet
sign_in_as ada desk sfoauth setup "${line/AbcdEAC/aBcdEAE}"
is 'a line with another organization pinned is refused' "$status" 1
like 'and says so' "$err" 'organization'

# ---- Again, and by flags
cat >"$own" <<END
# mine
[org acme]
login_url = https://acme.my.salesforce.com
client_id = 3MVG9old.App
scopes = openid id

[org other]
login_url = https://other.my.salesforce.com
client_id = x
END
sign_in_as ada desk sfoauth setup --org acme --client-id $app --yes
is 'again, by flags: it works' "$status" 0
is 'what is not asked about stays' "$(grep -cE '^(# mine|scopes = openid id|\[org other\]|client_id = x)$' "$own")" 4
is 'the key is replaced in its place' "$(sed -n 4p "$own")" "client_id = $app"
before=$(sha256sum <"$own")
run desk sfoauth setup --org acme --login-url 'acme corp' --yes
is 'what is no address is a matter of usage' "$status" 2
run desk sfoauth setup --org acme --client-id "$(printf 'a\001b')" --yes --no-try
is 'so is what is no consumer key' "$status" 2
run desk sfoauth setup --org new --yes
is 'and what is missing where nobody is asked' "$status" 2
like 'the flag is named' "$err" '--login-url'
run desk sfoauth setup acme,x
is 'and what is no line' "$status" 2
run desk sfoauth setup "sfoauth-setup:acme,https://evil.my.salesforce.com,$app," --yes --no-try
is 'a line that would move an org to another host is refused' "$status" 2
like 'and says where the org is' "$err" 'acme\.my\.salesforce\.com'
run desk sfoauth setup --org acme "sfoauth-setup:other2,https://evil.my.salesforce.com,$app," --yes --no-try
is 'also where the name is given besides' "$status" 2
# A line from a stranger: nothing is opened before the person has typed the name of its host.
cp "$own" "$W/own"
evil='sfoauth-setup:helpful,https://evil.example,3MVG9acme.Local_App,'
seen=$(fake log | wc -l)
run desk sfoauth setup "$evil" --yes
is 'a line that names a host of nobody knows whom is refused with --yes' "$status" 2
like 'and the host is named' "$err" 'the line names evil\.example, which is no address of Salesforce'
run desk sfoauth setup "$evil" </dev/null
is 'and where nobody can be asked' "$status" 2
typed --on 'names evil\.example,[^:]*: =yes' -- $session sfoauth setup "$evil"
is 'yes is not its name' "$status $(fake log | wc -l)" "2 $seen"
typed --on 'names evil\.example,[^:]*: =evil.example' -- $session sfoauth setup "$evil" --no-try
is 'who types its name goes on' "$status $(grep -c '^login_url = https://evil.example$' "$own")" '0 1'
cp "$W/own" "$own"
for url in https://google.com https://acme.my.salesforce.com.evil.example; do
	run desk sfoauth setup --org new --login-url $url --client-id $app --yes --no-try
	is "$url is no org" "$status" 2
done
run desk sfoauth setup --org acme --client-id ada@acme.example --yes --no-try
is 'a username is no consumer key' "$status" 2
like 'and that is said' "$err" 'not the consumer key'
typed --on 'My Domain[^:]*: =https://google.com' --on 'not the address of an org[^:]*: =http://other.my.salesforce.com/x' \
    --on 'Consumer key of the[^:]*: =ada@acme.example' --on 'without @[^:]*: =3MVG9acme.Local_App' -- \
    $session sfoauth setup --org second --no-try
is 'both are asked for again, and http is taken' "$status $(grep -c '^login_url = https://other.my.salesforce.com$' "$own")" '0 2'
cp "$W/own" "$own"
run desk sfoauth setup --org acme --client-id "$(printf 'x\nproxy = http://127.0.0.1:1')" --yes --no-try
is 'a value brings no key of its own along' "$status" 2
fake next start unknown_client >/dev/null
run desk sfoauth setup --org acme --client-id $app --yes --no-wait
is 'an app that Salesforce does not know' "$status" 3
like 'is told with the time it takes' "$err" 'up to 30 minutes'
is 'none of that changed the file' "$(sha256sum <"$own")" "$before"
sign_in_as_later() { (sleep 9; fake approve --wait 20 --user ada >/dev/null) & run "$@"; wait $!; }
fake next start unknown_client >/dev/null
sign_in_as_later desk sfoauth setup --org acme --client-id $app --yes
is 'a new app is waited for' "$status" 0
like 'with words' "$err" 'does not know this app yet'
run desk sfoauth setup --org third --login-url third --client-id $app --yes --no-try
is 'without a sign-in' "$status" 0
is 'a third org is a section of its own' "$(tail -n 4 "$own" | head -n 2 | xargs)" '[org third]'
run desk sfoauth setup --host --yes
is '--host is for root' "$status" 2

# ---- A second org, and answers that are not lost
printf '[org acme]\nlogin_url = https://acme.my.salesforce.com\nclient_id = %s\n' $app >"$own"
run desk sfoauth setup --org second --login-url second --client-id $app --yes --no-try
is 'a second org: it is told which one stays the default' "$status $(grep -c '^acme stays the default org' <<<"$err")" '0 1'
is 'and it does' "$(desk sfoauth status --json | jq -r '[.orgs[] | select(.default == true) | .org] | join(" ")') $(grep -c '^default = yes$' "$own")" 'acme 1'
run desk sfoauth setup --org third --login-url third --client-id $app --yes --no-try
is 'a third one changes nothing about that' "$status $(grep -c '^default = yes$' "$own")" '0 1'
fake next start unknown_client >/dev/null
run desk sfoauth setup --org fourth --login-url acme --client-id $app --yes --no-wait
is 'a sign-in that fails' "$status" 3
like 'the answers are shown as a line to use again' "$err" 'sfoauth setup sfoauth-setup:fourth,https://acme\.my\.salesforce\.com,3MVG9'

# ---- A secret
printf '[org acme]\nlogin_url = https://acme.my.salesforce.com\nclient_id = 3MVG9acme.Secret_App\n' >"$own"
desk sfoauth logout --all --quiet
# shellcheck disable=SC2086 # words
typed --on 'Consumer secret[^:]*: =0123456789ABCDEF0123456789ABCDEF' -- $session \
    sfoauth setup --login-url acme --client-id 3MVG9acme.Secret_App --client-secret
is 'an app with a secret' "$status" 0
unlike 'the secret is not shown' "$out" '0123456789ABCDEF'
is 'the file only says where it is' "$(grep -c '^client_secret = keyring$' "$own")" 1

# ---- A host
rm -rf /etc/sfoauth
stacks=$(cat /etc/pam.d/* | sha256sum)
run /usr/local/bin/sfoauth setup --host --login-url acme --client-id $app --username-template '{user}@acme.example' --yes --no-try
is 'a host, without a sign-in' "$status" 0
rm -rf /etc/sfoauth
(umask 077 && rm -rf /etc/sfoauth && /usr/local/bin/sfoauth setup --host --login-url acme --client-id $app \
    --username-template '{user}@acme.example' --yes --no-try --quiet)
is 'a strict umask does not hide the file from people' "$(stat -c %a /etc/sfoauth /etc/sfoauth/sfoauth.conf | xargs)" '755 644'
rm -rf /etc/sfoauth
live() { fake -j tokens | jq '[.[] | select(.live)] | length'; }
before=$(live)
sign_in_as ada /usr/local/bin/sfoauth setup --host --login-url acme --client-id $app --username-template '{user}@acme.example' --yes
is 'a host' "$status" 0
is 'the file is root'\''s and everybody may read it' "$(stat -c '%a %U' /etc/sfoauth/sfoauth.conf)" '644 root'
like 'a key comes first, unless somebody says otherwise' "$(cat /etc/sfoauth/sfoauth.conf)" 'ssh_first_factor = publickey'
is 'the token of the trial is given back' "$(live)" "$before"
is 'stack and drop-in are those of README' "$(grep -cFxf <(grep -E 'pam_sfoauth.so$|^UsePAM|^Kbd|^LoginGrace|AuthenticationMethods' "$src/README.md") <<<"$err")" 7
unlike 'no line for colleagues: the app need not have their scopes' "$err" 'sfoauth-setup:'
like 'what is left to do comes last' "$(tail -n 2 <<<"$err")" 'sudo sfoauth doctor checks all of this'
is 'no stack was touched' "$(cat /etc/pam.d/* | sha256sum)" "$stacks"
start_sshd
ssh_login ada id -un
is 'ssh asks for the key first' "$status" 255
sed -i 's/^ssh_first_factor.*/ssh_first_factor = none/' /etc/sfoauth/sfoauth.conf
ssh_login ada id -un
like 'and the login works with the file as written' "$out" 'ada'
run /usr/local/bin/sfoauth setup --host --org acme --user-map /etc/sfoauth/users --first-factor none --yes --no-try
like 'a file of users that is not there is to be written' "$err" '/etc/sfoauth/users does not exist yet'
is 'another mapping takes the place of the first' "$(grep -cE '^(user_map = /etc/sfoauth/users|username_template)' /etc/sfoauth/sfoauth.conf)" 1
run /usr/local/bin/sfoauth setup --host --org acme --flow browser --yes
is 'root opens no browser' "$status" 2
like 'and is told what works' "$err" '--host takes --flow device or paste'

# ---- A host whose app has no device flow
browser="/usr/bin/python3 -B '$src/tests/fake/approve.py' --ca '$W/ca/ca.pem' --address \"\$SF_URI\""
# host_setup OPTION...: typed by root; what the browser ended at is pasted.
host_setup()
{
	rm -rf /etc/sfoauth/sfoauth.conf
	drive --timeout 30 --on "Address: =!$browser" -- /usr/local/bin/sfoauth setup --host --login-url acme --client-id $app \
	    --username-template '{user}@acme.example' --yes "$@"
}
before=$(live)
host_setup --flow paste
is 'a host, with --flow paste' "$status" 0
like 'the organization is pinned' "$(cat /etc/sfoauth/sfoauth.conf)" 'organization_id = 00D5f000000AbcdEAC'
like 'logins take the same flow' "$(cat /etc/sfoauth/sfoauth.conf)" '(^|
)flows = paste'
is 'the token of the trial is given back' "$(live)" "$before"
fake set client=$app device=false >/dev/null
host_setup
is 'where the device flow is refused, paste is tried' "$status" 0
like 'and logins take both in turn' "$(cat /etc/sfoauth/sfoauth.conf)" 'flows = device paste'
rm -f /etc/sfoauth/sfoauth.conf
run /usr/local/bin/sfoauth setup --host --login-url acme --client-id $app --username-template '{user}@acme.example' --yes
is 'nobody to paste: what Salesforce says about the device flow' "$status $([ -e /etc/sfoauth/sfoauth.conf ] && echo written)" '3 '
like 'in words' "$err" 'with a code'
fake set client=$app device=true >/dev/null

# ---- A private CA, and a proxy: Salesforce's names lead nowhere, and only the proxy knows the way
/usr/bin/python3 -B "$src/tests/fake/proxy.py" 3128 "$W/proxied" 2>"$W/proxy.log" &
wait_for 10 bash -c ': </dev/tcp/127.0.0.1/3128' || bail 'the proxy does not start'
cp /etc/hosts "$W/hosts" && printf '127.0.0.1 localhost sfhost\n' >/etc/hosts
cp "$W/ca/other-root.pem" /etc/sfoauth/ca.pem && chmod 644 /etc/sfoauth/ca.pem
fake set cert=other-ca >/dev/null
sign_in_as ada /usr/local/bin/sfoauth setup --host --login-url acme --client-id $app --username-template '{user}@acme.example' --yes \
    --proxy http://127.0.0.1:3128 --ca-file /etc/sfoauth/ca.pem
is 'a host behind a proxy, with a private CA' "$status $(grep -cE '^(proxy = http://127.0.0.1:3128|ca_file = /etc/sfoauth/ca.pem)$' /etc/sfoauth/sfoauth.conf)" '0 2'
is 'the proxy was used' "$(sort -u "$W/proxied")" 'CONNECT acme.my.salesforce.com:443'
rm -f "$own"
sign_in_as ada desk sfoauth setup --login-url acme --client-id $app --yes --org behind --proxy http://127.0.0.1:3128 --ca-file /etc/sfoauth/ca.pem
is 'a person there' "$status $(grep -cE '^(proxy|ca_file) = ' "$own")" '0 2'
run /usr/local/bin/sfoauth setup --host --login-url acme --client-id $app --yes --no-try --proxy nonsense
is 'what is no proxy is a matter of usage' "$status" 2
cp "$W/hosts" /etc/hosts
fake set cert=null >/dev/null
run /usr/local/bin/sfoauth setup --host --org acme --client-secret --yes
is 'a host keeps no secret in a keyring' "$status $(grep -c 'External Client App' <<<"$err")" '2 0'
run /usr/local/bin/sfoauth setup --yes
is 'root without --host is told' "$status" 2
done_testing
