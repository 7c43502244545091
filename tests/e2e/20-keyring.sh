#!/bin/bash
# The desktop keyring: where tokens go once there is one, what is left alone, and what is said when
# it is locked or absent. Real gnome-keyring, real bus, real ssh session.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd
uid=$(id -u ada)

# desktop COMMAND...: as ada, with her bus.
desktop()
{
	as_user ada XDG_RUNTIME_DIR="/run/user/$uid" "$@"
}
stored() { desktop secret-tool search --all application sfoauth 2>&1; }
request='protocol=https\nhost=acme.my.salesforce.com\n\n'
as_user ada git config --global credential.https://acme.my.salesforce.com.helper /usr/local/bin/git-credential-sfoauth

printf "$request" >"$W/home/ada/request"

# ---- No keyring
as_user ada sfoauth token >"$W/out" 2>"$W/err"
is 'without keyring and token: exit status' "$?" 6
like 'without keyring and token: one sentence' "$(cat "$W/err")" 'keyring'
is 'without keyring and token: nothing on stdout' "$(cat "$W/out")" ''
as_user ada sh -c 'GIT_TERMINAL_PROMPT=0 git credential fill <request' >"$W/out" 2>"$W/err"
like 'git without a terminal: a sentence that helps' "$(cat "$W/err")" 'sfoauth login|keyring'
unlike 'git without a terminal: no password is made up' "$(cat "$W/out")" 'password='

# ---- A keyring, unlocked
install -d -o ada -m 700 "/run/user/$uid"
setpriv --reuid=ada --regid=ada --init-groups env -i PATH=/usr/bin:/bin HOME="$W/home/ada" \
    XDG_RUNTIME_DIR="/run/user/$uid" dbus-daemon --session --address="unix:path=/run/user/$uid/bus" \
    --nofork --nopidfile >"$W/bus.log" 2>&1 &
wait_for 5 test -S "/run/user/$uid/bus" || bail 'no bus'
printf pw | desktop gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
wait_for 5 desktop gdbus wait --session --timeout 1 org.freedesktop.secrets
desktop sfoauth token >"$W/out" 2>"$W/err"
is 'nothing stored: exit status' "$?" 4
like 'nothing stored: the sentence names the command' "$(cat "$W/err")" 'sfoauth login'

ssh_login ada "export XDG_RUNTIME_DIR=/run/user/$uid; sfoauth status >status; git credential fill <request >fill"
is 'the login succeeds' "$status" 0
is 'neither status nor git credential fill alone touches the keyring' "$(stored | grep -c label)" 0

# One session for both ways: the first call of sfoauth, and git's store.
ssh_login ada "export XDG_RUNTIME_DIR=/run/user/$uid; sfoauth token >token; git credential fill <request >fill"
is 'the session has the token' "$(cat "$W/home/ada/token")" "$(sed -n 's/^password=//p' "$W/home/ada/fill")"
like 'the first sfoauth call puts it into the keyring, with a label in words' "$(stored)" \
    'label = Salesforce sign-in of ada@acme\.example at acme\.my\.salesforce\.com \(sfoauth\)'
like 'its attributes: the origin' "$(stored)" 'attribute\.origin = https://acme\.my\.salesforce\.com:443'
like 'its attributes: the user' "$(stored)" 'attribute\.user = ada@acme\.example'
like 'its secret is the stored form' "$(stored)" "access_token=$(sed 's/!/!/' "$W/home/ada/token" | cut -c1-15)"
desktop secret-tool clear application sfoauth
keyctl_clear() { setpriv --reuid=ada --regid=ada --clear-groups keyctl clear @u; }

ssh_login ada "export XDG_RUNTIME_DIR=/run/user/$uid; git credential fill <request >fill; git credential approve <fill"
like "git's store puts it there too" "$(stored)" 'label = Salesforce sign-in of ada@acme\.example'
desktop secret-tool clear application sfoauth
keyctl_clear

# ---- A refresh token that was there before
drive --as ada --approve "/usr/bin/python3 '$src/tests/fake/control.py' '$W/fake.sock' approve --code \"\$SF_CODE\" --user ada" \
    -- env XDG_RUNTIME_DIR="/run/user/$uid" /usr/local/bin/sfoauth login
is 'sfoauth login succeeds' "$status" 0
like 'the keyring has a refresh token' "$(stored)" 'refresh_token=5Aep861'
before=$(stored | sed -n 's/^\(secret = .*\|[a-z_]*token=.*\)/\1/p')
keyctl_clear
ssh_login ada "export XDG_RUNTIME_DIR=/run/user/$uid; sfoauth token >token; git credential fill <request >fill; git credential approve <fill"
is 'after an ssh login the refresh token is there, unchanged' "$(stored | sed -n 's/^\(secret = .*\|[a-z_]*token=.*\)/\1/p')" "$before"
refresh=$(sed -n 's/^refresh_token=//p' <<<"$before")
is 'and it still works: nobody was signed out by the login' \
    "$(curl -sS -d grant_type=refresh_token -d client_id=3MVG9acme.Local_App --data-urlencode "refresh_token=$refresh" \
	-o /dev/null -w '%{http_code}' https://acme.my.salesforce.com/services/oauth2/token)" 200

# ---- Refresh
keyctl_clear
fake set clock=7300 >/dev/null
posts=$(fake counts by_kind.refresh)
desktop sfoauth api /services/data/v60.0/ >"$W/out" 2>"$W/err"
is 'a token that Salesforce no longer takes is refreshed once' "$? $(($(fake counts by_kind.refresh) - posts))" '0 1'
posts=$(fake counts by_kind.refresh)
desktop sfoauth api /services/data/v60.0/ >/dev/null 2>&1
is 'the next call uses what was stored' "$? $(($(fake counts by_kind.refresh) - posts))" '0 0'

# Eight at once, with an expired token: one refresh, eight answers.
fake set clock=15000 rotation=true >/dev/null
desktop sh -c 'for i in 1 2 3 4 5 6 7 8; do sfoauth api /services/data/v60.0/ >/dev/null 2>>err8 && echo ok & done; wait' >"$W/eight"
is 'eight at once: all answered' "$(grep -c ok "$W/eight")" 8
is 'eight at once: one refresh' "$(($(fake counts by_kind.refresh) - posts))" 1

# ---- Locked
desktop gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock "['/org/freedesktop/secrets/collection/login']" >/dev/null
keyctl_clear
start=$(date +%s)
desktop sfoauth token >"$W/out" 2>"$W/err" </dev/null
is 'a locked keyring: exit status' "$?" 6
like 'a locked keyring: the sentence says so' "$(cat "$W/err")" 'locked'
ok 'a locked keyring never hangs' test $(($(date +%s) - start)) -le 5
desktop sh -c 'GIT_TERMINAL_PROMPT=0 git credential fill <request' >"$W/out" 2>"$W/err" </dev/null
unlike 'a locked keyring: git gets nothing' "$(cat "$W/out")" 'password='
done_testing
