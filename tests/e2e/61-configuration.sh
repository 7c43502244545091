#!/bin/bash
# Which org and which user are meant, as a table; production, sandbox and an org behind
# login.salesforce.com side by side, two users in one; and that the manual has every key.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

start_fake
start_desktop
conf=$W/home/ada/.config/sfoauth/sfoauth.conf
as_user ada mkdir -p "${conf%/*}"
org() { printf '[org %s]\nlogin_url = %s\nclient_id = 3MVG9acme.Local_App\n' "$1" "${2:-https://acme.my.salesforce.com}"; }
own_conf() { cat >"$conf" && chown ada: "$conf"; }

# ---- Precedence: flag > SFOAUTH_ORG > sfoauth use > the user's default > the system's default
mkdir -p /etc/sfoauth
meant()
{
	local flag=() environment=()
	[ "$1" = 0 ] || flag=(--org flag)
	[ "$2" = 0 ] || environment=(SFOAUTH_ORG=environment)
	if [ "$3" = 0 ]; then desk sfoauth use --clear; else desk sfoauth use chosen; fi >/dev/null 2>&1
	{ org user && { [ "$4" = 0 ] || echo 'default = yes'; }; } | own_conf
	{ org flag && org environment && org chosen && org system && { [ "$5" = 0 ] || echo 'default = yes'; }; } \
	    >/etc/sfoauth/sfoauth.conf
	desk env "${environment[@]}" sfoauth whoami "${flag[@]}" --json 2>/dev/null | jq -r '"\(.error): \(.detail)"' |
	    sed 's/^sign_in_needed: nothing is stored for //; s/^config: several orgs.*/none/'
}
names=(flag environment chosen user system)
for bits in {0..31}; do
	row=() wanted=none
	for i in 4 3 2 1 0; do
		row[i]=$((bits >> i & 1))
		[ "${row[i]}" = 0 ] || wanted=${names[i]}
	done
	given=$(for i in 0 1 2 3 4; do [ "${row[i]}" = 0 ] || printf ' %s' "${names[i]}"; done)
	is "which org is meant, given:${given:- nothing}" "$(meant "${row[@]}")" "$wanted"
done
org only >/etc/sfoauth/sfoauth.conf && rm "$conf"
is 'the only org needs no default' "$(meant 0 0 0 0 0 >/dev/null; rm -f "$conf"; org only >/etc/sfoauth/sfoauth.conf
    desk sfoauth whoami --json | jq -r .detail)" 'nothing is stored for only'
desk sfoauth use only >/dev/null
org other >/etc/sfoauth/sfoauth.conf
run desk sfoauth token
is 'what use chose and is gone: a failure that says so, not another org' "$status $(grep -c "org 'only' no longer exists" <<<"$err")" '3 1'
is 'a flag still counts' "$(desk sfoauth token --org other --json | jq -r .error)" sign_in_needed
desk sfoauth use --clear >/dev/null
is 'and that is the way out' "$(desk sfoauth token --json | jq -r .detail)" 'nothing is stored for other'

# ---- A key: the user's section replaces the system's as a whole; what it does not say is the default
{ org acme && printf 'api_version = 61.0\nsession_timeout = 15m\n'; } >/etc/sfoauth/sfoauth.conf
{ org acme && echo 'session_timeout = 30m'; } | own_conf
sign_in_as ada desk sfoauth login
desk sfoauth api '/services/data/v{version}/limits' >/dev/null
is "a key that the user's section does not have is the default, not the system's" "$(fake -j log | jq -r '.[-1].path')" \
    /services/data/v60.0/limits
left=$(desk sfoauth status --json | jq '.orgs[0].tokens[0].life_s')
ok "and one that it has is the user's" test "$left" -gt 1700 -a "$left" -le 1800
desk sfoauth logout >/dev/null 2>&1

# ---- Production, sandbox, and whoever signs in at login.salesforce.com
rm "$conf"
{
	org prod && printf 'organization_id = 00D5f000000Abcd\ndefault = yes\n'
	org sandbox https://acme--sb.sandbox.my.salesforce.com && echo 'organization_id = 00D5f000000AbSb'
	org any https://login.salesforce.com
} >/etc/sfoauth/sfoauth.conf
sign_in_as ada desk sfoauth login
sign_in_as sandbox:ada desk sfoauth login -o sandbox
is 'a sandbox besides production' "$status" 0
fake set client=3MVG9acme.Local_App home=null >/dev/null
sign_in_as evil:ada desk sfoauth login -o any
is 'and an org behind login.salesforce.com' "$status" 0
is 'each has its own token and person' "$(for o in prod sandbox any; do desk sfoauth whoami -o $o --json | jq -r .username; done | paste -sd ' ')" \
    'ada@acme.example ada@acme.example.sb ada@acme.example'
is 'of its own org' "$(for o in prod sandbox any; do desk sfoauth whoami -o $o --json | jq -r .organization_id; done | cut -c1-15 | paste -sd ' ')" \
    '00D5f000000Abcd 00D5f000000AbSb 00D5f000000aBcd'
is 'status has all of them' "$(desk sfoauth status --json | jq -c '[.orgs[] | [.org, .default, (.tokens | length)]]')" \
    '[["prod",true,2],["sandbox",false,2],["any",false,2]]'
git_user() { printf 'protocol=https\nhost=%s\n\n' "$1" | desk git-credential-sfoauth get | sed -n 's/^username=//p'; }
is 'git gets by host' "$(git_user acme.my.salesforce.com) $(git_user acme--sb.sandbox.my.salesforce.com)" \
    'ada@acme.example ada@acme.example.sb'
like 'a query goes to the org that is named' "$(desk sfoauth query -o sandbox 'SELECT Username FROM User')" 'acme\.example\.sb'
sign_in_as acme:kim desk sfoauth login -o any
is "another org's token for the same host is not this one's" "$(desk sfoauth whoami -o prod --json | jq -r .username)" ada@acme.example
run desk sfoauth logout --org sandbox
is 'one is signed out, the others are not' "$status $(desk sfoauth status --json | jq -c '[.orgs[] | .tokens | length]')" '0 [2,0,4]'

# ---- Two users of one org
sign_in_as kim desk sfoauth login
is '--user says whose' "$(for u in ada kim; do desk sfoauth token --user $u@acme.example --json | jq -r .username; done | paste -sd ' ')" \
    'ada@acme.example kim@acme.example'
desk sfoauth use --user ada@acme.example >/dev/null
is 'use shows them in columns' "$(desk sfoauth use)" '* prod     https://acme.my.salesforce.com  as ada@acme.example
  sandbox  https://acme--sb.sandbox.my.salesforce.com
  any      https://login.salesforce.com'
is 'use --user chooses for one org alone' "$(desk sfoauth use --json | jq -c '[.orgs[] | .user]')" '["ada@acme.example",null,null]'
is 'the file of that is of no use to others, and without a secret' \
    "$(stat -c '%a %U' "$W/home/ada/.local/state/sfoauth/use") $(cat "$W/home/ada/.local/state/sfoauth/use")" \
    '600 ada user prod ada@acme.example'
run desk sfoauth logout --all
is 'all users of all orgs are signed out' "$status $(desk sfoauth status --json | jq -c '[.orgs[] | .tokens | length]')" '0 [0,0,0]'
is 'and nobody is the default any more' "$(desk sfoauth use --json | jq -c '[.orgs[] | .user]')" '[null,null,null]'

# ---- The manual
page=$(zcat -f /usr/local/share/man/man5/sfoauth.conf.5*)
while read -r section key; do
	ok "sfoauth.conf(5) has $section $key" grep -qx "\.It Cm $key" <<<"$page"
done < <(sed -nE 's/^SF_KEY\(([a-z]+), ([a-z_]+),.*/\1 \2/p' "$src/common/config/config.def")
is 'and no other keys' "$(sed -n '/^\.Ss Sections/,/^\.Ss Which/s/^\.It Cm //p' <<<"$page" | sort)" \
    "$(sed -nE 's/^SF_KEY\([a-z]+, ([a-z_]+),.*/\1/p' "$src/common/config/config.def" | sort)"
done_testing
