#!/bin/bash
# The flow password and apps that prove themselves, by the command: typed, piped, remembered; wrong,
# switched off, MFA; secrets from file, keyring and environment; what a token's life is learnt from.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

secret_app=3MVG9acme.Secret_App
secret=0123456789ABCDEF0123456789ABCDEF
use_flow() { write_conf org.flow=password "$@"; }
use_flow
start_fake
start_desktop
passwords() { fake counts by_kind.password; }
# login [OPTION]...: the password comes on standard input.
login()
{
	desk sfoauth login --username ada@acme.example --password-stdin "$@" >"$W/out" 2>"$W/err" <"$W/word"
	status=$? out=$(cat "$W/out") err=$(cat "$W/err")
	cat "$W/out" "$W/err" >>"$W/transcript"
}
word() { printf %b "$1" >"$W/word"; }
clean()
{
	desk secret-tool clear application sfoauth
	forget_kernel
}

# ---- Typed
run python3 "$src/tests/e2e/drive.py" --as ada --on 'password of [^:]*: =pass-ada' --on 'Security token[^:]*: =' \
    -- env PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" sfoauth login --username ada@acme.example
is 'typed at the terminal: signed in' "$status" 0
like 'the person is told as whom' "$out" 'Signed in to acme as ada@acme\.example'
unlike 'the terminal showed no password' "$out" 'pass-ada'
is 'no refresh token comes' "$(desk secret-tool lookup application sfoauth | grep -c '^refresh_token')" 0
is 'the token works' "$(desk sfoauth api /services/data/ >/dev/null; echo $?)" 0
clean
fake set user=ada security_token=TOK3N >/dev/null
fake set trusted_ip=false >/dev/null
run python3 "$src/tests/e2e/drive.py" --as ada --on 'password of [^:]*: =pass-ada' --on 'Security token[^:]*: =TOK3N' \
    -- env PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" sfoauth login --username ada@acme.example
is 'with the security token typed after it' "$status" 0
clean
run python3 "$src/tests/e2e/drive.py" --as ada --on 'Benutzername: =ada@acme.example' --on 'Passwort von [^:]*: =pass-ada' \
    --on 'Sicherheitstoken[^:]*: =TOK3N' -- env PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=de_DE.UTF-8 \
    XDG_RUNTIME_DIR="/run/user/$ada_uid" sfoauth login
like 'asked in German where the terminal shows it' "$status $out" '^0 .*Angemeldet bei acme als ada@acme\.example'
clean
run python3 "$src/tests/e2e/drive.py" --as ada --on 'Salesforce username: = ' -- env PATH=/usr/local/bin:/usr/bin:/bin \
    LC_ALL=de_DE XDG_RUNTIME_DIR="/run/user/$ada_uid" sfoauth login
like 'in English where it does not' "$status $out" '^2 .*this is not a Salesforce username'
# shellcheck disable=SC2016 # for the shell on the terminal
run python3 "$src/tests/e2e/drive.py" --as ada -- env PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" sh -c \
    '(sleep 0.7; pkill -INT -u ada -x sfoauth) & sfoauth login --username ada@acme.example; echo "status $?"; stty -a'
like 'interrupted while it is typed: 130' "$out" 'status 130'
like 'and the terminal shows again what is typed' "$out" '[^-]echo '
is 'no request went out for that' "$(passwords)" 3

# ---- Piped
word 'pass-ada\nTOK3N\n'
login
is 'piped, the token on a line of its own' "$status" 0
clean
word 'pass-adaTOK3N'
login --json
is 'piped, the token behind it, no line end' "$status" 0
is 'the scope is not told, so it is not known' "$(jq -r .scope <<<"$out")" ''
clean
word ''
login
is 'nothing on standard input is a matter of usage' "$status" 2
fake set trusted_ip=true >/dev/null

# ---- Refused
before=$(passwords)
word 'wrong'
login --json
is 'a wrong password is refused' "$status $(jq -r .row <<<"$out")" '1 password_refused'
wrong=$out
is 'and not tried again' $(($(passwords) - before)) 1
word 'pass-ada'
fake set password_flow=false >/dev/null
login --json
is 'the flow is off: Salesforce says the same, and so do we' "$status $out" "1 $wrong"
fake set password_flow=true >/dev/null
fake set user=ada mfa_only=true >/dev/null
login --json
is 'a user who must use MFA: the same' "$status $(jq -r .row <<<"$out")" '1 password_refused'
fake set user=ada mfa_only=false >/dev/null
fake next password maintenance >/dev/null 2>&1 || fake script kind=password preset=html503 >/dev/null
login
is 'maintenance is later, not wrong' "$status" 5
fake unscript >/dev/null
run desk sfoauth login --username 'ada acme'
is 'what is no username is refused' "$status" 2
is 'nothing of that is stored' "$(stored | grep -c '^secret')" 0

# ---- Remembered
word 'pass-ada'
login --remember
is 'remembered: signed in' "$status" 0
like 'the password is an item of its own' "$(stored)" 'label = Salesforce password of ada@acme.example'
expire_all()
{
	forget_kernel
	put_item "$(desk secret-tool lookup application sfoauth origin https://acme.my.salesforce.com:443 |
	    sed 's/^expires_at=.*/expires_at=1/')"$'\n'
}
expire_all
run desk sfoauth token
is 'when the token is over nobody is asked' "$status" 0
fake set user=ada password=other >/dev/null
expire_all
before=$(passwords)
run desk sfoauth token
is 'a remembered password that is wrong is refused' "$status" 1
run desk sfoauth token
is 'and forgotten: the next one asks for a sign-in' "$status" 4
is 'and it was sent once' $(($(passwords) - before)) 1
fake set user=ada password=pass-ada >/dev/null
clean

# ---- Apps that prove themselves
printf '%s\n' $secret >"$W/home/ada/secret"
chown ada: "$W/home/ada/secret" && chmod 600 "$W/home/ada/secret"
for auth in auto body basic; do
	use_flow org.client_id=$secret_app org.client_secret_file="$W/home/ada/secret" org.client_auth=$auth
	fake set access_life=1234 >/dev/null
	login --json
	is "client_auth = $auth: signed in" "$status" 0
	is "client_auth = $auth: the token's life is learnt" \
	    $((($(jq .expires_at <<<"$out") - $(date +%s) + 60) / 120)) 10
	clean
done
like 'Basic is in the header, and not in the body' "$(fake log kind=password | tail -1)" 'Basic'
unlike 'no client_secret beside it' "$(fake log kind=password | tail -1)" 'client_secret='
fake set signature=wrong >/dev/null
live() { fake -j tokens | jq '[.[] | select(.live)] | length'; }
before=$(live)
login
is 'a signature that does not fit is refused' "$status" 5
is 'and its token given back' "$(live)" "$before"
fake set signature=good >/dev/null
chmod 644 "$W/home/ada/secret"
login
is 'a secret that others may read is refused' "$status" 3
like 'and the file is named' "$err" "$W/home/ada/secret"
use_flow org.client_id=$secret_app
login --json
is 'without its secret the app is refused' "$status $(jq -r .row <<<"$out")" '3 app_credentials'
use_flow org.client_id=$secret_app org.client_secret=keyring
login
is 'a keyring without the secret is told' "$status" 3
printf %s $secret | desk secret-tool store --label=test application sfoauth \
    origin client-secret:https://acme.my.salesforce.com:443 user $secret_app
login
is 'the secret comes out of the keyring' "$status" 0
clean
rm /etc/sfoauth/sfoauth.conf
word 'pass-ada'
desk env SALESFORCE_CLIENT_ID=$secret_app SALESFORCE_CLIENT_SECRET=$secret \
    SALESFORCE_INSTANCE_URL=https://acme.my.salesforce.com \
    sfoauth login --flow password --username ada@acme.example --password-stdin <"$W/word" >>"$W/transcript" 2>&1
is 'or out of the environment' "$?" 0

# ---- Refresh of an app with a secret
clean
write_conf org.client_id=$secret_app org.client_secret_file="$W/home/ada/secret"
chmod 600 "$W/home/ada/secret"
fake set rotation=true >/dev/null
sign_in_as ada desk sfoauth login
is 'the device flow of an app with a secret' "$status" 0
put_item "$(desk secret-tool lookup application sfoauth | sed 's/^expires_at=.*/expires_at=1/')"$'\n'
forget_kernel
run desk sfoauth token
is 'and its refresh' "$status" 0
is 'a refreshed token has its life from Salesforce, too' \
    $((($(desk secret-tool lookup application sfoauth | sed -n 's/^expires_at=//p') - $(date +%s) + 60) / 120)) 10

printf '%s\n' pass-ada TOK3N $secret >"$W/words"
is 'no password or secret was said' "$(grep -cFf "$W/words" "$W/transcript")" 0
sync_syslog
is 'nor logged' "$(grep -cFf "$W/words" "$W/syslog")" 0
done_testing
