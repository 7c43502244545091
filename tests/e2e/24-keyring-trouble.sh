#!/bin/bash
# A desktop keyring that hangs, holds what is not ours, or something broken; several people at one
# org; people's own files and the environment.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_desktop
secret_of() { desk secret-tool lookup application sfoauth "$@" 2>/dev/null; }
refresh_token() { secret_of user ada@acme.example | sed -n 's/^refresh_token=//p'; }
hot() { printf '%b\n' "$GIT_REQUEST${1:-}" | desk git-credential-sfoauth get 2>/dev/null | sed -n 's/^password=//p'; }
failure() { jq -r '"\(.status) \(.error)"' <<<"$out"; }

# ---- A keyring that hangs
sign_in_as ada desk sfoauth login
is 'signed in' "$status" 0
before=$(refresh_token)
signal_keyring STOP
start=$(date +%s%N)
run desk sfoauth token
is 'the kernel row answers all the same' "$status" 0
forget_kernel
run desk sfoauth token --json
is 'a keyring that hangs: exit status' "$status $(failure)" '6 error keyring_silent'
run desk sfoauth logout --json
is 'a sign-out that could not look into the keyring does not say that nobody was signed in' \
    "$status $(failure)" '6 error keyring_silent'
run desk sfoauth status --json
is 'status says it' "$status $(jq -r '.orgs[0].keyring' <<<"$out")" '0 silent'
ok 'nothing waited longer than its bound' test $((($(date +%s%N) - start) / 1000000)) -le 14000
is 'in words, too, and not that nobody is signed in' "$(desk sfoauth status | tail -n +2)" \
    '  The desktop keyring does not answer; its tokens are not shown.'
is 'no program of ours is left behind' "$(pgrep -u ada -c sfoauth)" 0
# An ssh login's token, and a keyring that wakes up between two calls.
run desk sfoauth login --no-refresh &
pid=$!
wait_for 9 fake approve --user ada && sleep 2
signal_keyring CONT
wait $pid
is 'a token without a refresh token never replaces one that has it, be the keyring slow' "$(refresh_token)" "$before"

# ---- What is not ours is left alone
desk secret-tool clear application sfoauth
forget_kernel
for secret in 'sfoauth=2'$'\n''new=form' 'rubbish' 'sfoauth=1'$'\n'; do
	put_item "$secret"
	run desk sfoauth token
	is "an item of an unknown form is no token: ${secret%%$'\n'*}" "$status" 4
	sign_in_as ada desk sfoauth login --no-refresh
	is 'nor is it replaced by a token that ends by itself' "$status $(secret_of user ada@acme.example)" "0 ${secret%$'\n'}"
	run desk sfoauth logout
	is 'nor erased by a sign-out' "$(secret_of user ada@acme.example)" "${secret%$'\n'}"
done
desk secret-tool clear application sfoauth
sign_in_as ada desk sfoauth login
good=$(secret_of user ada@acme.example)
put_item 'of another program' ada@acme.example note theirs
run desk sfoauth logout
is 'an item with more attributes than ours is not ours' "$status $(secret_of note theirs)" '0 of another program'
desk secret-tool clear application sfoauth
put_item "${good/ada@acme.example/$'x\nhost=evil'}" 
run desk sfoauth token
is 'an item with a line end in its user is no token' "$status" 4
put_item "${good/origin=https:\/\/acme/origin=https://evil}"
run desk sfoauth token
is 'an item that says another origin than its attributes is no token' "$status" 4
put_item "${good/username=ada/username=kim}"
run desk sfoauth token --user ada@acme.example
is 'an item that says another user than its attributes is not that of the user' "$status" 4
desk secret-tool clear application sfoauth

# ---- Two people at one org
for who in ada kim; do
	sign_in_as $who desk sfoauth login
	is "$who signs in" "$status" 0
done
ada=$(desk sfoauth token --user ada@acme.example) kim=$(desk sfoauth token --user kim@acme.example)
ok 'each has a token' test "$ada" != "$kim"
is 'git by username' "$(hot 'username=ada@acme.example\n') $(hot 'username=kim@acme.example\n')" "$ada $kim"
is 'git without one: who signed in last' "$(hot)" "$kim"
printf '%bpassword=%s\n' "$GIT_REQUEST" "$ada" | desk git-credential-sfoauth erase
is 'erase without a username drops the one presented and no other' \
    "$(hot 'username=kim@acme.example\n') $(fake -j tokens | jq '[.[] | select(.live and .kind == "refresh")] | length')" "$kim 3"
desk secret-tool clear application sfoauth
run desk sfoauth logout --all
is 'sign-out of all: those who are in the kernel alone, too' "$status:$(hot 'username=ada@acme.example\n')$(hot)" 0:
done_testing
