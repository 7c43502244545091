#!/bin/bash
# `make demo`, both ways: with its own stand-in, and with an org that it is told (here the fake, on the
# network around the demo), where a person on a terminal approves and presses Enter.
. "$(dirname "$0")/../e2e/lib.sh"

# demo [KEY=VALUE]...: as a person without anything special in the environment runs it.
demo()
{
	env -i PATH="$PATH" HOME="$HOME" TERM=dumb SF_STAGE="$SF_STAGE" "$@" bash "$src/tests/demo/demo.sh"
}

start_fake

out=$(demo 2>&1 </dev/null)
is 'the demo succeeds without a terminal' "$?" 0
like 'it shows the prompt of the login' "$out" 'Enter  [A-Z0-9]{8}'
like 'then git prints a token' "$out" 'password=00D5f000000Abcd!'
like 'and the API answers' "$out" 'Grace Hopper'
is 'all this without the Salesforce around it' "$(fake counts requests)" 0

org=ORG=https://acme.my.salesforce.com
out=$(demo $org CLIENT_ID=3MVG9acme.Local_App 2>&1 </dev/null)
like 'with an org it needs a terminal, and says so' "$? $out" '^1 .*needs a terminal'
out=$(demo $org 2>&1 </dev/null)
like 'and the client id too' "$out" 'both ORG=.* and CLIENT_ID='

drive --timeout 60 --approve "python3 -B '$src/tests/fake/approve.py' --ca '$W/ca/ca.pem' \
    --address \$SF_URI --code \$SF_CODE --user acme:ada" \
    -- env -i PATH="$PATH" HOME="$HOME" TERM=dumb SF_STAGE="$SF_STAGE" $org/ CLIENT_ID=3MVG9acme.Local_App \
    bash "$src/tests/demo/demo.sh"
is 'the demo succeeds with an org' "$status" 0
like 'it shows whom it learnt' "$out" $'organization  00D5f000000Abcd[A-Z0-9]{3}\n.*user          0055f00000EfGhi[A-Z0-9]{3} \\(ada@acme.example\\)'
like 'and pins both' "$out" $'organization_id = 00D5f000000Abcd[A-Z0-9]{3}\n.*ada 0055f00000EfGhi[A-Z0-9]{3}\n'
like 'git has the token' "$out" 'password=00D5f000000Abcd!AQ'
for token in $(fake secrets access_token) $(fake secrets refresh_token); do
	unlike 'no token of a real org is shown whole' "$out" "$token"
done
is 'two sign-ins were approved: to learn who it is, and the login' "$(fake counts approved)" 2
is 'no token is left alive' "$(fake counts access_live) $(fake counts refresh_live)" '0 0'
done_testing
