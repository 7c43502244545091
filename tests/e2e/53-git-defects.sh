#!/bin/bash
# What went wrong in other helpers, one by one: published advisories, and seven defects of git's own
# libsecret helper. Every field, both directions.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf org.also_for=https://git.acme.example:8443
start_fake
start_desktop
helper=/usr/local/bin/git-credential-sfoauth

# raw OPERATION FILE: the helper by itself.
raw()
{
	desk env GIT_TERMINAL_PROMPT=0 $helper "$1" <"$2" >"$W/out" 2>"$W/err"
	status=$?
	out=$(cat "$W/out") err=$(cat "$W/err")
}
ask() { printf "$1" >"$W/request" && raw get "$W/request"; }
password() { sed -n 's/^password=//p' <<<"$out"; }
items() { stored | grep -cE 'label|refresh_token=5Aep|access_token=00D'; }
kernel() { setpriv --reuid=ada --regid=ada --init-groups keyctl list @u | grep -c 'sfoauth:'; }
sign_in_as ada desk sfoauth login
token=$(desk sfoauth token)
before="$(items) $(kernel)"
REST='protocol=https\nhost=acme.my.salesforce.com\nusername=ada@acme.example\n'

# ---- CVE-2020-5260, CVE-2024-52006, CVE-2024-50338, CVE-2024-53263: a line end within a value
# refused NAME REQUEST: by all three operations, without a word, an echo or an effect.
refused()
{
	local operation said=''
	printf "$2" >"$W/request"
	for operation in get store erase; do
		raw $operation "$W/request"
		said+="$status:$out:$err "
	done
	is "$1: refused by all three" "$said$(items) $(kernel)" "0:: 0:: 0:: $before"
}
fields='protocol host path username password password_expiry_utc oauth_refresh_token authtype credential
ephemeral state[] continue capability[] wwwauth[] quit url unknown'
for field in $fields; do
	for byte in '\r' '\000'; do
		refused "$field with ${byte}" "capability[]=authtype\n${REST}password=$token\n$field=a${byte}b\n\n"
	done
	refused "$field with CR LF at the end" "${REST}password=$token\n$field=a\r\n\n"
	refused "a CR in the name of $field" "${REST}password=$token\n${field%?}\r=a\n\n"
done
for field in protocol host path username password; do
	case $field in
	protocol) url='ht%%0atps://acme.my.salesforce.com/' ;;
	host) url='https://acme.my.salesforce.com%%0ahost=evil.example/' ;;
	path) url='https://acme.my.salesforce.com/a%%0dhost=evil.example' ;;
	username) url='https://ada%%0ahost=x@acme.my.salesforce.com/' ;;
	password) url="https://ada:x%%0d@acme.my.salesforce.com/" ;;
	esac
	refused "url= with an encoded line end in the $field" "url=$url\n\n"
done

# ---- git 2.41: a long line is one line, in every field; CVE-2020-11008: a missing or empty host
for field in $fields; do
	long=$(head -c $((65535 - ${#field} - 1)) /dev/zero | tr '\0' x)
	refused "$field of 65,536 bytes, whose tail is a host" "protocol=https\n$field=${long}x\nhost=acme.my.salesforce.com\npassword=$token\n\n"
	case $field in protocol | host | username | url) continue ;; esac
	printf '%b%s=%s\n\n' "$REST" "$field" "$long" >"$W/request"
	raw get "$W/request"
	case $field in
	path) is 'path of 65,535 bytes: not ours, silence' "$status:$out:$err" '0::' ;;
	*) is "$field of 65,535 bytes: read" "$(password)" "$token" ;;
	esac
done
for request in 'protocol=https\n' 'protocol=https\nhost=\n' 'host=acme.my.salesforce.com\n' 'protocol=\nhost=acme.my.salesforce.com\n' '' \
    'url=https:///path\n' 'url=https://\n' 'url=://acme.my.salesforce.com\n' 'url=cert:///x\n'; do
	refused "a blank or missing part: '$request'" "${request}password=$token\n\n"
done

# ---- gh CVE-2024-53858, VS Code 2026, Clone2Leak: hosts that look like ours
for host in evilmy.salesforce.com acmemy.salesforce.com my.salesforce.com.evil.test acme.my.salesforce.com.evil.test \
    acme.my.salesforce.com@evil.test 'evil.test#acme.my.salesforce.com' 'evil.test?acme.my.salesforce.com' \
    'evil.test/acme.my.salesforce.com' 'acme.my.salesforce.com%%40evil.test' 'acme%%2emy.salesforce.com' acme.my.salesforce.co \
    xn--cme-6na.my.salesforce.com $'\xd0\xb0cme.my.salesforce.com' 'acme.my.salesforce.com%%00.evil.test' 'acme.my.salesforce.com.' \
    'acme.my.salesforce.com:80' 'acme.my.salesforce.com:8443' 'acme.my.salesforce.com:65979' 'acme.my.salesforce.com:0' \
    'acme.my.salesforce.com:+443' 'acme.my.salesforce.com: 443' 'acme.my.salesforce.com:443x' '[acme.my.salesforce.com]'; do
	refused "host=$host" "protocol=https\nhost=$host\npassword=$token\n\n"
	# In an address git decodes what is a dot.
	case $host in *%%2e*) continue ;; esac
	refused "url=https://$host" "url=https://$host/\npassword=$token\n\n"
done
for protocol in http HTTP HTTPS https:// ssh git ftp 'https%%3a'; do
	refused "protocol=$protocol" "protocol=$protocol\nhost=acme.my.salesforce.com\npassword=$token\n\n"
done
for host in ACME.MY.SALESFORCE.COM acme.my.salesforce.com:443; do
	ask "protocol=https\nhost=$host\n\n"
	is "host=$host is ours" "$(password)" "$token"
done
ask 'url=https://ac%%6de.my.salesforce.com/\n\n'
is 'an address is decoded once, as git does' "$(password)" "$token"

# ---- The seven of git's libsecret helper
ask 'protocol=https\nhost=git.acme.example:8443\n\n'
is '1. the port is part of the key: with it' "$(password)" "$token"
refused '1. and without it' 'protocol=https\nhost=git.acme.example\n\n'
refused '2. ports do not wrap at 65,536' 'protocol=https\nhost=git.acme.example:73979\n\n'
for host in '[::1]' '[::ffff]' '[::1]:8443' '::1'; do refused "3. $host is nobody" "protocol=https\nhost=$host\n\n"; done
sign_in_as kim desk sfoauth login
kim=$(desk sfoauth token --user kim@acme.example)
printf 'protocol=https\nhost=acme.my.salesforce.com\npassword=%s\n\n' "$kim" >"$W/request"
raw erase "$W/request"
is '4. and 5. erase without a username: silence' "$status:$out:$err" '0::'
is "4. another person's token stays" "$(desk sfoauth token --user ada@acme.example)" "$token"
unlike '4. the one presented is gone' "$(stored)" "$kim"
printf '%bpassword=%s\n\n' "$REST" "$token" >"$W/request"
raw store "$W/request"
is '5. store prints nothing' "$status:$out:$err" '0::'
# 6 is in 54-git-trouble.sh.
good=$(desk secret-tool lookup application sfoauth user ada@acme.example)
desk secret-tool clear application sfoauth
forget_kernel
# with TEXT: the same item with another access token.
with() { awk -v text="access_token=$1" '/^access_token=/ { $0 = text } !/^refresh_token=/ { print }' <<<"$good"; }
for name in $'ada@acme.example\nquit=1' $'ada@acme.example\rquit=1' $'ada\nhost=evil.example'; do
	put_item "$good"$'\n' "$name"
	ask "$GIT_REQUEST\n"
	is "7. an attribute with a line end: $(printf %q "$name")" "$status:$out" '4:'
	desk secret-tool clear application sfoauth
done
for text in 'x\nquit=1' 'x\rquit=1' 'x\033[2J' 'x\001'; do
	put_item "$(with "$text")"$'\n'
	ask "$GIT_REQUEST\n"
	is "7. a token with $text" "$status:$out" '4:'
	desk secret-tool clear application sfoauth
done
put_item "$(with '00D5f000000Abcd!TEXT')"$'\n'
ask "$GIT_REQUEST\n"
is 'the same item without any of that answers' "$(password)" '00D5f000000Abcd!TEXT'
done_testing
