#!/bin/bash
# git's credential protocol, raw and through git itself: who is answered, who is not, and what a
# request may look like.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf org.also_for=https://git.acme.example
start_fake
start_desktop
helper=/usr/local/bin/git-credential-sfoauth

# raw OPERATION REQUEST [VARIABLE=VALUE]...: the helper by itself; REQUEST in printf's escapes.
raw()
{
	local operation=$1 request=$2
	shift 2
	# shellcheck disable=SC2059 # escapes are wanted
	printf "$request" >"$W/request"
	desk env GIT_TERMINAL_PROMPT=0 "$@" $helper "$operation" <"$W/request" >"$W/out" 2>"$W/err"
	status=$?
	out=$(cat "$W/out") err=$(cat "$W/err")
}
# silent NAME REQUEST: nothing on either side, status 0.
silent()
{
	raw get "$2"
	is "$1: silence" "$status:$out:$err" '0::'
}
answered()
{
	raw get "$2"
	is "$1: answered" "$status $(grep '^password=' <<<"$out")" "0 password=$token"
}

# ---- Nothing stored
raw get "$GIT_REQUEST\n"
is 'nothing stored: status' "$status:$out" '4:'
like 'nothing stored: one sentence that names the command' "$err" '^[^'$'\n'']*sfoauth login[^'$'\n'']*$'
# The writer keeps its end open for longer than the helper may take.
mkfifo "$W/fifo" && chmod 666 "$W/fifo"
exec 9<>"$W/fifo"
printf '%b\n' "$GIT_REQUEST" >&9
desk env GIT_TERMINAL_PROMPT=0 timeout 20 $helper get <"$W/fifo" >"$W/out" 2>&1 9>&-
is 'a request ends at its empty line, not at the end of the input' "$?" 4
exec 9>&-
raw store "${GIT_REQUEST}username=x\npassword=y\n\n"
is "somebody else's password is not stored" "$status:$out:$err $(stored | grep -c label)" '0:: 0'
raw erase "${GIT_REQUEST}username=x\npassword=y\n\n"
is 'nor erased' "$status:$out:$err" '0::'

sign_in_as ada desk sfoauth login
token=$(desk sfoauth token)
like 'signed in' "$token" '^00D'

# ---- The answer
raw get "$GIT_REQUEST\n"
is 'three lines and no more' "$(cut -d= -f1 <<<"$out" | tr '\n' ' ')" 'username password password_expiry_utc '
life=$(($(sed -n 's/^password_expiry_utc=//p' <<<"$out") - $(date +%s)))
ok 'an expiry in seconds since 1970, in two hours' test $life -gt 7100 -a $life -le 7200
raw capability ''
is 'capability: both' "$status:$(tr '\n' , <<<"$out")" '0:version 0,capability authtype,capability state,'
for operation in list '' --help login; do
	raw "$operation" "$GIT_REQUEST\n"
	is "operation '$operation': silence" "$status:$out:$err" '0::'
done

# ---- For the exact origin alone
for host in acme.my.salesforce.com.evil.example evil-acme.my.salesforce.com xacme.my.salesforce.com \
    acme.my.salesforce.com. acme.my.salesforce.com:8443 acme.my.salesforce.com:0443 acme.my.salesforce.com:65979 \
    acme.my.salesforce.com: acme.my.salesforce.com:443:443 acme.my.salesforce.com/ acme.my.salesforce.com@evil.example \
    ada@acme.my.salesforce.com 'acme.my.salesforce.com ' ' acme.my.salesforce.com' acme..my.salesforce.com \
    'acme%%2emy.salesforce.com' 'acme.my.salesforce.com%%00' 'acme\xe3\x80\x82my.salesforce.com' \
    'xn--acme-x5a.my.salesforce.com' 'ac\xd0\xbce.my.salesforce.com' my.salesforce.com '*.my.salesforce.com' \
    127.0.0.1 '[::1]' '[::ffff:127.0.0.1]' 'acme.my.salesforce.com#' 'acme.my.salesforce.com?x' git.acme.example:8443 \
    x.git.acme.example; do
	silent "host=$host" "protocol=https\nhost=$host\n\n"
done
silent 'no host' 'protocol=https\n\n'
silent 'an empty host' 'protocol=https\nhost=\n\n'
silent 'no protocol' 'host=acme.my.salesforce.com\n\n'
for protocol in http HTTPS ssh '' 'https '; do
	silent "protocol=$protocol" "protocol=$protocol\nhost=acme.my.salesforce.com\n\n"
done
answered 'upper case' 'protocol=https\nhost=ACME.my.SalesForce.com\n\n'
answered 'the port that https means' 'protocol=https\nhost=acme.my.salesforce.com:443\n\n'
answered 'also_for' 'protocol=https\nhost=git.acme.example\n\n'
answered 'a path' "${GIT_REQUEST}path=a/b.git\n\n"
answered 'the username, in any case' "${GIT_REQUEST}username=ADA@acme.example\n\n"
answered 'keys that nobody knows, lists' "capability[]=other\nstate[]=other:x\n${GIT_REQUEST}wwwauth[]=Basic\nx=\n\n"
answered 'no empty line at the end' "$GIT_REQUEST"
answered 'what comes after the empty line does not count' "$GIT_REQUEST\nhost=evil.example\n"
answered 'url=' 'url=https://acme.my.salesforce.com/x\n\n'
answered 'url= replaces what was there' 'protocol=http\nhost=evil.example\nurl=https://acme.my.salesforce.com\n\n'
silent 'url= is replaced' 'url=https://acme.my.salesforce.com\nhost=evil.example\n\n'
silent 'url= with a user-info that looks like a host' 'url=https://acme.my.salesforce.com@evil.example\n\n'
silent 'url= with an encoded line end' 'url=https://acme.my.salesforce.com%%0ahost=x\n\n'
raw get "${GIT_REQUEST}username=kim@acme.example\n\n"
is 'another username: no token of ada' "$status:$out" '4:'

# ---- Lines
silent 'a CR at a line end' 'protocol=https\r\nhost=acme.my.salesforce.com\r\n\r\n'
for place in 'protocol=https\nhost=acme.my.salesforce.com\nx=a%bb\n\n' 'x=a%bb\nprotocol=https\nhost=acme.my.salesforce.com\n\n' \
    'protocol=https\nhost=acme.my.salesforce.com%b\n\n' 'protocol=https\nhost=acme.my.salesforce.com\n\n%b'; do
	for byte in '\\r' '\\000'; do
		silent "a byte $byte in ${place//$'\n'/ }" "${place//%b/${byte/\\\\/\\}}"
	done
done
silent 'a line without =' "${GIT_REQUEST}nonsense\n\n"
long=$(head -c 65527 /dev/zero | tr '\0' x)
answered 'a line of 65,535 bytes' "${GIT_REQUEST}wwwauth=$long\n\n"
silent 'a line of one byte more' "${GIT_REQUEST}wwwauth=${long}x\n\n"
silent 'the tail of a long line is no line' "protocol=https\nhost=evil.example\nwwwauth=${long}xx\nhost=acme.my.salesforce.com\n\n"

# ---- Nothing on the hot path but libc, no socket, no other program
strace -f -qq -e trace=execve,openat,socket,connect,clone,fork,vfork -o "$W/strace" -u ada \
    env -i PATH=/usr/bin HOME="$W/home/ada" $helper get <<<$'protocol=https\nhost=acme.my.salesforce.com\n' >"$W/out"
like 'under strace: answered' "$(cat "$W/out")" "password=00D"
is 'one library' "$(sed -n '/exec.*git-credential-sfoauth/,$p' "$W/strace" | grep -c 'openat.*\.so[.0-9]*".*= [0-9]')" 1
is 'no socket, no second program' "$(sed -n '/exec.*git-credential-sfoauth/,$p' "$W/strace" | grep -cE 'socket|connect|clone|fork|bin/sfoauth"')" 0

# ---- Real git
as_user ada git config --global credential.helper $helper
# shellcheck disable=SC2059 # escapes are wanted
gitc() { printf "$2" >"$W/home/ada/request" && desk env GIT_TERMINAL_PROMPT=0 git credential "$1" <"$W/home/ada/request" 2>&1; }
like 'git credential fill' "$(gitc fill "$GIT_REQUEST\n")" "password=$token"
unlike 'git credential fill for another host' "$(gitc fill 'protocol=https\nhost=other.example\n\n')" "00D"
full=$(gitc fill "$GIT_REQUEST\n")
desk secret-tool clear application sfoauth
run desk sh -c "rm -rf ~/.local/state/sfoauth; git credential approve" <<<"$full"
gitc approve "${full//%/%%}\n\n" >/dev/null
is 'git credential approve keeps what is in the kernel alone' "$(stored | grep -c label)" 1
gitc approve "$GIT_REQUEST"'username=ada@acme.example\npassword=typed\n\n' >/dev/null
unlike 'and no other password' "$(stored)" 'typed'
gitc reject "$GIT_REQUEST"'username=ada@acme.example\npassword=other\n\n' >/dev/null
like 'git credential reject of another password does nothing' "$(gitc fill "$GIT_REQUEST\n")" "password=$token"
sign_in_as ada desk sfoauth login
full=$(gitc fill "$GIT_REQUEST\n") before=$(refreshes)
gitc reject "${full//%/%%}\n\n" >/dev/null
like 'git credential reject drops the access token and keeps the refresh token' "$(stored)" 'refresh_token=5Aep'
unlike 'the access token is gone' "$(stored)" 'access_token=00D'
again=$(gitc fill "$GIT_REQUEST\n")
is 'the next fill refreshes' "$(grep -c '^password=00D' <<<"$again") $(($(refreshes) - before))" '1 1'
gitc reject "${full//%/%%}\n\n" >/dev/null
is 'a late reject of the old token does nothing' "$(gitc fill "$GIT_REQUEST\n")" "$again"
desk secret-tool clear application sfoauth
forget_kernel
for forbids in 'GIT_TERMINAL_PROMPT=0 git' 'git -c credential.interactive=false' 'GCM_INTERACTIVE=never git'; do
	drive --as ada --timeout 8 -- env GIT_ASKPASS=true sh -c "printf '$GIT_REQUEST\n' | $forbids credential fill" >/dev/null
	unlike "with '$forbids' nobody is shown a code" "$out" 'Enter +[A-Z0-9]{8}'
done
done_testing
