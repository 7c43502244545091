#!/bin/bash
# What a terminal is shown: a QR code where it can be read and is wanted, words broken between words on a
# narrow terminal, and a countdown that leaves no lines behind.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
approve="/usr/bin/python3 -B '$src/tests/fake/control.py' '$W/fake.sock' approve --code \"\$SF_CODE\" --user ada"
session="XDG_RUNTIME_DIR=/run/user/$ada_uid"
has_qr() { grep -q '[█▄▀]' <<<"$out" && echo yes || echo no; }
# shown WANTED [VARIABLE=VALUE]... [-- OPTION...]: is there a QR code?
shown()
{
	local wanted=$1 name="${*:2}"
	local -a variables=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do variables+=("$1") && shift; done
	[ $# -eq 0 ] || shift
	desk sfoauth logout --quiet
	drive --as ada --approve "$approve" -- env "$session" "${variables[@]}" /usr/local/bin/sfoauth login --flow device "$@"
	is "${name:-a terminal}: it works, and a QR code is $wanted" "$status $(has_qr)" "0 $wanted"
}
shown yes TERM=xterm
shown no TERM=xterm -- --no-qr
shown no TERM=dumb
shown no TERM=xterm NO_COLOR=1
shown no TERM=xterm LC_ALL=C

# ---- A narrow terminal
# words: the words that were shown, without the code and the time left.
words() { tr -s ' ' '\n' <<<"$out" | grep -vE '^[0-9A-Z]{8}$|^[0-9]:[0-9]{2}$|^(Waiting,|left|Noch)$' | grep .; }
for language in C.UTF-8 de_DE.UTF-8; do
	desk sfoauth logout --quiet
	drive --as ada --approve "$approve" -- env "$session" LC_ALL=$language /usr/local/bin/sfoauth login --flow device --no-qr
	wide=$(words)
	desk sfoauth logout --quiet
	drive --as ada --columns 40 --approve "$approve" -- env "$session" LC_ALL=$language /usr/local/bin/sfoauth login --flow device --no-qr
	is "$language: no line is wider than a terminal of 40 columns" \
	    "$(sed '/[0-9]:[0-9][0-9]/d; s/ *$//' <<<"$out" | LC_ALL=C.UTF-8 grep -E '.{41}' | grep -v '^ *[0-9. ]*[A-Za-z]* *https:')" ''
	is "$language: and no word is broken" "$status $(words)" "0 $wide"
	drive --as ada --columns 40 -- env "$session" LC_ALL=$language /usr/local/bin/sfoauth api /services/data/v60.0/nothing
	is "$language: nor of a failure" "$(LC_ALL=C.UTF-8 grep -E '.{41}' <<<"$out")" ''
done

# ---- A countdown: two attempts before Salesforce knows the app
fake script kind=start status=400 json='{"error":"invalid_client_id","error_description":"client identifier invalid"}' times=2 >/dev/null
drive --as ada --timeout 60 --approve "$approve" -- env "$session" TERM=xterm /usr/local/bin/sfoauth setup --org second \
    --login-url acme --client-id 3MVG9acme.Local_App --flow device --no-qr --yes
is 'an app that is new: it works in the end' "$status $(grep -c 'It works' <<<"$out")" '0 1'
is 'the countdown stays on one line, and is blanked' "$(grep -c 'Trying again' <<<"$out") $(grep -cE 'Trying again in  1 s.* {79}' <<<"$out")" '1 1'
done_testing
