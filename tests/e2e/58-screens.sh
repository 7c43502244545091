#!/bin/bash
# What people see, at 80 columns: a login over ssh in English and in German, and sfoauth on a UTF-8
# terminal, in the C locale and in a German one. No line is longer, C gets nothing but ASCII, and
# German shows only where it can. With the argument show they are shown.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

show=${1-}
write_conf
start_fake
start_sshd
start_desktop
fake set interval=1 >/dev/null

# shown NAME: what is in $out. What ssh itself says does not count; drive.py leaves out the carriage
# returns of the countdown, which is one line written over and over.
shown()
{
	[ "$show" != show ] || printf '==== %s\n%s\n' "$1" "$out" | sed 's/^/# /'
	is "$1: no line is longer than 80 columns" \
	    "$(sed -E '/Permanently added/d; s/\x1b\[[0-9;]*m//g; s/((Waiting, [ 0-9:]+ left|Noch [ 0-9:]+) )+ *//' <<<"$out" |
	        LC_ALL=C.UTF-8 grep -E '.{81}')" ''
}
is_ascii() { is "$1: nothing but ASCII" "$(tr -d '\r\t\033' <<<"$out" | LC_ALL=C grep -n '[^ -~]')" ''; }

# ---- ssh
ssh_login ada 'echo let in'
is 'ssh: ada is let in' "$status" 0
shown ssh
is_ascii ssh
write_conf pam.language=de
(fake approve --wait 20 --user ada >/dev/null) &
ssh_login -n -D --no-answer -D --on='kein Passwort[^:]*: =' ada 'echo let in'
wait $!
is 'ssh, German: ada is let in' "$status" 0
like 'in German' "$out" 'Anmeldung mit Salesforce \(acme\)[[:space:]]+als .ada. auf sfhost\.'
shown 'ssh, German'
is_ascii 'ssh, German'
ssh_login -n -D --no-answer -D --on='kein Passwort[^:]*: =x' ada true
like 'ssh, German, refused' "$out" 'Kein Zugang\. Referenz [0-9A-Z]{4}-[0-9A-Z]{4}\.'
shown 'ssh, German, refused'
write_conf
ssh_login -n -D --no-answer -D --on='type a password[^:]*: =x' ada true
like 'ssh, refused: one sentence with the reference' "$out" 'Not let in\. Reference [0-9A-Z]{4}-[0-9A-Z]{4}\.'
shown 'ssh, refused'

# ---- sfoauth: a sign-in, what it leaves, a failure with advice, the way out
# screen LOCALE COMMAND: ada's shell runs it on her terminal; a code is approved.
screen()
{
	sign_in_options
	sign_in ada --as ada -- env -i PATH=/usr/local/bin:/usr/bin:/bin TERM=xterm LC_ALL="$1" \
	    XDG_RUNTIME_DIR="/run/user/$ada_uid" sh -c "$2"
}
for locale in C C.UTF-8 de_DE.UTF-8 de_DE; do
	for words in login status whoami verify doctor 'users --permission Linux_Login'; do
		screen $locale "sfoauth $words"
		is "$locale: sfoauth $words" "$status" 0
		shown "$locale: sfoauth $words"
		case $words-$locale in
		login-de_DE.UTF-8) like "$locale: a sign-in in German" "$out" 'Eingeben  [A-Z0-9]{8}.*Noch +(10:00|9:5.) .*Angemeldet bei acme als ada@acme\.example\.' ;;
		login-*) like "$locale: a sign-in in English" "$out" 'Enter  [A-Z0-9]{8}.*Waiting, +(10:00|9:5.) left .*Signed in to acme as ada@acme\.example\.' ;;
		esac
		case $locale in *UTF-8) ;; *) is_ascii "$locale: sfoauth $words" ;; esac
		case $locale:$words in
		de*UTF-8:verify) like "$locale: $words in German" "$out" 'revoke +Salesforce nimmt Widerrufe an' ;;
		de*UTF-8:doctor) like "$locale: $words in German" "$out" 'connect +acme.* antwortet' ;;
		de*UTF-8:users*) like "$locale: $words in German" "$out" 'das Konto von root' ;;
		*:verify) like "$locale: $words in English" "$out" 'revoke +Salesforce accepts revocations' ;;
		*:doctor) like "$locale: $words in English" "$out" 'connect +acme.* answers' ;;
		*:users*) like "$locale: $words in English" "$out" 'this is the account of root' ;;
		esac
	done
	screen $locale 'sfoauth api /services/data/v60.0/nothing'
	shown "$locale: sfoauth api, nothing there"
	case $locale in
	de*UTF-8) like "$locale: German" "$out" 'Unter diesem Pfad' ;;
	*) like "$locale: English" "$out" 'Salesforce has nothing at that path' && is_ascii "$locale: the failure" ;;
	esac
	screen $locale 'sfoauth nonsense'
	is "$locale: usage" "$status" 2
	shown "$locale: sfoauth nonsense"
	screen $locale 'sfoauth logout'
	is "$locale: sfoauth logout" "$status" 0
	shown "$locale: sfoauth logout"
	# Long rows and what helps: lines that end between words, below each other.
	write_conf org.proxy=http://127.0.0.1:9
	screen $locale 'sfoauth doctor --quiet'
	is "$locale: sfoauth doctor, no way out" "$status" 5
	shown "$locale: sfoauth doctor, no way out"
	like "$locale: what helps goes on in its column" "$out" $'\r?\n {21}[^ ][^\n]*\r?\n {21}[^ ]'
	write_conf
done

# ---- root: logins tried, a refused one, and why
# root_screen LOCALE PERSON COMMAND: root's shell runs it; PERSON approves. Lines for PAM are to be
# copied; the page of a login is the module's, and is above.
root_screen()
{
	sign_in_options -a "$2"
	sign_in ada -- env -i PATH=/usr/local/bin:/usr/bin:/bin TERM=xterm LC_ALL="$1" sh -c "$3"
	out=$(sed '/  pam_sfoauth\.so/d' <<<"$out")
}
for locale in C de_DE.UTF-8; do
	root_screen $locale ada 'sfoauth try-login ada'
	is "$locale: sfoauth try-login, let in" "$status" 0
	shown "$locale: sfoauth try-login, let in"
	root_screen $locale kim 'sfoauth try-login ada'
	is "$locale: sfoauth try-login, refused" "$status" 1
	shown "$locale: sfoauth try-login, refused"
	root_screen $locale ada 'sfoauth try-login svc'
	shown "$locale: sfoauth try-login, passed on"
	ref=$(audit_field ref)
	root_screen $locale ada "sfoauth why $ref"
	is "$locale: sfoauth why" "$status" 0
	shown "$locale: sfoauth why"
	case $locale in
	de*UTF-8) like "$locale: sfoauth why in German" "$out" "$ref: abgelehnt, .* Grund      kim@acme\.example hat" ;;
	*) like "$locale: sfoauth why in English" "$out" "$ref: refused, .* why      kim@acme\.example approved" ;;
	esac
	[ $locale != C ] || is_ascii "$locale: sfoauth why"
	root_screen $locale ada 'sfoauth why 0'
	is "$locale: sfoauth why, no reference" "$status" 2
	shown "$locale: sfoauth why, no reference"
done
as_user ada sh -c 'printf "protocol=https\nhost=acme.my.salesforce.com\n\n" |
    LC_ALL=de_DE.UTF-8 GIT_TERMINAL_PROMPT=0 git-credential-sfoauth get' >/dev/null 2>"$W/err"
like 'to git in German too' "$(cat "$W/err")" 'Anmeldung ist'
for words in '' login token status setup verify api; do
	out=$(/usr/local/bin/sfoauth ${words:+"$words"} --help 2>&1)
	shown "sfoauth $words --help"
done
done_testing
