#!/bin/bash
# What the authorize address says before a browser is opened: an app that Salesforce does not know, or
# not yet; a callback that is not registered. Then a browser that does not come back.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/web.sh"

app=3MVG9acme.Local_App
write_conf org.flow=browser
start_fake
start_desktop
touch "$W/moved" && chmod 666 "$W/moved"
cc -D_GNU_SOURCE -DSF_CLOCK_FILE="\"$W/moved\"" -O1 -shared -fPIC -o "$W/clock.so" "$src/tests/e2e/clock.c" ||
    bail 'no clock that moves'
fake set "clock_file=$W/moved" >/dev/null
own=$W/home/ada/.config/sfoauth/sfoauth.conf
# fast COMMAND...: its waits take no time.
fast() { desk_display env LD_PRELOAD="$W/clock.so" "$@"; }
nothing_opened() { is "$1: no browser was opened" "$([ -e "$W/web/opened" ] && cat "$W/web/opened")" ''; }
# refused NAME ROW SENTENCE OPTION-OF-SFOAUTH...
refused()
{
	local name=$1 row=$2 sentence=$3
	shift 3
	rm -f "$W/web/opened"
	run desk_display sfoauth login --json "$@"
	is "$name: configuration, and why" "$status $(jq -r .row <<<"$out")" "3 $row"
	like "$name: in words" "$err" "$sentence"
	nothing_opened "$name"
}

# ---- Refused before anybody opens a page
for flow in browser paste; do
	write_conf org.flow=browser org.client_id=3MVG9nobody.knows
	refused "$flow, an app that nobody knows" unknown_app 'can take up to 30 minutes to become known' --flow $flow
	write_conf org.flow=browser org.callback=http://localhost:1720/OauthRedirect
	refused "$flow, a callback that is not registered" redirect_uri_mismatch 'callback address is not registered' --flow $flow
	like "$flow: with the callback" "$err" ' {13}http://localhost:1720/OauthRedirect'
	write_conf org.flow=browser
	fake next authorize missing_challenge >/dev/null
	refused "$flow, a proxy that removes the challenge" pkce_missing 'did not receive the PKCE value' --flow $flow
done
write_conf org.flow=browser org.client_id=3MVG9nobody.knows
run desk_display env LC_ALL=de_DE.UTF-8 sfoauth login
like 'in German' "$err" 'manchmal erst nach 30 Minuten bekannt'
is 'nobody was asked to sign in' "$(fake counts by_kind.login)" 0

# ---- What is a page is the browser's
write_conf org.flow=browser
for preset in html503 login_page big app_blocked; do
	fake next authorize $preset >/dev/null
	begin desk_display sfoauth login
	visit "$(decide "$(opened)")" >/dev/null
	finish
	is "$preset: the browser is opened all the same" "$status" 0
done
is 'no connection is kept while the person is there' "$(fake -j log | jq '[.[] | select(.user_agent == "sfoauth" and
    (.kind == "authorize" or .kind == "code")) | .conn] | group_by(.) | map(length) | max')" 1
kill "$(cat "$W/fake.pid")" && wait_for 5 sh -c "! ss -Htln | grep -q ':443 '"
rm -f "$W/web/opened"
run desk_display sfoauth login
is 'Salesforce that is away' "$status" 5
nothing_opened 'Salesforce that is away'
start_fake --set "clock_file=$W/moved"

# ---- A browser that does not come back
begin fast sfoauth login
address=$(opened)
wait_for 10 grep -q 'Permitted Users' "$W/err"
like 'the likely reasons are told' "$(cat "$W/err")" 'Nothing has come back from the browser yet\.'
like 'another org' "$(cat "$W/err")" 'signed in to another org: sign out there'
like 'API Access Control' "$(cat "$W/err")" 'API Access Control'
like 'after 30 seconds' "$(cut -d. -f1 "$W/moved")" '^0*[2-9][0-9]$'
visit "$(decide "$address")" >/dev/null
finish
is 'once, and the sign-in goes on' "$status $(grep -c 'Nothing has come back' <<<"$err")" '0 1'
begin desk_display env LC_ALL=de_DE.UTF-8 sfoauth login
opened >/dev/null
pkill -INT -u ada -x sfoauth
finish
is 'Ctrl-C ends it' "$status" 130
like 'and tells the likely reasons' "$err" 'Vom Browser ist noch nichts zurückgekommen\.'
wait_for 5 sh -c "! ss -Htln | grep -q ':1717 '"
begin desk_display sfoauth login
opened >/dev/null
pkill -TERM -u ada -x sfoauth
finish
is 'SIGTERM ends it, too' "$status" 143

# ---- setup: an app that becomes known after 20 minutes
rm -f /etc/sfoauth/sfoauth.conf
desk sfoauth logout --all --quiet
: >"$W/moved"
known() { fake set client=$app "known_from=$(($(date +%s) + $1))" >/dev/null; }
began=$SECONDS
known 1200
begin fast sfoauth setup --login-url acme --client-id $app --flow browser --yes
wait_for 60 test -s "$W/web/opened"
# The clock was moved by the waits; the rest of the 20 minutes really passed, which is long on a busy machine.
moved=$((10#$(cut -d. -f1 "$W/moved")))
ok 'it was tried again for 20 minutes' test $((moved + SECONDS - began)) -ge 1199 -a $moved -lt 1220
visit "$(decide "$(opened)")" >/dev/null
finish
is 'then the browser opens, and setup is done' "$status $(grep -c "^client_id = $app" "$own")" '0 1'
like 'with words' "$err" 'A new app can take up to 30 minutes'
rm -f "$own" "$W/web/opened"
: >"$W/moved"
began=$SECONDS
known 4000
run fast sfoauth setup --login-url acme --client-id $app --flow browser --yes
is 'an app that never becomes known' "$status" 3
moved=$((10#$(cut -d. -f1 "$W/moved")))
ok 'half an hour is waited' test $((moved + SECONDS - began)) -ge 1799 -a $moved -lt 2000
nothing_opened 'an app that never becomes known'
is 'and nothing is written' "$([ -e "$own" ] && echo written)" ''
done_testing
