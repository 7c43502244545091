#!/bin/bash
# Every error that Salesforce is known for, through sfoauth: the words, the switch in Setup, the exit
# status, whether to try again, and what stays stored, as golden/*.txt have them, written by hand.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
sign_in_as ada desk sfoauth login
is 'signed in' "$status" 0
desk secret-tool lookup application sfoauth user ada@acme.example >"$W/record"
fake set auto_approve=ada auto_after=0 >/dev/null
# zoe's apps sign in by themselves.
openssl genrsa -out "$W/home/zoe/key.pem" 2048 2>/dev/null
echo 0123456789ABCDEF0123456789ABCDEF >"$W/home/zoe/secret"
chown zoe: "$W/home/zoe/key.pem" "$W/home/zoe/secret" && chmod 600 "$W/home/zoe/key.pem" "$W/home/zoe/secret"
cat >>/etc/sfoauth/sfoauth.conf <<EOF
[org client]
login_url = https://acme.my.salesforce.com
client_id = 3MVG9acme.Secret_App
client_secret_file = $W/home/zoe/secret
organization_id = 00D5f000000Abcd
flow = client_credentials
[org jwt]
login_url = https://acme.my.salesforce.com
client_id = 3MVG9acme.Local_App
private_key_file = $W/home/zoe/key.pem
username = ada@acme.example
organization_id = 00D5f000000Abcd
flow = jwt
EOF
mkdir "$W/got"
/usr/bin/python3 -B "$src/tests/e2e/golden.py" "$W/fake.sock" "$W/home" "$W/record" "$W/got" \
    "$src"/tests/e2e/golden/*.txt 2>"$W/golden.err"
is 'the driver has nothing to complain of' "$(cat "$W/golden.err")" ''

# block FILE TITLE: one case
block() { awk -v title="== $2" '/^== / { on = $0 == title } on' "$1"; }
for golden in "$src"/tests/e2e/golden/*.txt; do
	name=$(basename "$golden")
	while read -r title; do
		is "${name%.txt}: $title" "$(block "$W/got/$name" "$title")" "$(block "$golden" "$title")"
	done < <(sed -n 's/^== //p' "$golden")
done
is 'no script is left over: every request that was meant was made' \
    "$(fake -j scripts | jq '[.[] | select(.times > 0 and .used < .times)] | length')" 0

# Which flow it is was left open, and nobody is there to paste: the refusal is told, not that.
forget_kernel
desk secret-tool clear application sfoauth
fake script kind=start preset=device_off >/dev/null
run desk sfoauth login --json
is 'flow auto without a terminal: why a code is not to be had' "$status $(jq -r .row <<<"$out")" '3 device_flow_off'

# What a person can meet, but for what only a site or ten minutes of silence bring.
declare -A met=([pending]=1 [slow_down]=1 [already_dead]=1 [not_revocable]=1 [introspection_off]=1
	[site_login_page]=1 [site_password_refused]=1 [no_callback]=1)
for row in $(sed -n 's/^\([a-z_]*\): exit .*/\1/p' "$src"/tests/e2e/golden/*.txt); do met[$row]=1; done
missing=''
for row in $(sed -n 's/^SF_ADVICE(\([a-z_]*\),.*/\1/p' "$src/credhelper/cli/ui/advice.def"); do
	[ "${met[$row]:-}" ] || missing+=" $row"
done
is 'every row is in a golden file' "$missing" ''

fake secrets >"$W/secrets"
sync_syslog
grep -hv '^-- ' "$W"/got/*.txt "$W/syslog" >"$W/said"
is 'no secret is in what was said' "$(grep -acFf "$W/secrets" "$W/said")" 0
done_testing
