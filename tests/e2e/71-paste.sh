#!/bin/bash
# The flow paste at a terminal: what is asked, what is pasted, what is not the address; any registered
# callback; auto, where device is refused. (Over ssh: 47-paste.sh.)
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/web.sh"

write_conf org.flow=paste
rm -f /etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
start_fake
start_desktop
forget()
{
	desk secret-tool clear application sfoauth
	forget_kernel
}
browser="/usr/bin/python3 -B '$src/tests/fake/approve.py' --ca '$W/ca/ca.pem' --address \"\$SF_URI\""
# paste OPTIONS-OF-SFOAUTH TEXT...: each TEXT is typed at one question; !COMMAND: what it prints.
paste()
{
	local -a on=()
	local options=$1 text
	shift
	for text; do on+=(--on "Address: |Adresse: =$text"); done
	# shellcheck disable=SC2086 # words
	drive --as ada --timeout 20 "${on[@]}" -- env PATH=/usr/local/bin:/usr/bin:/bin \
	    XDG_RUNTIME_DIR="/run/user/$ada_uid" ${ENVIRONMENT:-} sfoauth login $options
}

# ---- What it should be
paste --verbose "!$browser"
is 'the address pasted back: signed in' "$status" 0
like 'as whom' "$out" 'Signed in to acme as ada@acme\.example'
like 'what to copy is told' "$out" 'Copy the whole'
like 'and from where' "$out" '  http://localhost:1717/OauthRedirect'
ok 'this machine'\''s ssh keys are not named' test -n "$(sed -nE 's/.*[?&]state=([A-Za-z0-9_-]{43})(&.*)?$/\1/p' <<<"$out")"
unlike 'no code to enter, and no QR code' "$out" '2\. (Enter|Eingeben)|█'
is 'nothing listens here' "$(ss -Htln | grep -c ':1717 ')" 0
is 'a refresh token came' "$(stored | grep -c '^refresh_token=')" 1
forget

# ---- What it should not be
paste '' nonsense "!echo 'http://localhost:1717/OauthRedirect?code=x&state=other'" "!$browser"
is 'two wrong ones, then the right one' "$status" 0
is 'each time it is said' "$(grep -c 'That is not the address where this sign-in ends' <<<"$out")" 2
forget
before=$(fake counts by_kind.code)
paste '' 'aPrxabc' 'http://localhost:1717/OauthRedirect' "!$browser | sed 's/localhost:1717/localhost:1718/'"
is 'three wrong ones end it' "$status" 1
like 'in words' "$out" 'The pasted text is not the address'
is 'and nothing was sent' "$(fake counts by_kind.code)" "$before"
paste '' "!$browser | sed 's/code=/code=x\&code=/'" "!$browser | tr a-z A-Z" "!echo \"\$SF_URI\""
is 'two codes, another spelling, the address to open' "$status $(fake counts by_kind.code)" "1 $before"
fake reset
paste '' "!$browser --deny"
is 'a refusal that is pasted' "$status" 1
like 'is said as one' "$out" 'denied in the browser'
drive --as ada --timeout 5 -- env PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" \
    sh -c '(sleep 1; pkill -INT -u ada -x sfoauth) & sfoauth login; echo "status $?"'
like 'Ctrl-C at the question' "$out" 'status 130'
run desk sfoauth login
is 'without a terminal: nobody to ask' "$status" 1

paste '' "!echo 'https://acme.my.salesforce.com/setup/secur/RemoteAccessErrorPage.apexp?error=OAUTH_APP_ACCESS_DENIED&error_description=not+admin+approved'"
is 'Salesforce'\''s own error page' "$status" 3
like 'is said as what it means' "$out" 'This user may not use the app'
forget
paste '' "!$browser | sed 's,^http://,,'"
is 'an address without http://' "$status" 0
forget

# ---- Another callback: a page of Salesforce's own
write_conf org.flow=paste org.callback=https://acme.my.salesforce.com/services/oauth2/success
paste '' "!$browser"
is 'an https callback' "$status" 0
like 'is the one that is named' "$out" '  https://acme\.my\.salesforce\.com/services/oauth2/success'
forget

# ---- auto
write_conf org.client_id=3MVG9acme.NoDevice_App
paste --verbose "!$browser"
is 'auto: device is refused, so paste' "$status" 0
like 'why device first' "$out" 'flow device: there is no display\.'
like 'why paste then' "$out" 'flow paste: Salesforce does not allow the flow device for this app\.'
forget
ENVIRONMENT=LC_ALL=de_DE.UTF-8 paste --verbose nonsense "!$browser"
is 'in German: signed in' "$status" 0
like 'in German: why this flow' "$out" 'Flow paste: Salesforce erlaubt dieser App den Flow device nicht\.'
like 'in German: what to copy' "$out" 'Kopieren Sie die ganze Adresse aus der Adresszeile'
like 'in German: what it was not' "$out" 'nicht die Adresse, bei der diese Anmeldung endet'
like 'in German: as whom' "$out" 'Angemeldet bei acme als ada@acme\.example'
forget
ENVIRONMENT='DISPLAY=:99 SSH_CONNECTION=x' paste --verbose "!$browser"
like 'auto: a display that ssh brought along is no browser here' "$status $out" '^0 .*flow device: this is an ssh session\.'
forget
write_conf
for http in 404 405 410; do
	fake script kind=start status=$http shape=html error=gone times=1 >/dev/null
	paste --verbose "!$browser"
	is "auto: a page of $http in place of the device flow, so paste" "$status" 0
	like "why paste after a $http" "$out" 'flow paste: Salesforce does not allow the flow device for this app\.'
	forget
done
write_conf org.client_id=3MVG9nobody
run desk sfoauth login --verbose
is 'auto: an app that nobody knows is no reason to paste' "$status $(grep -c 'flow paste' <<<"$err")" '3 0'
write_conf org.client_id=3MVG9acme.NoDevice_App org.flow=device
run desk sfoauth login --verbose
is 'flow = device stays so' "$status $(grep -c 'flow paste' <<<"$err")" '3 0'
for port in 1717 1718 1719; do
	/usr/bin/python3 -c "import socket,time; s=socket.create_server(('127.0.0.1', $port)); time.sleep(60)" &
	wait_for 5 sh -c "ss -Htln | grep -q ':$port '"
done
write_conf
run desk_display sfoauth login --flow browser
is 'flow browser: no port is free' "$status" 5
like 'and what to do' "$err" 'Other programs use the ports .* --flow device'
begin desk_display sfoauth login --verbose
fake approve --wait 8 --user ada >/dev/null
finish
is 'auto: no port is free, so device' "$status" 0
like 'why' "$err" 'flow device: other programs use the ports of all callbacks\.'
done_testing
