#!/bin/bash
# Salesforce asks for a pause of an hour (429, Retry-After): a crowd of programs sends one request
# for a new token between them, and everybody else is told "later" at once. After the pause the
# next program asks again. An app that signs in by itself waits as well; a person may ask.
#   49-retry-after.sh [PROGRAMS]: how many at once (default 300)
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

crowd=${1:-300}
write_conf
start_fake
start_desktop
secret_of() { desk secret-tool lookup application sfoauth user ada@acme.example; }
sign_in_as ada desk sfoauth login
put_item "$(secret_of | sed 's/^expires_at=.*/expires_at=1/')"$'\n'
forget_kernel
fake script kind=refresh times=0 preset=s429 'headers={"Retry-After":"3600"}' >/dev/null
state=$W/home/ada/.local/state/sfoauth

before=$(refreshes)
# shellcheck disable=SC2016 # for the shell in there
desk sh -c 'seq '"$crowd"' | xargs -P 100 -I{} sh -c "sfoauth token </dev/null >/dev/null 2>&1; echo \$?"' >"$W/codes"
is "$crowd programs under a pause of an hour: all are told later" "$(sort "$W/codes" | uniq -c | xargs)" "$crowd 5"
is 'and Salesforce got one request' "$(($(refreshes) - before))" 1
run desk sfoauth token --json
is 'whoever comes later asks nothing' "$status $(($(refreshes) - before))" '5 1'
is 'and is told what the first one was told, with the time that is left' \
    "$(jq -r '"\(.error) \(.row) \(.retry) \(.retry_after > 3400 and .retry_after <= 3600)"' <<<"$out")" \
    'unavailable request_limit true true'
like 'in words' "$err" 'Try again in (59|60) minutes\.'
like 'and why nobody was asked' "$err" 'asked for a pause, which lasts another [0-9]+ s: it was not asked again'
run desk env LC_ALL=de_DE.UTF-8 sfoauth token
like 'in German' "$err" 'um eine Pause gebeten, noch [0-9]+ s'
is 'the stamp is the user'"'"'s alone' "$(stat -c '%a %U' "$state"/*.later)" '600 ada'

# A person who signs in again is not held back, and then there is a token.
sign_in_as ada desk sfoauth login
is 'a person may sign in' "$status" 0
is 'and has a token' "$(desk sfoauth token | grep -c '^00D')" 1

# ---- The pause is over
fake unscript >/dev/null
put_item "$(secret_of | sed 's/^expires_at=.*/expires_at=1/')"$'\n'
forget_kernel
awk '{ print $1 - 3600, $2, $3 }' "$state"/*.later >"$W/stamp" && cat "$W/stamp" >"$(echo "$state"/*.later)"
before=$(refreshes)
is 'after the pause the next one asks, and has a token' "$(desk sfoauth token | grep -c '^00D') $(($(refreshes) - before))" '1 1'

# ---- An app that signs in by itself
openssl genrsa -out "$W/home/zoe/key.pem" 2048 2>/dev/null
chown zoe: "$W/home/zoe/key.pem" && chmod 600 "$W/home/zoe/key.pem"
write_conf org.flow=jwt org.private_key_file="$W/home/zoe/key.pem" org.username=ada@acme.example
fake script kind=jwt times=0 preset=s429 'headers={"Retry-After":"3600"}' >/dev/null
before=$(fake_count by_kind.jwt)
for _ in 1 2 3; do
	run as_user zoe sfoauth token
	is 'an app that signs in by itself: later' "$status" 5
done
is 'and it asked once' "$(($(fake_count by_kind.jwt) - before))" 1
done_testing
