#!/bin/bash
# What git 2.46 and later understand, spoken raw: Bearer, state, a second call after a 401; a sign-in
# begun by the helper, once for many; git's own configuration; sfoauth setup-git.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf org.also_for=https://git.acme.example
start_fake
start_desktop
helper=/usr/local/bin/git-credential-sfoauth
BOTH='capability[]=authtype\ncapability[]=state\n'

# raw OPERATION REQUEST: the helper by itself, forbidden to ask; REQUEST in printf's escapes.
raw()
{
	# shellcheck disable=SC2059 # escapes are wanted
	printf "$2" >"$W/request"
	desk env GIT_TERMINAL_PROMPT=0 $helper "$1" <"$W/request" >"$W/out" 2>"$W/err"
	status=$?
	out=$(cat "$W/out") err=$(cat "$W/err")
}
value() { sed -n "s/^$1=//p" <<<"$out"; }
keys() { cut -d= -f1 <<<"$out" | tr '\n' ' '; }
# with_person OPTION... -- COMMAND...: ada at a terminal, at her desktop.
with_person()
{
	local -a options=()
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	drive --as ada "${options[@]}" -- env XDG_RUNTIME_DIR="/run/user/$ada_uid" "${@:2}"
}
approval="/usr/bin/python3 -B '$src/tests/fake/control.py' '$W/fake.sock' approve --code \"\$SF_CODE\" --user ada"
printf '%b\n' "$GIT_REQUEST" >"$W/home/ada/request"
codes() { fake counts by_kind.start; }

# ---- Nothing is stored, and git may ask
before=$(codes)
with_person --approve "$approval" -- sh -c "$helper get <request >answer"
is 'a person at a terminal is shown a code by the helper' "$status $(($(codes) - before))" '0 1'
like 'and the answer is on standard output alone' "$(cat "$W/home/ada/answer")" '^username=ada@acme\.example'
is 'nothing but protocol' "$(grep -cvE '^(username|password|password_expiry_utc)=' "$W/home/ada/answer")" 0
unlike 'no token on the terminal' "$out" '00D5f'
token=$(sed -n 's/^password=//p' "$W/home/ada/answer")

printf '%b\n' "${GIT_REQUEST}username=kim@acme.example\n" >"$W/home/ada/for-kim"
for locale in C de_DE.UTF-8; do
	with_person --approve "$approval" -- env LC_ALL=$locale sh -c "$helper get <for-kim >answer"
	is "$locale: another person than git asked for is refused" "$(cat "$W/home/ada/answer")" quit=1
	out=$(tr -s ' \r\n' ' ' <<<"$out")
	case $locale in
	C) said='sfoauth refused this sign-in: another person.*Sign out of Salesforce.*ada@acme\.example signed in, kim@acme\.example was asked for' ;;
	*) said='sfoauth hat diese Anmeldung abgelehnt: .*ein privates Fenster.*angemeldet hat sich ada@acme\.example, verlangt war kim@acme\.example' ;;
	esac
	like "$locale: who has refused whom, and what helps" "$out" "$said"
done

# ---- Forms
raw get "$BOTH$GIT_REQUEST\n"
is 'Bearer: capabilities first' "$(keys)" \
    'capability[] capability[] authtype ephemeral credential password_expiry_utc state[] continue '
is 'Bearer: the same token' "$(value authtype) $(value credential)" "Bearer $token"
first=$(value 'state\[\]')
like 'state names the generation' "$first" '^sfoauth:[0-9a-f]{16}$'
raw get "capability[]=state\n$GIT_REQUEST\n"
is 'state alone: a password' "$(value password) $(value 'state\[\]')" "$token $first"
raw get "$BOTH${GIT_REQUEST}wwwauth[]=Basic realm=\"x\"\n\n"
is 'a server that takes Basic alone gets a password' "$(value password)" "$token"
raw get "$BOTH${GIT_REQUEST}wwwauth[]=Basic realm=\"x\"\nwwwauth[]=Bearer\n\n"
is 'one that takes both gets Bearer' "$(value credential)" "$token"
raw get "${BOTH}capability[]=\n$GIT_REQUEST\n"
is 'capabilities that were taken back do not count' "$(value password) $(value 'state\[\]')" "$token "

# ---- The server refused: once more, with another token
before=$(refreshes)
raw get "$BOTH${GIT_REQUEST}state[]=other:x\nstate[]=$first\n\n"
second=$(value 'state\[\]')
unlike 'a call that brings the generation gets another' "$second" "$first"
is 'by one refresh, without a person' "$status $(($(refreshes) - before))" '0 1'
unlike 'and the next 401 is the end' "$(keys)" continue
raw get "$BOTH${GIT_REQUEST}state[]=$first\n\n"
is 'an older generation gets what is there' "$(value 'state\[\]') $(($(refreshes) - before))" "$second 1"
newer=$(value credential)
raw get "$BOTH${GIT_REQUEST}state[]=sfoauth:0000000000000000\n\n"
is 'and one that nobody knows, too' "$(value credential) $(($(refreshes) - before))" "$newer 1"

# ---- erase and store
raw erase "$BOTH${GIT_REQUEST}authtype=Bearer\ncredential=$newer\nstate[]=$first\n\n"
is 'erase of an old generation: silence' "$status:$out:$err" '0::'
raw get "$BOTH$GIT_REQUEST\n"
is 'and nothing is gone, be the text the same' "$(value credential) $(($(refreshes) - before))" "$newer 1"
raw erase "$BOTH${GIT_REQUEST}authtype=Digest\ncredential=$newer\nstate[]=$second\n\n"
raw erase "$BOTH${GIT_REQUEST}state[]=$second\n\n"
raw get "$BOTH$GIT_REQUEST\n"
is 'nor by another scheme, or without a secret' "$(value credential)" "$newer"
desk secret-tool clear application sfoauth
raw store "$BOTH${GIT_REQUEST}authtype=Bearer\ncredential=x$newer\nephemeral=1\noauth_refresh_token=r\n\n"
is 'a Bearer that is not ours is not stored' "$status:$out:$err $(stored | grep -c label)" '0:: 0'
rm -rf "$W/home/ada/.local/state/sfoauth"
raw store "$BOTH${GIT_REQUEST}authtype=Bearer\ncredential=$newer\nephemeral=1\nstate[]=$second\n\n"
is 'ours goes to the desktop keyring' "$status:$out:$err $(stored | grep -c label)" '0:: 1'
raw erase "$BOTH${GIT_REQUEST}authtype=Bearer\ncredential=$newer\nstate[]=$second\n\n"
raw get "$BOTH$GIT_REQUEST\n"
is 'erase of the generation that is stored drops it' "$status:$out" '4:'

# ---- Eight helpers, one sign-in
desk secret-tool clear application sfoauth
forget_kernel
before=$(codes)
# shellcheck disable=SC2016 # for the shell of the session
with_person --approve "$approval" --approve-after 1 -- sh -c \
    'for i in 1 2 3 4 5 6 7 8; do /usr/local/bin/git-credential-sfoauth get <request >got$i & done; wait'
is 'eight helpers at once: one sign-in' "$(($(codes) - before))" 1
is 'and eight answers, all the same' "$(cat "$W"/home/ada/got? | grep '^password=00D' | sort | uniq -c | awk '{ print $1 }')" 8
desk sfoauth logout --quiet
before=$(codes)
# shellcheck disable=SC2016
with_person --approve "$approval --deny" -- sh -c \
    'for i in 1 2 3 4 5 6 7 8; do /usr/local/bin/git-credential-sfoauth get <request >got$i & done; wait'
is 'eight helpers, and the person says no: asked once' "$(($(codes) - before))" 1
is 'git is told to ask for nothing more' "$(sort "$W"/home/ada/got? | uniq -c | awk '{ print $1, $2 }')" '8 quit=1'

# ---- git forbids it in its files, too
before=$(codes)
for value in false never 0 ''; do
	desk git config --global credential.interactive "$value"
	with_person --timeout 8 -- sh -c "$helper get <request"
	is "credential.interactive=$value: one sentence, no code" "$status $(($(codes) - before)) $(grep -c 'sfoauth login' <<<"$out")" '4 0 1'
done
desk git config --global --unset credential.interactive
desk git config --global credential.https://acme.my.salesforce.com/a.interactive never
printf '%b\n' "${GIT_REQUEST}path=a\n" >"$W/home/ada/request"
with_person --timeout 8 -- sh -c "$helper get <request"
is 'nor for the path for which it says so' "$status $(($(codes) - before))" '4 0'
desk git config --global --remove-section credential.https://acme.my.salesforce.com/a

# ---- Two orgs that share a host
cat >>/etc/sfoauth/sfoauth.conf <<'END'
[org sandbox]
login_url = https://acme--sb.sandbox.my.salesforce.com
client_id = 3MVG9acme.Local_App
also_for = https://git.acme.example
kernel_cache = no
[org third]
login_url = https://evil.my.salesforce.com
client_id = 3MVG9acme.Local_App
END
SHARED='protocol=https\nhost=git.acme.example\n'
sign_in_as ada desk sfoauth login --org acme
desk sfoauth token --org acme >"$W/acme"
sign_in_as sandbox:ada desk sfoauth login --org sandbox
is 'signed in to both' "$status" 0
desk sfoauth token --org sandbox >"$W/sandbox"
forget_kernel
raw get "$SHARED\n"
is 'the default org answers' "$(value password)" "$(cat "$W/acme")"
forget_kernel
desk git config --global credential.https://git.acme.example.sfoauthOrg sandbox
raw get "$SHARED\n"
is 'unless git names another' "$(value password)" "$(cat "$W/sandbox")"
for org in nobody third; do
	desk git config --global credential.https://git.acme.example.sfoauthOrg $org
	forget_kernel
	raw get "$SHARED\n"
	is "an org that the host is not configured for does not count: $org" "$(value password)" "$(cat "$W/acme")"
done
desk git config --global --unset credential.https://git.acme.example.sfoauthOrg
desk git config --global credential.https://git.acme.example/team.sfoauthOrg sandbox
raw get "${SHARED}path=team/x.git\n\n"
is 'by path, where git sends it (useHttpPath): no short cut by the kernel keyring' "$(value password)" "$(cat "$W/sandbox")"
raw get "${SHARED}path=teams/x.git\n\n"
is 'and no other path' "$(value password)" "$(cat "$W/acme")"
desk git config --global credential.https://other.example.sfoauthOrg sandbox
raw get 'protocol=https\nhost=other.example\n\n'
is 'no configuration of git widens where a token goes' "$status:$out:$err" '0::'

# ---- setup-git
config=$W/home/ada/.gitconfig
printf '# mine\n[user]\n\tname = Ada\n[credential]\n\thelper = store\n[alias]\n\tx = y\n' >"$config"
cp "$config" "$W/config.before"
run desk sfoauth setup-git
is 'setup-git' "$status" 0
is 'the absolute path, behind an empty one' "$(desk git config --get-all credential.https://git.acme.example.helper)" \
    $'\n/usr/local/bin/git-credential-sfoauth'
is 'for the hosts of all orgs and no other' "$(desk git config --global --name-only --get-regexp '^credential\.http' | sort -u | tr '\n' ' ')" \
    'credential.https://acme--sb.sandbox.my.salesforce.com.helper credential.https://acme.my.salesforce.com.helper credential.https://evil.my.salesforce.com.helper credential.https://git.acme.example.helper '
cp "$config" "$W/config.once"
run desk sfoauth setup-git --json
is 'twice is once' "$status $(jq -r '[.hosts[].state] | unique | join(" ")' <<<"$out") $(cmp "$config" "$W/config.once")" '0 present '
run desk env LC_ALL=de_DE.UTF-8 sfoauth setup-git
like 'and said in German' "$err" '^https://acme\.my\.salesforce\.com: git verwendet schon sfoauth\.'
run desk env LC_ALL=de_DE sfoauth setup-git
like 'in English where the terminal has no umlauts' "$err" ': git already uses sfoauth\.'
token=$(desk sfoauth token --org acme)
# shellcheck disable=SC2059
printf "$GIT_REQUEST\n" >"$W/home/ada/request"
like 'git asks us' "$(desk sh -c 'GIT_TERMINAL_PROMPT=0 git credential fill <request')" "$token"
desk sh -c 'git credential fill <request | git credential approve'
ok 'and gives the token to no other helper' test ! -e "$W/home/ada/.git-credentials"
run desk sfoauth setup-git --remove
is '--remove leaves the file as it was, byte for byte' "$status $(cmp "$config" "$W/config.before")" '0 '
run desk sfoauth setup-git --remove --json
is 'twice is once here, too' "$status $(jq -r '[.hosts[].state] | unique | join(" ")' <<<"$out") $(cmp "$config" "$W/config.before")" '0 absent '
desk git config --global credential.https://git.acme.example.helper cache
cp "$config" "$W/config.before"
run desk sfoauth setup-git --org acme
like 'a helper of the person herself is left alone' "$err" 'https://git\.acme\.example: .*another helper.*nothing is changed'
is 'the other host is set up' "$(desk git config --get-all credential.https://acme.my.salesforce.com.helper | tail -n 1)" "$helper"
run desk sfoauth setup-git --org acme --remove
is 'and --remove does not touch hers' "$(cmp "$config" "$W/config.before")" ''
printf '[broken\n' >"$config"
run desk sfoauth setup-git
is 'a file that git cannot read: exit status' "$status" 3
like 'with what helps' "$err" 'git config --global --list says why'
is 'and it is left as it is' "$(cat "$config")" '[broken'
done_testing
