#!/bin/bash
# Which configuration counts and who may own it; what the environment may say, and that it widens
# nothing; the command under uid 0.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
urls() { jq -r '[.orgs[] | "\(.org)=\(.login_url)"] | join(" ")' <<<"$out"; }
failure() { jq -r '"\(.status) \(.error)"' <<<"$out"; }
conf=$W/home/ada/.config/sfoauth/sfoauth.conf
as_user ada mkdir -p "${conf%/*}"
own_conf()
{
	rm -f "$conf"
	printf '%s\n' "$@" >"$conf" && chown -h ada: "$conf"
}

# ---- Files
own_conf '[org acme]' 'login_url = https://evil.my.salesforce.com' 'client_id = x' \
    '[org more]' 'login_url = https://test.salesforce.com' 'client_id = y'
run desk sfoauth status --json
is "an org of the user's file replaces the system's, whole, and others come to it" "$(urls)" \
    'acme=https://evil.my.salesforce.com more=https://test.salesforce.com'
run /usr/local/bin/sfoauth status --json
is "root does not read it" "$(urls)" 'acme=https://acme.my.salesforce.com'
mkdir -p "$W/home/root/.config/sfoauth" && cp "$conf" "$W/home/root/.config/sfoauth/"
run /usr/local/bin/sfoauth status --json
is 'nor a file of its own' "$(urls)" 'acme=https://acme.my.salesforce.com'
chown root "$conf"
run desk sfoauth status --json
is "somebody else's file is skipped" "$(urls)" 'acme=https://acme.my.salesforce.com'
like 'with a sentence' "$err" 'your configuration is ignored: .*belongs to uid 0'
own_conf '[pam]' 'org = acme'
run desk sfoauth status --json
is "a user's file has no [pam]" "$status $(failure)" '3 error config'
own_conf '[org acme]' 'login_url = https://acme.my.salesforce.com' $'also_fro = \e[2Jx'
run desk sfoauth status
like 'what is wrong names file and line' "$err" 'sfoauth\.conf line 3:'
is 'and does nothing to the terminal' "$(grep -c $'\e' <<<"$err")" 0
own_conf '[org acme]' 'login_url = https://test.salesforce.com' 'client_id = x'
mv "$W/home/ada/.config" "$W/home/ada/dotfiles" && ln -s dotfiles "$W/home/ada/.config"
run desk sfoauth status --json
is 'dotfiles may be links' "$status $(urls)" '0 acme=https://test.salesforce.com'
as_user ada mkdir -p "$W/home/ada/xdg/sfoauth"
printf '[org xdg]\nlogin_url = https://test.salesforce.com\nclient_id = x\ndefault = yes\n' |
    as_user ada tee "$W/home/ada/xdg/sfoauth/sfoauth.conf" >/dev/null
run desk env XDG_CONFIG_HOME="$W/home/ada/xdg" sfoauth status --json
like 'XDG_CONFIG_HOME says where' "$(urls)" 'xdg=https://test\.salesforce\.com'
run desk env HOME=/nonexistent sfoauth status --json
is 'HOME does not: the password database does' "$(urls)" 'acme=https://test.salesforce.com'
rm "$W/home/ada/.config"

# ---- Which org
run desk env XDG_CONFIG_HOME="$W/home/ada/xdg" SFOAUTH_ORG=acme sfoauth token --json
is 'SFOAUTH_ORG counts more than the default' "$(jq -r .detail <<<"$out")" 'nothing is stored for acme'
run desk env XDG_CONFIG_HOME="$W/home/ada/xdg" SFOAUTH_ORG=acme sfoauth token --org xdg --json
is 'a flag counts more than that' "$(jq -r .detail <<<"$out")" 'nothing is stored for xdg'
run desk env SFOAUTH_ORG=nobody sfoauth token --json
is 'an org that is not there' "$status $(failure)" '3 error config'

# ---- The environment widens nothing
sign_in_as ada desk sfoauth login
is 'signed in' "$status" 0
ask() { printf 'protocol=https\nhost=%s\n\n' "$1" | desk env "${@:2}" git-credential-sfoauth get 2>&1; }
evil=(SALESFORCE_INSTANCE_URL=https://evil.my.salesforce.com SALESFORCE_CLIENT_ID=x API_HOST=https://evil.my.salesforce.com
    SFOAUTH_CALLBACK=https://evil.my.salesforce.com HTTPS_PROXY=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
    ALL_PROXY=http://127.0.0.1:9 SSL_CERT_FILE=/dev/null CURL_CA_BUNDLE=/dev/null CURL_HOME=/tmp
    SECRET_BACKEND=file GIT_TERMINAL_PROMPT=0)
is 'no variable gives a token to another host' "$(ask evil.my.salesforce.com "${evil[@]}")" ''
like 'nor takes it from its own' "$(ask acme.my.salesforce.com "${evil[@]}")" 'password=00D'
forget_kernel
like 'nor where the keyring has to answer' "$(ask acme.my.salesforce.com "${evil[@]}")" 'password=00D'
is 'no secret went into a file' "$(grep -rlsa 'sfoauth=1' "$W/home/ada/.local/share" "$W/home/ada/.cache" | grep -vc /keyrings/)" 0
run desk env "${evil[@]}" sfoauth api '/services/data/v{version}/' --json
is 'proxies and CA files of the environment are ignored' "$status" 0

# ---- An org of the environment
mv /etc/sfoauth /etc/sfoauth.away
public=(SALESFORCE_CLIENT_ID=3MVG9acme.Local_App SALESFORCE_INSTANCE_URL=https://acme.my.salesforce.com)
run desk env "${public[@]}" sfoauth token --json
is "an org of the environment does not get the other's token" "$status $(failure)" '4 error sign_in_needed'
run desk env "${public[@]}" SALESFORCE_CLIENT_SECRET=hush-hush sfoauth login --json
is 'a client secret that is wrong: presented and refused, not ignored' "$status $(failure)" '3 error app'
like 'and said why' "$err" "the app.s secret"
sign_in_as ada desk env "${public[@]}" sfoauth login --json
is 'without one it signs in' "$status" 0
is 'into an item of its own' "$(stored | grep -c '^attribute.origin = environment:https://acme\.my\.salesforce\.com:443')" 1
forget_kernel
like 'git gets that token while the variables are set' "$(ask acme.my.salesforce.com "${public[@]}")" 'password=00D'
is 'and nothing without' "$(ask acme.my.salesforce.com GIT_TERMINAL_PROMPT=0)" ''
run as_user ada env "${public[@]}" XDG_RUNTIME_DIR=/nonexistent sfoauth login --json
is 'without a keyring there is no place for it, and nobody is asked' "$status $(failure)" '6 error store'
run as_user ada env "${public[@]}" XDG_RUNTIME_DIR=/nonexistent sfoauth token
like 'nor is a sign-in advised that would not help' "$err" 'stored only in a keyring'
SALESFORCE_CLIENT_SECRET=hush-hush
fake set tls_delay=1 >/dev/null
desk env "${public[@]}" SALESFORCE_CLIENT_SECRET=$SALESFORCE_CLIENT_SECRET sfoauth api /services/data/ >/dev/null 2>&1 </dev/null &
wait_for 5 pgrep -u ada -x sfoauth-worker >/dev/null
is 'the secret is in no environment once read' "$(cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -c hush-hush)" 0
wait $!
fake set tls_delay=0 >/dev/null
mv /etc/sfoauth.away /etc/sfoauth

# ---- uid 0
sign_in_as kim /usr/local/bin/sfoauth login --json
is 'root signs in, into the kernel' "$status $(jq -r .has_refresh_token <<<"$out")" '0 false'
fake set tls_delay=1 >/dev/null
/usr/local/bin/sfoauth api /services/data/v60.0/ >"$W/out" 2>"$W/err" </dev/null &
wait_for 5 pgrep -x sfoauth-worker >/dev/null && sleep 0.2
is "root's worker is not root" "$(ps -o user= -C sfoauth-worker | sort -u | tr -d ' ')" _sfoauth
wait $!
is 'and root gets its answer' "$? $(jq -r type "$W/out")" '0 object'
fake set tls_delay=0 >/dev/null
run /usr/local/bin/sfoauth logout
is 'and signs out' "$status" 0
done_testing
