#!/bin/bash
# A stranger who measures learns nothing: mapped names and others take the same time to the prompt,
# from an answer to the refusal and to the end of the wait, and fail alike while Salesforce is down.
. "$(dirname "$0")/lib.sh"

# With 90 pairs, times that do not differ at all are told apart in more than 65 percent of the cases
# once in a thousand runs. With 30 it would be once in seven.
pairs=90

# alike NAME ARGUMENT...: no threshold tells the two apart in more than 65 percent
alike()
{
	local name=$1 moment percent mapped other
	shift
	while read -r moment percent mapped other; do
		echo "# medians: mapped $mapped ms, other $other ms"
		ok "$name, $moment: told apart in $percent percent" test "${percent:-100}" -le 65
	done < <(/usr/bin/python3 -B "$src/tests/e2e/parity.py" --pairs $pairs "$@" ada zora)
}

# once NAME ANSWER: one attempt of a name, as parity.py prints it
once() { /usr/bin/python3 -B "$src/tests/e2e/parity.py" --one --answer "$2" "$1" -; }
words() { sed 's/.*"shown": //; s/[2-9A-Z]\{4\}-[2-9A-Z]\{4\}/REFERENCE/g; s/ada\|zora/NAME/g'; }

# fresh ANSWER: forget what was counted and remembered, then six mapped sign-ins
fresh()
{
	rm -f /run/sfoauth/lock/limits-1
	for _ in 1 2 3 4 5 6; do once ada "$1" >/dev/null; done
}

limits=('pam.start_rate=240/min, 240/min per source' pam.waiting_max=200)
start_fake
write_conf "${limits[@]}"
fake delay start 0.1-0.2 >/dev/null
fresh x
alike device --moment prompt --moment refusal --at-once 12
write_conf "${limits[@]}" pam.approve_timeout=10
fresh x
alike 'device, nobody approves' --moment end --answer "" --at-once 45

fake delay start off >/dev/null
write_conf "${limits[@]}" pam.flows=paste
fake delay token 1.2 >/dev/null
code='http://localhost:1717/OauthRedirect?code=aPrxMadeUp&state={state}'
fresh "$code"
alike 'paste, a made-up code' --moment prompt --moment refusal --answer "$code" --at-once 12
fake delay token off >/dev/null
rm -f /run/sfoauth/lock/limits-1

# Salesforce is down: who is told so must not depend on the name.
write_conf "${limits[@]}"
kill "$(cat "$W/fake.pid")"
wait_for 5 sh -c "! kill -0 $(cat "$W/fake.pid") 2>/dev/null"
mapped=$(once ada x | words)
like 'a mapped name is told that Salesforce cannot be reached' "$mapped" 'Salesforce cannot be reached'
is 'an unmapped one reads the same' "$(once zora x | words)" "$mapped"
start_fake
mapped=$(once ada x | words)
like 'Salesforce is back: a mapped name gets the dialogue' "$mapped" 'Sign in with Salesforce'
like 'an unmapped one, too' "$(once zora x | words)" 'Sign in with Salesforce'

# Salesforce has closed the device flow for this app: the next flow is taken, for everybody.
write_conf "${limits[@]}" "pam.flows=device paste"
fake script kind=start status=404 shape=html error=gone times=1 >/dev/null
mapped=$(once ada x | words)
like 'a mapped name gets the next flow' "$mapped" 'Paste it here'
like 'an unmapped one, too' "$(once zora x | words)" 'Paste it here'
done_testing
