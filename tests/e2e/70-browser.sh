#!/bin/bash
# The flow browser, whole: xdg-open, the fake's pages, the callback, the last page; both kinds of apps;
# ports that others have; auto; what goes wrong on the way.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/web.sh"

write_conf
start_fake
start_desktop
forget()
{
	desk secret-tool clear application sfoauth
	forget_kernel
}
note_secrets() { fake secrets >>"$W/secrets"; }
# sign_in_there COMMAND...: ada allows it in the browser; the last page is left in $page.
sign_in_there()
{
	begin "$@"
	address=$(opened)
	page=$(visit "$(decide "$(grep -o 'https://.*' <<<"$address")")")
	finish
}

# ---- Into the org
sign_in_there desk_display sfoauth login --verbose
is 'login: signed in' "$status" 0
like 'as whom' "$err" 'Signed in to acme as ada@acme\.example'
like '--verbose: why the browser' "$err" 'flow browser: there is a display, and this is no ssh session\.'
like 'the address is printed as well' "$err" "https://acme\.my\.salesforce\.com/services/oauth2/authorize\?response_type=code&"
is 'and it is the one that was opened' "$(grep -cxF "$address" "$W/err")" 1
like 'PKCE S256, a state, the first callback' "$address" \
    'redirect_uri=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect&.*&state=[A-Za-z0-9_-]{43}&code_challenge=[A-Za-z0-9_-]{43}&code_challenge_method=S256$'
is "the browser's environment is the person's" "$(grep -cx -e 'GREETING=hello' -e 'DISPLAY=:99' "$W/web/environment")" 2
like 'the last page' "$page" '^HTTP/1\.1 200 OK'
like 'says that one can go back' "$page" '<p>You can close this window and go back to the terminal\.</p>'
unlike 'and loads nothing' "$page" '(src|href)="?[^d"]|https?:'
is 'the token works' "$(desk sfoauth api /services/data/ >/dev/null; echo $?)" 0
is 'it has a refresh token' "$(stored | grep -c '^refresh_token=')" 1
is 'and no browser is left to reap' "$(pgrep -u ada -c -x browser)" 0
note_secrets
kill "$(cat "$W/fake.pid")" && wait_for 5 sh -c "! ss -Htln | grep -q ':443 '"
start_fake
forget

# ---- Apps that require a secret, with PKCE all the same
secret=0123456789ABCDEF0123456789ABCDEF
install -o ada -m 600 /dev/null "$W/home/ada/secret" && echo $secret >"$W/home/ada/secret"
write_conf org.client_id=3MVG9acme.Secret_App "org.client_secret_file=$W/home/ada/secret"
sign_in_there desk_display sfoauth login
is 'an app with a secret' "$status" 0
is 'the secret went in the body of the exchange' "$(fake log kind=code | grep -c 'client_secret=')" 1
forget
write_conf org.client_id=3MVG9acme.Secret_App
sign_in_there desk_display sfoauth login
is 'without its secret: configuration' "$status" 3
like 'the page says that it did not work' "$page" '<h1>The sign-in did not work</h1>'
write_conf

# ---- Words of the authorize request
begin desk_display sfoauth login --prompt 'login consent' --username ada@acme.example
address=$(opened)
like '--prompt and the hint' "$address" '&prompt=login%20consent&login_hint=ada%40acme\.example$'
wait_for 10 sh -c 'pkill -INT -u ada -x sfoauth; sleep 0.2; ! pgrep -u ada -x sfoauth'
finish
is 'Ctrl-C while the browser is open' "$status" 130
wait_for 5 sh -c "! ss -Htln | grep -q ':1717 '"
is 'and the port is free again' $? 0
run desk sfoauth login --prompt now
is '--prompt knows its words' "$status" 2

# ---- BROWSER
in_browser() { desk_display env BROWSER="$1" sfoauth login; }
for choice in "$W/web/browser" "no-such-browser:$W/web/browser -P work %s" "$W/web/browser --url=%s&x=1" 'no-such-browser'; do
	sign_in_there in_browser "$choice"
	is "BROWSER=$choice: signed in" "$status" 0
	case $choice in
	*work*) is 'its arguments are kept' "$(head -n 2 "$W/web/opened" | paste -sd ' ')" '-P work' ;;
	*url*) like 'the address is where %s was' "$address" '^--url=https://acme\.my\.salesforce\.com/.*&x=1$' ;;
	esac
done
begin in_browser "/bin/sh -c $W/web/browser"
is 'no shell of ours reads it' "$(opened | grep -c salesforce)" 0
visit "$(decide "$(grep -om1 'https://[^ ]*authorize?[^ ]*' "$W/err")")" >/dev/null
finish
is 'and the printed address signs in' "$status" 0
forget

# ---- Ports
for port in 1717 1718; do
	/usr/bin/python3 -c "import socket,time; s=socket.create_server(('127.0.0.1', $port)); time.sleep(60)" &
	taken[$port]=$!
	wait_for 5 sh -c "ss -Htln | grep -q ':$port '"
done
write_conf 'org.callback=http://localhost:1717/OauthRedirect' 'org.flow=browser'
run desk_display sfoauth login
is 'a port that another program has, and no other callback' "$status $(fake counts by_kind.code)" '5 7'
echo 'callback = http://localhost:1718/OauthRedirect' >"$W/more"
echo 'callback = http://localhost:1719/OauthRedirect' >>"$W/more"
sed -i "/^callback/r $W/more" /etc/sfoauth/sfoauth.conf
sign_in_there desk_display sfoauth login
is 'the next that is free' "$status" 0
like 'is the callback of this sign-in' "$address" 'redirect_uri=http%3A%2F%2Flocalhost%3A1719%2F'
like 'and that is said' "$err" $'Another program uses the port of http://localhost:1718/OauthRedirect,\nso this sign-in uses http://localhost:1719/OauthRedirect\\.'
kill "${taken[@]}"
forget
/usr/bin/python3 -c "import socket,time; s=socket.create_server(('::1', 1717), family=socket.AF_INET6); time.sleep(60)" &
other=$!
wait_for 5 sh -c "ss -Htln6 | grep -q ':1717 '"
sign_in_there desk_display sfoauth login
like 'a port that somebody has on one family alone is left to them' "$status $address" '^0 .*localhost%3A1718'
kill $other
forget

# ---- In German: where the locale is German and the terminal shows UTF-8
write_conf
in_locale() { desk_display env LC_ALL="$1" sfoauth login; }
begin in_locale de_DE.UTF-8
address=$(opened)
like 'who is turned away' "$(visit http://localhost:1717/elsewhere)" \
    '404 Not Found.*<html lang="de">.*<h1>Gehört nicht zu dieser Anmeldung</h1>'
page=$(visit "$(decide "$address")")
finish
is 'in a German locale' "$status" 0
like 'the last page' "$page" \
    '<html lang="de">.*<h1>Mit Salesforce angemeldet</h1>.*Sie können dieses Fenster schließen'
like 'and the terminal' "$err" 'Ihr Browser sollte sie jetzt öffnen.*Angemeldet bei acme als ada@acme\.example\.'
sign_in_there in_locale de_DE
like 'without UTF-8 it is in English' "$page" '<html lang="en">.*<h1>Signed in with Salesforce</h1>'
like 'and so is the terminal' "$err" 'Your browser should open it now.*Signed in to acme as ada@acme\.example\.'
forget

# ---- Refused on the way
write_conf
note_secrets
fake reset
begin desk_display sfoauth login
page=$(visit "$(decide "$(opened)" --deny)")
finish
is 'Deny: refused' "$status" 1
like 'in the words for it' "$err" 'The sign-in was denied in the browser'
like 'and on the page' "$page" '<h1>The sign-in did not work</h1>'
begin in_locale de_DE.UTF-8
page=$(visit "$(decide "$(opened)" --deny)")
finish
like 'in German as well' "$page" \
    '<h1>Die Anmeldung hat nicht geklappt</h1>.*Salesforce hat diese Anmeldung nicht angenommen\.'
begin desk_display sfoauth login
address=$(opened)
state=${address##*&state=}
visit "http://localhost:1717/OauthRedirect?error=access-denied&state=${state%%&*}" >/dev/null
finish
is 'the other spelling' "$status" 1
fake script kind=code status=400 'json={"error":"invalid_grant","error_description":"<b>\u001b[31m"}' >/dev/null
sign_in_there desk_display sfoauth login
unlike 'what the server says is on no page' "$page" '<b>|31m'
is 'nothing was kept' "$(stored | grep -c '^label')" 0
note_secrets
sync_syslog
is 'codes and tokens were made' "$(($(wc -l <"$W/secrets") > 20))" 1
is 'none is in the log' "$(grep -cFf "$W/secrets" "$W/syslog")" 0
done_testing
