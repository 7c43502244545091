#!/bin/bash
# The subcommands beyond token and api: exec, query, verify, whoami, use, completion; what --debug
# says, and that nothing of it is secret.
# shellcheck disable=SC2016 # for the shell of the session
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
failure() { jq -r '"\(.status) \(.error) \(has("message") and has("detail")) \(.schema)"' <<<"$out"; }
keys() { jq -r 'keys | join(" ")' <<<"$out"; }

# ---- Nobody is signed in
for words in 'exec -- true' 'query SELECT+Id+FROM+User' whoami; do
	# shellcheck disable=SC2086 # words
	run desk sfoauth --json $words
	is "nobody is signed in: $words" "$status $(failure)" '4 error sign_in_needed true 1'
done
run desk sfoauth verify
is 'verify: status' "$status" 4
like 'verify: the row, its remedy, and nothing else was tried' "$out" \
    '^acme  https://acme\.my\.salesforce\.com
  not ok  sign-in    nothing is stored for acme
 +A new sign-in is needed: run sfoauth login\.$'
run desk sfoauth verify --json
is 'verify --json: a failure with its rows' \
    "$status $(failure) $(jq -c '[.checks[] | [.check, .result, .error]]' <<<"$out")" \
    '4 error sign_in_needed true 1 [["sign-in","failed","sign_in_needed"]]'
sign_in_as ada desk sfoauth login
token=$(desk sfoauth token)

# ---- exec
run desk sfoauth exec -- sh -c 'echo "$SF_ACCESS_TOKEN $SF_ORG_INSTANCE_URL $#" --json' x 1 '2 3'
is 'exec: the command finds token and instance, and has its own words' "$status $out" \
    "0 $token https://acme.my.salesforce.com 2 --json"
is 'exec: its status is the command'\''s' "$(desk sfoauth exec -- sh -c 'exit 41'; echo $?)" 41
is 'exec: what it is told on standard input' "$(echo words | desk sfoauth exec -- cat)" words
is 'exec: an older token in the environment gives way' \
    "$(desk env SF_ACCESS_TOKEN=old sfoauth exec -- env | grep -c '^SF_ACCESS_TOKEN=')" 1
is 'exec: killed as the command would be' "$(desk sfoauth exec -- sh -c 'kill -TERM $$'; echo $?)" 143
limits='ulimit -Sc; ulimit -Hc'
is 'exec: the command may dump core as before' \
    "$(desk bash -c "ulimit -Sc 77; ulimit -Hc 99; sfoauth exec -- bash -c '$limits'" | xargs)" '77 99'
run desk sfoauth exec -- no-such-program --json
is 'exec: a program that is not there: usage, and it names it' "$status $(grep -c no-such-program <<<"$err")" '2 1'
for words in 'exec' 'exec true' 'exec --' 'exec -- ' 'query' 'query a b' 'whoami x' 'use a b' 'use a --org b' \
    'use --clear --user x' 'completion' 'completion csh' 'token --clear'; do
	# shellcheck disable=SC2086 # words
	run desk sfoauth $words
	is "usage: sfoauth $words" "$status:$out" '2:'
done

# ---- query
run desk sfoauth query 'SELECT Id, Name FROM Contact LIMIT 2'
is 'query: a line for each record, without attributes' "$status $(jq -r 'keys | join(" ")' <<<"$out" | uniq -c)" '0       2 Id Name'
fake set query_page=5 >/dev/null
run desk sfoauth query 'SELECT Id FROM Contact'
is 'query: all parts of the answer' "$status $(sort -u <<<"$out" | wc -l)" '0 12'
run desk sfoauth query 'SELECT Id FROM Contact' --json
is 'query --json: one object' "$status $(keys) $(jq -c '[.schema, .status, .total_size, (.records | length)]' <<<"$out")" \
    '0 records schema status total_size [1,"ok",12,12]'
fake set query_page=0 >/dev/null
run desk sfoauth query "SELECT Name FROM User WHERE Username = 'nobody@x'" --json
is 'query --json: no records are an empty list' "$status $(jq -c .records <<<"$out")" '0 []'
run desk sfoauth query 'SELECT COUNT() FROM Contact'
is 'query: a count' "$status $out" '0 {"total_size":12}'
run desk sfoauth query "SELECT Name FROM User WHERE Username = 'ada@acme.example' AND Name = 'Ä & 100% +'"
is 'query: every character arrives' "$status $(fake log | grep -c "AND Name = 'Ä & 100% +' ")" '0 1'
run desk sfoauth query 'SELECT nonsense' --json
is 'query: a mistake in it' "$status $(failure)" '2 error usage true 1'
run desk sfoauth query "SELECT Id FROM Contact WHERE Name = '$(printf 'x%.0s' {1..2100})'"
is 'query: too long: usage, before anybody is asked' "$status" 2
for answer in '{"records":{}}' '[]' '{}' '{"records":[1]}' '{"records":[],"nextRecordsUrl":"https://evil.example/x"}' \
    '{"records":[{}],"nextRecordsUrl":"/services/data/v60.0/../../x"}' '{"records":[],"totalSize":-1}' \
    '{"records":[],"nextRecordsUrl":"/services/data/v60.0/query/01g0"}'; do
	fake script kind=data status=200 json="$answer" >/dev/null
	run desk sfoauth query 'SELECT Id FROM Contact' --json
	is "query: an answer that cannot be used: $answer" "$status $(failure)" '5 error answer true 1'
done

# ---- query as rows and columns
fake set query_page=5 >/dev/null
run desk sfoauth query 'SELECT Id, Name, Email FROM Contact' --format csv
is 'csv: a header, and a line for each record of all parts' "$status $(wc -l <"$W/out") $(head -n 1 "$W/out")" $'0 13 Id,Name,Email\r'
fake set query_page=0 >/dev/null
# told JSON: what Salesforce has as records; the query's output is read by Python's csv module, strictly.
told() { fake script kind=data status=200 json="{\"totalSize\":9,\"done\":true,\"records\":$1}" times="${2:-1}" >/dev/null; }
read_csv() { desk sfoauth query x --format csv | python3 -c 'import csv, json, sys
print(json.dumps(list(csv.reader(sys.stdin.buffer.read().decode().splitlines(keepends=True), strict=True)), ensure_ascii=False))'; }
told '[{"attributes":{"type":"A"},"Id":"1","Name":"a \"b\", c","Note":"two\nlines\r\n,","Owner":null,"N":1.5,"Big":9007199254740991,"On":true},
       {"Id":"2","Name":" Ä ","Note":"","Owner":{"attributes":{},"Name":"Ümit","Role":{"Name":"x"}},"N":null,"On":false,
        "Contacts":{"totalSize":1,"done":true,"records":[{"Id":"3"}]},"Address":{"city":"Köln"}}]'
is 'csv: quotes, line ends, numbers, relations, lists' "$(read_csv)" '[["Id", "Name", "Note", "Owner.Name", "Owner.Role.Name", "N", "Big", "On", "Contacts", "Address.city"], ["1", "a \"b\", c", "two\nlines\r\n,", "", "", "1.5", "9007199254740991", "true", "", ""], ["2", " Ä ", "", "Ümit", "x", "", "", "false", "[{\"Id\":\"3\"}]", "Köln"]]'
told '[{"Name":null},{"Name":""},{"Name":"x"}]'
run desk sfoauth query x --format csv
is 'csv: a record that is one empty field is no empty line' "$(od -An -c "$W/out" | tr -d ' \n')" 'Name\r\n""\r\n""\r\nx\r\n'
told '[]'
run desk sfoauth query x --format csv
is 'csv: SELECT COUNT()' "$status $(tr -d '\r' <"$W/out" | paste -sd ' ')" '0 total_size 9'
told '[{"Id":"1","Name":"Ada"},{"Id":"22","Name":null}]'
run desk sfoauth query x --format table
is 'table' "$out" 'Id  Name
--  ----
1   Ada
22  '
# in_terminal COLUMNS ARGUMENT...: what a terminal so wide shows of a query.
in_terminal()
{
	local columns=$1
	shift
	drive --as ada -- env PATH=/usr/local/bin:/usr/bin:/bin TERM="${term:-dumb}" XDG_RUNTIME_DIR="/run/user/$ada_uid" \
	    sh -c "stty cols $columns; sfoauth query x $*"
}
told '[{"Id":"003","Name":"A name that is longer than others","Note":"\u001b[2J\nevil \u009b"},{"Id":"004","Name":"x","Note":"y"}]' 3
in_terminal 30 --format table
is 'table: cut to the terminal' "$out" 'Id   Name          Note
---  ------------  -----------
003  A name th...  ?[2J?evil ?
004  x             y'
in_terminal 14 --format table
like 'table: columns that do not fit are left out, and counted' "$out" 'too narrow for 1 more column: --format csv has all'
is 'and no line is wider' "$(head -n 4 <<<"$out" | awk 'length > 14' )" ''
in_terminal 80 --format csv
is 'csv on a terminal: nothing controls it' "$(grep -c $'\e' <<<"$out")" 0
fake set query_page=5 >/dev/null
drive --as ada -- env PATH=/usr/local/bin:/usr/bin:/bin TERM=xterm XDG_RUNTIME_DIR="/run/user/$ada_uid" \
    sh -c 'sfoauth query "SELECT Id FROM Contact" --format csv >contacts.csv; wc -l <contacts.csv'
like 'progress, on a terminal' "$out" '5 of 12 records \.\.\..*10 of 12 records'
is 'and it is blanked' "$(tail -n 1 <<<"$out" | sed 's/.* //')" 13
unlike 'none elsewhere' "$(desk sfoauth query 'SELECT Id FROM Contact' --format csv 2>&1)" 'of 12 records'
fake set query_page=0 >/dev/null
for words in '--format json' '--format raw' '--format'; do
	# shellcheck disable=SC2086 # words
	run desk sfoauth query x $words
	is "query $words: usage" "$status:$out" '2:'
done

run desk sfoauth query x --format csv --json
is 'query: not both' "$status" 2

# ---- api with other methods
contacts=/services/data/v60.0/sobjects/Contact
requests() { fake -j log kind=data | jq '[.[] | select(.method != "GET")] | length'; }
echo '{"Name": "Ümit"}' >"$W/home/ada/contact.json"
run desk sfoauth api $contacts --method POST --data @contact.json
is 'api POST: the file is sent as JSON, once' "$status $(jq -c .success <<<"$out") $(requests)" '0 true 1'
id=$(jq -r .id <<<"$out")
is 'and is there' "$(desk sfoauth api $contacts/$id | jq -r .Name)" 'Ümit'
echo '{"Email":"u@customer.example"}' | desk sfoauth api $contacts/$id --method PATCH --data @- >"$W/out"
is 'api PATCH: standard input; no reply, nothing printed' "$? $(wc -c <"$W/out")" '0 0'
run desk sfoauth api $contacts/$id --method PATCH --data '{"Name":"Ü. Öz"}'
is 'or the text itself' "$status $(desk sfoauth api $contacts/$id | jq -r '.Name + " " + .Email')" '0 Ü. Öz u@customer.example'
before=$(requests)
fake script kind=data preset=session_expired run=false >/dev/null
run desk sfoauth api $contacts --method POST --data @contact.json
is 'api POST: after a 401, once more with a new token' "$status $(($(requests) - before)) $(fake -j log kind=refresh | jq length)" '0 2 1'
second=$(jq -r .id <<<"$out")
fake script kind=data preset=session_expired times=2 >/dev/null
run desk sfoauth api $contacts --method POST --data @contact.json
is 'and never a third time' "$status" 4
desk sfoauth whoami >/dev/null 2>&1
for fault in preset=close preset=s503 preset=bad_token 'status=200 truncate=5 run=true'; do
	before=$(requests)
	# shellcheck disable=SC2086 # words
	fake script kind=data $fault >/dev/null
	run desk sfoauth api $contacts --method POST --data @contact.json
	is "api POST: $fault: not repeated" "$(($(requests) - before))" 1
	case $fault in
	*close | *503) like "$fault: it may have been done" "$status $err" '^5 .*Salesforce may have carried out the POST: check' ;;
	esac
done
run desk env LC_ALL=de_DE.UTF-8 sfoauth api $contacts/nobody --method DELETE
is 'api DELETE of nothing' "$status" 1
for each in $id $second; do run desk sfoauth api $contacts/$each --method DELETE; done
is 'api DELETE' "$status$out $(desk sfoauth api $contacts/$id 2>/dev/null; echo $?)" '0 1'
fake script kind=data preset=close >/dev/null
like 'in German' "$(desk env LC_ALL=de_DE.UTF-8 sfoauth api $contacts/x --method DELETE 2>&1)" 'Salesforce kann DELETE trotzdem ausgeführt haben'
head -c 17000000 /dev/zero >"$W/home/ada/large"
before=$(fake -j log kind=data | jq length)
for words in '--method PUT' '--data x' '--data x --method GET' '--data x --method DELETE' '--method post' \
    '--data @nothing --method POST' '--data @. --method POST' '--data @large --method POST'; do
	# shellcheck disable=SC2086 # words
	run desk sfoauth api $contacts $words
	is "api $words: usage, and nobody is asked" "$status:$out $(fake -j log kind=data | jq length)" "2: $before"
done
rm "$W/home/ada/large"
for body in 'no line end' $'two lines\nno line end\n'; do
	fake script kind=data status=200 body="$body" content_type=application/json times=2 >/dev/null
	desk sfoauth api /services/data/ >"$W/out"
	is 'api: to a file, the body as it is' "$(wc -c <"$W/out")" ${#body}
	drive --as ada -- env PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" sh -c 'sfoauth api /services/data/; echo end'
	is 'on a terminal: one line end after it' "$(tail -n 2 <<<"$out" | paste -sd '|')" 'no line end|end'
done

# ---- whoami
run desk sfoauth whoami
is 'whoami: status' "$status" 0
like 'whoami: in words' "$out" '^username         ada@acme\.example
user id          005[A-Za-z0-9]{15}
organization id  00D[A-Za-z0-9]{15}
org              acme  https://acme\.my\.salesforce\.com
user type        STANDARD
active           yes
scopes           .*refresh_token'
run desk sfoauth whoami --json
is 'whoami --json: schema' "$status $(keys)" \
    '0 active login_url org organization_id permissions schema scopes status user_id user_type username'

# ---- check-token
mint() { fake -j mint "$@" | jq -r '.access_token // .token // .'; }
check() { run desk sh -c 'printf %s "$1" | sfoauth check-token ${2:-}' x "$@"; }
check "$(mint user=kim)"
is 'check-token: a token of anybody in the org' "$status $(grep -c '^username         kim@acme\.example$' <<<"$out")" '0 1'
unlike 'check-token: no scopes, which nobody knows' "$out" 'scopes'
check "$(mint user=kim)" --json
is 'check-token --json' "$status $(keys) $(jq -r '.username, .organization_id, .active' <<<"$out" | xargs)" \
    '0 active login_url org organization_id permissions schema status user_id user_type username kim@acme.example 00D5f000000AbcdEAC true'
is 'check-token: a line end after it' "$(mint user=kim | desk sfoauth check-token >/dev/null; echo $?)" 0
before=$(fake -j log | jq length)
foreign=$(mint user=evil:ada)
asked=$(fake -j log | jq length)
check "$foreign" --json
is 'check-token: of another org: refused, and not sent' "$status $(failure) $(($(fake -j log | jq length) - asked))" '1 error token_refused true 1 0'
like 'check-token: which org it is of' "$(jq -r .detail <<<"$out")" 'organization 00D5f000000aBcdEAE, not of 00D5f000000AbcdEAC'
check 00D5f000000Abcd!nonsense
is 'check-token: an invented one' "$status$out" 1
like 'check-token: in words' "$err" 'no valid token of a user of this org.*has expired, was revoked'
check "eyJhbGciOiJub25lIn0.e30."
is 'check-token: a JWT that Salesforce does not know' "$status$out" 1
dead=$(mint user=kim)
fake pass 3h >/dev/null
check "$dead"
is 'check-token: expired' "$status$out" 1
fake set clock=0 >/dev/null
check "$(mint user=ina)"
is 'check-token: of somebody who is not active' "$status$out" 1
fake script kind=userinfo patch='{"organization_id":"00D5f000000aBcdEAE"}' >/dev/null
check "$(mint user=kim)"
is 'check-token: a reply about another org' "$status$out" 1
# A JWT does not show its org before: all that Salesforce says of it agrees, and is of another.
fake unscript >/dev/null
fake script kind=userinfo times=2 patch='{"organization_id":"00D5f000000aBcdEAE"}' >/dev/null
fake script kind=identity json='{"user_id":"0055f00000EfKimAAF","organization_id":"00D5f000000aBcdEAE","username":"kim@acme.example","user_type":"STANDARD","active":true,"asserted_user":true}' >/dev/null
check "$(mint user=kim)" --json
is 'check-token: replies that agree on another org' "$status $(failure)" '1 error token_refused true 1'
like 'check-token: which one' "$(jq -r .detail <<<"$out")" 'organization 00D5f000000aBcdEAE, not of 00D5f000000AbcdEAC'
fake unscript >/dev/null
fake script kind=userinfo preset=html503 >/dev/null
check "$(mint user=kim)"
is 'check-token: Salesforce is away' "$status$out" 5
for text in '' 'two words' $'two\nlines' "$(printf 'x%.0s' {1..9000})"; do
	check "$text"
	is "check-token: no token: ${text:0:9}" "$status$out" 2
done
like 'in German' "$(echo 00D5f000000Abcd!invented | desk env LC_ALL=de_DE.UTF-8 sfoauth check-token 2>&1)" 'kein gültiges Token eines Benutzers dieser Org'
sed -i '/^organization_id/d' /etc/sfoauth/sfoauth.conf
check "$(mint user=kim)"
is 'check-token: nothing to compare with' "$status$out" 3
write_conf
is 'check-token: nothing is stored' "$(desk sfoauth whoami --json | jq -r .username)" ada@acme.example

# ---- verify
before=$(desk sfoauth token)
run desk sfoauth verify
is 'verify: all is well' "$status $(grep -c '^  ok  ' <<<"$out") $(wc -l <<<"$out")" '0 5 6'
like 'verify: as whom, and with which scopes' "$out" 'sign-in    ada@acme\.example, scopes .*api'
isnt() { if [ "$2" != "$3" ]; then ok "$1" true; else ok "$1" false; fi; }
isnt 'verify: it was really refreshed' "$(desk sfoauth token)" "$before"
is 'verify: and nothing was revoked' "$(fake counts revoked)" 0
unlike 'verify: no colour where it is no terminal' "$out" $'\e'
drive --as ada -- env TERM=xterm XDG_RUNTIME_DIR="/run/user/$ada_uid" /usr/local/bin/sfoauth verify
like 'verify: in colour on a terminal' "$out" $'\e\[32mok'
drive --as ada -- env TERM=xterm NO_COLOR=1 XDG_RUNTIME_DIR="/run/user/$ada_uid" /usr/local/bin/sfoauth verify
like 'verify: without, with NO_COLOR' "$out" '  ok      revoke'
# row CHECK RESULT ERROR SCRIPT...: the fake answers so, and that is the row that fails.
row()
{
	fake script "${@:4}" >/dev/null
	run desk sfoauth verify --json
	is "verify: $1 fails: $3" "$status $(jq -c '[.checks[] | select(.result == "failed") | [.check, .error]]' <<<"$out")" "$2 [[\"$1\",\"$3\"]]"
	is "verify: $1 has a remedy" "$(jq -r '[.checks[] | select(.result == "failed") | .remedy | length > 20] | all' <<<"$out")" true
}
row userinfo 5 unavailable kind=userinfo status=503 html=x
row query 1 denied kind=data status=403 'json=[{"errorCode":"API_DISABLED_FOR_ORG","message":"no"}]'
row query 1 denied kind=data status=418 'json=[{"errorCode":"TEAPOT","message":"short and stout"}]'
like 'verify: an error that nobody knows is told as that, not as a wrong command line' \
    "$(jq -r '.checks[] | select(.check == "query") | .remedy' <<<"$out")" 'an error that sfoauth does not know: .TEAPOT: short and stout'
row query 1 denied kind=data preset=invalid_field
row refresh 5 unavailable kind=refresh status=503 html=x
row revoke 5 unavailable kind=revoke preset=html
row revoke 5 unavailable kind=revoke status=503 html=x
fake set user=ada active=false >/dev/null
run desk sfoauth verify --json
is 'verify: a user who was deactivated' "$(jq -c '[.checks[] | select(.check == "userinfo") | .result]' <<<"$out")" '["failed"]'
fake set user=ada active=true >/dev/null
desk sfoauth logout >/dev/null 2>&1
sign_in_as ada desk sfoauth login --no-refresh --quiet
run desk sfoauth verify --json
is 'verify: without a refresh token that is no failure' \
    "$status $(jq -c '[.checks[] | .result]' <<<"$out")" '0 ["ok","ok","ok","skipped","ok"]'
is 'verify: and the token is still there' "$(desk sfoauth token --json | jq -r .status)" ok
desk sfoauth logout >/dev/null 2>&1

# ---- --debug
sign_in_as ada desk sfoauth login --debug
like '--debug: each step' "$err" 'sfoauth: job=login at=https://acme\.my\.salesforce\.com .*
.*job=login result=ok'
forget_kernel
run desk sfoauth verify --debug
debug=$err
for row in $(fake secrets | tr -d '"[], '); do
	grep -qF "$row" <<<"$debug" && secret_found=$row
done
is '--debug: nothing secret' "${secret_found:-none}" none
unlike 'nor its beginning' "$debug" '00D[A-Za-z0-9]{12,}!'

# ---- Several users, and use
sign_in_as kim desk sfoauth login --quiet
is 'the last to sign in is meant' "$(desk sfoauth whoami --json | jq -r .username)" kim@acme.example
run desk sfoauth use --user ada@acme.example
is 'use --user' "$status $out" '0 * acme  https://acme.my.salesforce.com  as ada@acme.example'
is 'she is meant now' "$(desk sfoauth whoami --json | jq -r .username)" ada@acme.example
git_user() { printf '%b\n' "$GIT_REQUEST" | desk git-credential-sfoauth get | sed -n 's/^username=//p'; }
is 'by git as well, from the kernel' "$(git_user)" ada@acme.example
is '--user counts more' "$(desk sfoauth whoami --user kim@acme.example --json | jq -r .username)" kim@acme.example
desk sfoauth verify --user kim@acme.example >/dev/null 2>&1
is "and another's new token does not change that" "$(git_user) $(desk sfoauth token --json | jq -r .username)" \
    'ada@acme.example ada@acme.example'
sign_in_as kim desk sfoauth login
like 'nor does a sign-in, which says so' "$err" 'default user of acme is still ada@acme\.example'
is 'nor for git' "$(git_user)" ada@acme.example
forget_kernel
is 'nor where the kernel has forgotten' "$(git_user)" ada@acme.example
run desk sfoauth use --user nobody@acme.example
is 'somebody who is not signed in cannot be chosen' "$status $(desk sfoauth use)" \
    '4 * acme  https://acme.my.salesforce.com  as ada@acme.example'
run desk sfoauth status
like 'status marks org and user' "$out" 'acme  https://acme\.my\.salesforce\.com  \(default\)
(  [a-z].*
|    .*
)*  ada@acme\.example  \(default\)
    kernel           access token valid for'
is 'each user is named once' "$(grep -c '^  [a-z]' <<<"$out")" 2

# ---- In the person's language, where the terminal can show it
german() { desk env LC_ALL=de_DE.UTF-8 sfoauth "$@"; }
like 'status in German' "$(german status)" '^acme  https://acme\.my\.salesforce\.com  \(Standard\)'
like 'and where the tokens are' "$(german status)" '
    Schlüsselbund    Access-Token noch 1[12][0-9] min gültig, Refresh-Token'
like 'whoami in German' "$(german whoami)" '
aktiv            ja
Scopes           .*refresh_token'
is 'use in German' "$(german use)" '* acme  https://acme.my.salesforce.com  als ada@acme.example'
like 'a mistake on the command line in German' "$(german exec -- no-such-program 2>&1)" "das Programm 'no-such-program' ist nicht in PATH"
is 'JSON has the same keys' "$(german whoami --json | jq -c keys)" "$(desk sfoauth whoami --json | jq -c keys)"
is 'no German where a terminal has no UTF-8' "$(desk env LC_ALL=de_DE sfoauth use)" "$(desk sfoauth use)"
like 'zsh has descriptions in German' "$(german completion zsh)" "'token:Ein gültiges Access-Token ausgeben\.'"
like 'and fish' "$(german completion fish)" "-l format -x -a 'raw header env json curl' -d 'raw \(Standard\)"
is 'bash has none, so nothing differs' "$(german completion bash)" "$(desk sfoauth completion bash)"
run desk sfoauth logout
is 'logout signs the chosen one out' "$status $(grep -c 'signed out ada@' <<<"$err")" '0 1'
is 'who is nobody'\''s default then' "$(desk sfoauth use --json | jq -c '.orgs[0].user')" null
is 'and the other is meant' "$(desk sfoauth whoami --json | jq -r .username)" kim@acme.example
run desk sfoauth use nowhere
is 'an org that is not there cannot be chosen' "$status" 3

# ---- Completions
offer() { desk bash -c 'eval "$(sfoauth completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sfoauth; echo "${COMPREPLY[*]}"' x "$@"; }
is 'bash: subcommands' "$(offer sfoauth to)" token
is 'bash: their options' "$(offer sfoauth token --f)" --format
is 'bash: values' "$(offer sfoauth --json token --format '')" 'raw header env json curl'
is 'bash: values of the same option elsewhere' "$(offer sfoauth query --format '')" 'csv table'
is 'bash: orgs' "$(offer sfoauth use '') $(offer sfoauth token --org a)" 'acme acme'
is 'bash: shells' "$(offer sfoauth completion '')" 'bash zsh fish'
like 'bash: commands after exec --' "$(offer sfoauth exec -- bas)" bash
fish_offer() { desk fish -c "sfoauth completion fish | source; complete -C '$1'" | cut -f 1 | paste -sd ' '; }
is 'fish: subcommands' "$(fish_offer 'sfoauth to')" token
like 'fish: options' "$(fish_offer 'sfoauth token --')" '--format'
is 'fish: values' "$(fish_offer 'sfoauth token --format ')" 'curl env header json raw'
is 'fish: orgs' "$(fish_offer 'sfoauth use ')" acme
desk sfoauth completion zsh >"$W/_sfoauth"
ok 'zsh: reads it' zsh -n "$W/_sfoauth"
zsh_offer() { desk zsh -f "$src/tests/e2e/complete.zsh" "$1"; }
like 'zsh: subcommands' "$(zsh_offer 'sfoauth tok')" 'sfoauth token'
like 'zsh: options' "$(zsh_offer 'sfoauth token --form')" '--format'
like 'zsh: orgs' "$(zsh_offer 'sfoauth use ac')" 'use acme'
done_testing
