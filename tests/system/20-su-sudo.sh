#!/bin/bash
# su and sudo on a booted system: a notice, no prompt of ours, and no token that stays.
. "$(dirname "$0")/lib.sh"
boot

# notice HOW: what every one of them must show and leave.
check_notice()
{
	like "$1 shows a notice" "$out" '1\. Open +https://acme.*2\. Enter +[A-Z0-9]+.*Waiting until you have approved'
	unlike "$1 asks for no key press" "$out" 'Press Enter'
	is "$1 leaves no record" "$(inside ls -A /run/sfoauth/handoff)" ''
	is "$1 leaves no token at Salesforce" "$(fake counts access_live)" 0
}

sign_in ada --as kim -- su ada -c 'id -un'
like 'kim becomes ada, who approves' "$status $out" $'^0 .*\nada$'
check_notice su

sign_in ada --as ada -- sudo -k id -un
like 'ada becomes root by sudo, which ada approves' "$status $out" $'^0 .*\nroot$'
check_notice sudo

sign_in kim --as kim -- su ada -c 'id -un'
unlike 'kim does not become ada by approving as kim' "$status" '^0$'
like 'and is told a reference' "$out" 'Not let in\. Reference [0-9A-Z]{4}-[0-9A-Z]{4}'
is 'the refused token is revoked' "$(fake counts access_live)" 0
like 'the journal says which rule' "$(journal)" \
    'su(\[[0-9]+\])?: [^'$'\n'']*sfoauth: result=denied[^'$'\n'']*service=su[^'$'\n'']*user=ada'

inside journalctl --sync
fields=(SFOAUTH_SERVICE=su SFOAUTH_RESULT=denied)
is "its fields are the journal's, once" "$(inside journalctl -q -o json "${fields[@]}" |
    jq -r '[.SFOAUTH_USER, .SFOAUTH_REASON, .SFOAUTH_TOKEN, .SFOAUTH_FLOW, ._COMM, .SYSLOG_FACILITY, .PRIORITY] | join(" ")')" \
    'ada not_mapped revoked device su 10 5'
is 'no line of ours came by syslog as well' "$(inside journalctl -q -o json _TRANSPORT=syslog | jq -r .MESSAGE | grep -c 'sfoauth: result=')" 0
reference=$(inside journalctl -q -o json "${fields[@]}" | jq -r .SFOAUTH_REF)
like 'sfoauth why finds it there' "$(inside sfoauth why "$reference" 2>&1)" 'kim|not_mapped|mapp'

drive --as kim --on 'assword: =pw-root' -- su root -c 'id -un'
like 'root is asked for the Unix password' "$status $out" $'^0 .*\nroot$'
drive --as ada --on 'assword: =pw-svc' -- su svc -c 'id -un'
like 'so is an account below min_uid' "$status $out" $'^0 .*\nsvc$'

finish
