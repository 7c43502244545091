#!/bin/bash
# Two apps of one org: neither gets, spends or erases what the other has stored. What an older version
# stored names no app: it is taken over once, where only one app can be meant.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

keys() { setpriv --reuid=ada --regid=ada --clear-groups keyctl "$@"; }
record() { desk secret-tool lookup application sfoauth user ada@acme.example "$@" 2>/dev/null; }
# A record as the version before wrote it, with an access token that is over.
old_record() { record | sed '/^app=/d; s/^expires_at=.*/expires_at=1/'; }
second_app()
{
	printf '[org second]\nlogin_url = https://acme.my.salesforce.com\nclient_id = 3MVG9acme.Preapproved_App\n' \
	    >>/etc/sfoauth/sfoauth.conf
}

write_conf
second_app
start_fake
start_desktop
fake set rotation=true >/dev/null

# ---- One signs in
sign_in_as ada desk sfoauth login -o acme
is 'signed in with the first app' "$status" 0
run desk sfoauth token -o second
is 'the second app has nothing' "$status $out" '4 '
forget_kernel
run desk sfoauth token -o second
is 'nor in the keyring' "$status $out" '4 '
run desk sfoauth logout -o second
run desk sfoauth token -o acme
is 'and its logout ends nothing of the first' "$status $(refreshes)" '0 0'
first=$out

# ---- Both are signed in
sign_in_as ada desk sfoauth login -o second
is 'signed in with the second app' "$status" 0
run desk sfoauth token -o acme
is 'the first app keeps its token' "$status $out" "0 $first"
run desk sfoauth token -o second
unlike 'the second has another' "$out" "$first"
is 'two items' "$(stored | grep -c '^attribute.app = ')" 2
is 'git, which asks for the host alone, gets the token of the default org' \
    "$(printf '%b\n' "$GIT_REQUEST" | desk git-credential-sfoauth get | sed -n 's/^password=//p')" "$first"
forget_kernel
old=$(record app 3MVG9acme.Preapproved_App | sed 's/^expires_at=.*/expires_at=1/')
put_item "$old"$'\n' ada@acme.example app 3MVG9acme.Preapproved_App
run desk sfoauth token -o second
is 'a refresh is that of its own app' "$status $(refreshes)" '0 1'
run desk sfoauth logout -o second
is 'the second signs out' "$status" 0
forget_kernel
run desk sfoauth token -o acme
is 'the first is still signed in' "$status $out" "0 $first"

# ---- The keyring of an older version: attributes and record without an app
before=$(old_record)
desk secret-tool clear application sfoauth
put_item "$before"$'\n'
forget_kernel
for org in acme second; do
	run desk sfoauth token -o $org
	is "two apps: whose the old item is nobody knows: $org" "$status $(refreshes)" '4 1'
done
is 'and it stays' "$(record)" "$before"
write_conf
run desk sfoauth token
is 'one app: the old item is refreshed' "$status $(refreshes)" '0 2'
is 'and taken over' "$(stored | grep -c '^label') $(stored | grep '^attribute.app = ')" \
    '1 attribute.app = 3MVG9acme.Local_App'
forget_kernel
run desk sfoauth token
is 'once' "$status $(refreshes)" '0 2'

# ---- A pending token of an older version
old=$(old_record)
desk secret-tool clear application sfoauth
forget_kernel
# shellcheck disable=SC2016 # for the shell of the session, which possesses what it makes
printf '%s\n' "$old" | keys session - sh -c 'key=$(keyctl padd user "$0" @s) &&
    keyctl setperm "$key" 0x3f0b0000 && keyctl link "$key" @u' \
    'sfoauth:parked:https://acme.my.salesforce.com:443#ada@acme.example' 2>/dev/null
run desk sfoauth token
is 'a pending token is taken over' "$status $(refreshes) $(keys show @u | grep -c parked)" '0 3 0'

# ---- The app as itself
echo 0123456789ABCDEF0123456789ABCDEF >"$W/home/ada/secret"
chown ada: "$W/home/ada/secret" && chmod 600 "$W/home/ada/secret"
desk secret-tool clear application sfoauth
forget_kernel
write_conf org.client_id=3MVG9acme.Host_App "org.client_secret_file=$W/home/ada/secret"
sign_in_as ada desk sfoauth login --flow device
is 'a person signs in with the app' "$status" 0
write_conf org.client_id=3MVG9acme.Host_App "org.client_secret_file=$W/home/ada/secret" org.flow=client_credentials
run desk sfoauth token --json
is 'the app as itself does not get the token of the person' "$status $(jq -r .username <<<"$out")" '0 bot@acme.example'
done_testing
