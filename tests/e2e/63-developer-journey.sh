#!/bin/bash
# A developer's first ten minutes, typed at a terminal: from nothing but the words of a colleague (My
# Domain, consumer key, the team's git server) to git clone, a query and a Python script.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/gitserver.sh"

rm -rf /etc/sfoauth
start_fake
start_desktop
start_gateway
make_repository project
chmod -R a+rwX "$W/repos"
typed=()
# type COMMAND: at the next prompt.
type_in() { typed+=("--on=dev> =$1"); }

type_in 'sfoauth status'
type_in "mkdir -p ~/.config/sfoauth && cat >~/.config/sfoauth/sfoauth.conf <<'END'
[org acme]
login_url = https://acme.my.salesforce.com
client_id = 3MVG9acme.Local_App
also_for = $GIT_SERVER
END"
type_in 'sfoauth login'
type_in 'sfoauth verify'
type_in 'sfoauth setup-git'
type_in "git clone -q $GIT_SERVER/project.git && cat project/file"
type_in "sfoauth query 'SELECT Name FROM Contact LIMIT 3'"
type_in "cat >contacts.py <<'END'
import json, os, urllib.parse, urllib.request
query = urllib.parse.urlencode({'q': 'SELECT Name FROM Contact LIMIT 2'})
request = urllib.request.Request(
    os.environ['SF_ORG_INSTANCE_URL'] + '/services/data/v60.0/query?' + query,
    headers={'Authorization': 'Bearer ' + os.environ['SF_ACCESS_TOKEN']})
for row in json.load(urllib.request.urlopen(request))['records']:
    print('python:', row['Name'])
END"
type_in 'sfoauth exec -- python3 contacts.py'
# The manual's own.
zcat -f /usr/local/share/man/man1/sfoauth.1* | sed -n '/^import json/,/^\.Ed/{/^\.Ed/!p}' >"$W/home/ada/limits.py"
type_in 'sfoauth exec -- python3 limits.py'
type_in "curl -sS -K <(sfoauth token --format curl) https://acme.my.salesforce.com/services/data/v60.0/limits | jq -M .DailyApiRequests.Max"
type_in 'sfoauth status'
type_in 'sfoauth whoami'
type_in 'sfoauth logout'
type_in 'exit 0'
sign_in_options
sign_in ada --as ada --timeout 50 "${typed[@]}" -- env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$W/home/ada" \
    USER=ada TERM=xterm LANG=C.UTF-8 PS1='dev> ' XDG_RUNTIME_DIR="/run/user/$ada_uid" \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt bash --norc --noprofile --noediting -i
is 'the whole of it was typed' "$status" 0
# said COMMAND: what the terminal showed between this command and the next prompt.
said() { awk -v command="dev> $1" 'index($0, command) { on = 1; next } /dev> / { on = 0 } on' "$W/out"; }
like 'nothing is configured: where to look' "$(said 'sfoauth status' | head -n 3)" 'run sfoauth setup'
like 'the code, and how long it is good' "$(said 'sfoauth login')" '2\. Enter  [A-Z0-9]{8}'
like 'signed in as whom' "$(said 'sfoauth login')" 'Signed in to acme as ada@acme\.example\.'
is 'all five checks hold' "$(said 'sfoauth verify' | grep -c '32mok ')" 5
is 'the clone' "$(said 'git clone')" project
is 'three records' "$(said 'sfoauth query' | jq -r .Name | wc -l)" 3
is 'the script has a token' "$(said 'sfoauth exec' | grep -c '^python: ')" 2
like 'and so has that of sfoauth(1)' "$(said 'sfoauth exec -- python3 limits')" "'Max': 15000"
is 'and so has curl' "$(said 'curl')" 15000
like 'status' "$(said 'sfoauth status')" 'desktop keyring  access token valid for 1[12][0-9] min, refresh token'
like 'whoami' "$(said 'sfoauth whoami')" 'username         ada@acme\.example'
like 'signed out' "$(said 'sfoauth logout')" 'signed out ada@acme\.example'
is 'no token was ever shown' "$(grep -cE '00D[A-Za-z0-9]{12,}!' "$W/out")" 0
is 'no line is wider than the terminal, but for data' "$(sed 's/\x1b\[[0-9;]*m//g; /dev> /d; /^> /d; /^{/d; /^https:/d; /Waiting, /d; /[█▄▀]/d; s/.*\r//' "$W/out" | awk 'length > 80' | head -n 3)" ''
done_testing
