#!/bin/bash
# Every provider of the Secret Service in every state: what `sfoauth` does there, as a table. The real
# gnome-keyring, KWallet and KeePassXC, each on its own bus, with an X server for their dialogs.
#
#   keyrings.sh [short]     short: fewer reads, for `make check`
. "$(dirname "$0")/../e2e/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/keyrings/providers.sh"

for program in Xvfb xdotool keepassxc keepassxc-cli; do
	command -v $program >/dev/null || skip_all "needs $program"
done
command -v kwalletd6 kwalletd5 >/dev/null || skip_all 'needs kwalletd'

# shellcheck disable=SC2119 # without options
write_conf
# shellcheck disable=SC2119 # without options
start_fake
start_screen

# A cell is STATUS-ERROR/WINDOWS: the exit status, the error of --json, and the windows that the
# provider has open afterwards. A test never waits longer than 12 s for a command.
# cell COMMAND...: nobody is there; no cell may open a window.
cell()
{
	forget_kernel
	run session timeout 12 sfoauth "$@" --json
	cell="$status-$(jq -r '.error // empty' <<<"$out" 2>/dev/null)/$(windows)"
}
# person KEYS COMMAND...: somebody at a terminal, who answers the dialog with the keys.
person()
{
	local keys=$1
	shift
	forget_kernel
	# shellcheck disable=SC2086 # several keys
	answer $keys &
	drive --as ada --timeout 12 --no-answer -- env XDG_RUNTIME_DIR="$runtime" DISPLAY="$screen" BROWSER=true \
	    /usr/local/bin/sfoauth "$@"
	cell="$status/$(windows)"
}
# stored ROW: a sign-in is stored, without a question. A display alone would choose the browser.
stored()
{
	# The codes that doctor asked for still wait.
	while fake approve --deny >/dev/null; do :; done
	fake approve --wait 30 --user ada >/dev/null &
	run session timeout 40 sfoauth login --flow device
	wait $!
	is "$provider, open: $1" "$status $(grep -c 'keyring' "$W/err")/$(windows)" '0 0/'
}
[ "${1:-}" = short ] && reads=2 || reads=10
row() { is "$provider, $1" "$cell" "$2"; }

for provider in gnome kwallet keepassxc; do
	start_bus
	"${provider}_start"
	wait_for 10 has_default || bail "$provider does not start"
	cell token
	row 'open and empty: token' 4-sign_in_needed/
	stored 'a sign-in is stored'
	stored 'a second one replaces it'
	wrong=0
	for _ in $(seq "$reads"); do
		cell token
		[ "$cell" = 0-/ ] || wrong=$((wrong + 1))
	done
	is "$provider, open: each of $reads reads succeeds" "$wrong" 0
	fake set clock="$((${clock:-0} + 7300))" rotation=true >/dev/null
	clock=$((${clock:-0} + 7300))
	before=$(refreshes)
	cell api /services/data/v60.0/
	row 'open: a renewal with rotation' 0-/
	is "$provider, open: it is one renewal" "$(($(refreshes) - before))" 1
	if [ $provider = keepassxc ]; then
		keepassxc_confirm
		wait_for 10 has_default
		cell token
		row 'asks before each access: token' 6-keyring_locked/
		cell status
		row 'asks before each access: status' 0-/
		cell logout
		row 'asks before each access: logout does not say that nobody was signed in' 6-keyring_locked/
	fi
	"${provider}_lock"
	wait_for 10 has_default
	cell token
	row 'locked: token' 6-keyring_locked/
	cell status
	row 'locked: status' 0-/
	run session timeout 12 sh -c "printf '$GIT_REQUEST\\n' | GIT_TERMINAL_PROMPT=0 git -c credential.helper=sfoauth credential fill"
	is "$provider, locked: git, with prompts forbidden" "$(grep -c password= <<<"$out")/$(windows)" 0/
	cell doctor
	is "$provider, locked: doctor opens no window" "${cell#*/}" ''
	if [ $provider = gnome ]; then
		DIALOG='.' person 'pw +Return' token
		row 'locked, a person: the password is typed' 0/
	fi
	end_provider
done
done_testing
