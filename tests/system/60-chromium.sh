#!/bin/bash
# The flow browser with a real Chromium: sign in, allow and deny, the last page in light and dark. With
# a DIRECTORY as argument, pictures of these pages are left there.
command -v chromedriver >/dev/null || { echo '1..0 # SKIP chromedriver is missing (package chromium-driver)' && exit 0; }
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/web.sh"

write_conf org.flow=browser
start_fake
start_desktop
cp "$src/tests/system/chromium.py" "$W/web/"
# chromium ADDRESS [OPTION]...: as ada, in a home of its own; the last page is left in $page.
chromium()
{
	page=$(as_user ada HOME="$W/home/ada" /usr/bin/python3 -B "$W/web/chromium.py" "$@" 2>"$W/web/chromium.log") ||
	    {
		# Nobody comes back any more.
		page="{\"heading\": \"$(tail -n 1 "$W/web/chromium.log" | tr -d '\\"')\"}"
		pkill -INT -u ada -x sfoauth
	    }
}
look() { jq -r "$1" <<<"$page"; }

for scheme in light dark; do
	begin desk_display sfoauth login
	options=(--shot "$W/web/$scheme.png")
	[ $scheme = light ] || options+=(--dark)
	chromium "$(opened)" "${options[@]}"
	finish
	is "$scheme: signed in" "$status" 0
	is 'the last page' "$(look .heading)" 'Signed in with Salesforce'
	is 'says that one can go back' "$(look '.words[0]')" 'You can close this window and go back to the terminal.'
	is 'nothing else was loaded, and no script is in it' "$(look '"\(.loaded | length) \(.scripts)"')" '0 0'
	is 'the console has no complaint' "$(look '.console | length')" 0
	is 'nothing is wider than the window' "$(look '(.width <= 0)')" true
	case $scheme in
	light) is 'dark on light' "$(look '"\(.ink) \(.paper)"')" 'rgb(28, 32, 36) rgb(246, 247, 248)' ;;
	dark) is 'light on dark' "$(look '"\(.ink) \(.paper)"')" 'rgb(232, 234, 237) rgb(23, 25, 28)' ;;
	esac
done
begin desk_display sfoauth login --prompt consent
chromium "$(opened)" --deny --shot "$W/web/denied.png"
finish
is 'denied: the person is told at the terminal' "$status" 1
is 'and on the page' "$(look .heading)" 'The sign-in did not work'
[ -z "${1-}" ] || cp "$W"/web/*.png "$1/"
done_testing
