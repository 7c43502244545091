#!/bin/bash
# The kernel's keyring under git's helper: full, forbidden, seen from other sessions of the same person,
# with root's session keyring in force. A token is stored with a time-out, or not at all.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

# A key as a real sign-in leaves it in root's own keyring is none of this test's, and stays.
root_name="sfoauth:token:https://slot$SF_SLOT.my.salesforce.com:443#root@acme.example"
# shellcheck disable=SC2016 # for the inner shell
root_key=$(keyctl session - sh -c 'keyctl link @u @s; key=$(keyctl add user "$0" real @u) &&
    keyctl timeout "$key" 3600 && keyctl setperm "$key" 0x3f3f0000 && echo "$key"' "$root_name" 2>/dev/null | tail -n 1)
trap 'keyctl unlink "$root_key" @u; clear_keyrings' EXIT
# Root's own key, and what this org's tokens would leave: other tests use root's keyring at the same time.
roots() { keyctl list @u 2>/dev/null | grep -F -e "$root_name" -e 'acme.my.' | sort; }
roots_before=$(roots)

write_conf
start_fake
start_desktop
bus=$!
helper=/usr/local/bin/git-credential-sfoauth
printf '%b\n' "$GIT_REQUEST" >"$W/home/ada/request"
request=$W/home/ada/request
forbid="/usr/bin/python3 -B $W/forbid.py"
install -m 755 "$src/tests/e2e/forbid.py" "$W/forbid.py"
ada() { setpriv --reuid=ada --regid=ada --init-groups "$@"; }
# ours: the keys of ours that ada's keyring has.
ours() { ada keyctl list @u 2>/dev/null | grep -c 'sfoauth:'; }
# What /proc/keys says of them: usage and time-out are its second to fourth columns.
time_outs() { ada cat /proc/keys | awk '/sfoauth:/ { print $4 }' | sort -u; }
answered() { like "$1: answered" "$(cat)" 'password=00D'; }

sign_in_as ada desk sfoauth login
token=$(desk sfoauth token)
is 'token and its two aliases are there' "$(ours)" 3
ok 'both with a time-out of their own: nothing is for ever' test -n "$(time_outs)" -a "$(time_outs | grep -c perm)" = 0
like 'of two hours' "$(time_outs)" '^(119m|1h|2h)$'

# ---- Other sessions of the same person: found by the hot path, without another program
elsewhere()
{
	local name=$1
	shift
	"$@" strace -f -qq -e trace=execve -o "$W/home/ada/strace" $helper get <"$request" >"$W/out" 2>"$W/err"
	is "$name: the token, and no second program" \
	    "$(sed -n 's/^password=//p' "$W/out") $(grep -c 'exec.*= 0' "$W/home/ada/strace")" "$token 1"
}
elsewhere 'no bus and another process group' as_user ada setsid -w
elsewhere 'a session keyring of its own' as_user ada keyctl session -
elsewhere 'a named one' as_user ada keyctl session other
elsewhere "root's session keyring in force" keyctl session - setpriv --reuid=ada --regid=ada --init-groups env -i HOME="$W/home/ada"
elsewhere 'su -' su -s /bin/sh -c 'exec "$@"' -- - ada sh
# As systemd makes one for a unit (KeyringMode=private): new, owned by the user, with no link.
elsewhere 'an empty one, as of a unit' as_user ada keyctl session - sh -c 'keyctl clear @s; exec "$@"' sh

# ---- Stored from such a place, read from another
for place in 'keyctl session -' 'setsid -w'; do
	forget_kernel
	# shellcheck disable=SC2086 # words
	answered "kernel keyring empty, from '$place'" < <(desk $place $helper get <"$request")
	is "and stored from there" "$(ours) $(time_outs | grep -c perm)" '3 0'
	elsewhere "read after '$place'" as_user ada keyctl session -
done
forget_kernel
answered "from root's session keyring" < <(keyctl session - setpriv --reuid=ada --regid=ada --init-groups env -i HOME="$W/home/ada" PATH=/usr/bin XDG_RUNTIME_DIR="/run/user/$ada_uid" $helper get <"$request")
is "stored for ada" "$(ours) $(time_outs | grep -c perm)" '3 0'
is "and not for root" "$(roots)" "$roots_before"
elsewhere 'and read elsewhere' as_user ada setsid -w

# ---- Forbidden
for errno in 1 13 38; do
	# shellcheck disable=SC2086
	desk $forbid $errno $helper get <"$request" >"$W/out" 2>"$W/err"
	is "errno $errno: the desktop keyring answers, without a word" "$? $(sed -n 's/^password=//p' "$W/out")$(cat "$W/err")" "0 $token"
	for operation in store erase; do
		printf '%bpassword=%s\n\n' "$GIT_REQUEST" "x$token" >"$W/request"
		# shellcheck disable=SC2086
		desk $forbid $errno $helper $operation <"$W/request" >"$W/out" 2>"$W/err"
		is "errno $errno: $operation: silence" "$?$(cat "$W/out" "$W/err")" 0
	done
done

# ---- Over quota: by number, by size
# fill SIZE: keys of SIZE bytes until no more is taken, then of one byte.
fill()
{
	# shellcheck disable=SC2016 # for its own shell
	ada sh -c 'n=0; for size in "$@"; do
	    while [ $n -lt 1000 ]; do
	        n=$((n + 1))
	        head -c "$size" /dev/zero | keyctl padd user "filler:$n" @u >/dev/null 2>&1 || break
	    done
	done' sh "$@"
}
# What was unlinked counts until the kernel has collected it.
is_collected() { awk -v uid="$ada_uid:" '$1 == uid { split($4, n, "/"); exit n[1] > 9 }' /proc/key-users; }
for size in 1 10000; do
	forget_kernel
	wait_for 20 is_collected || bail 'the kernel does not collect'
	fill "$size" 200
	full=$(ada keyctl list @u | wc -l)
	answered "over quota with keys of $size bytes" < <(desk $helper get <"$request")
	is "nothing of ours is left there" "$(ours) $(ada keyctl list @u | wc -l)" "0 $full"
	run desk sfoauth token
	is 'nor by sfoauth itself' "$status:$out:$(ours)" "0:$token:0"
done
forget_kernel
room() { desk $helper get <"$request" >/dev/null && [ "$(ours)" = 3 ]; }
ok 'with room again, it is stored again' wait_for 20 room

# ---- What is there but not good: version, expiry, origin, user
forget_kernel
desk sfoauth token >/dev/null
name='sfoauth:token:https://acme.my.salesforce.com:443#1a11e65665af157c#ada@acme.example'
payload=$(ada keyctl pipe "$(ada keyctl search @u user "$name")")
# From here on without a desktop.
kill "$bus"
wait "$bus" 2>/dev/null
rm -rf "/run/user/$ada_uid"
for errno in 1 38; do
	# shellcheck disable=SC2086 # words
	as_user ada $forbid $errno $helper get <"$request" >"$W/out" 2>"$W/err"
	is "errno $errno, and no desktop: one sentence" "$? $(cat "$W/out")$(cat "$W/err")" "6 sfoauth: There is no desktop keyring in this session. Run sfoauth doctor to see why."
done
# spoil NAME SED: the payload, changed.
spoil()
{
	sed -E "$2" <<<"$payload" >"$W/payload"
	ada keyctl session - sh -c 'keyctl link @u @s; key=$(keyctl padd user "$0" @u); keyctl setperm "$key" 0x3f0b0000' \
	    "$name" <"$W/payload" >/dev/null 2>&1
	as_user ada $helper get <"$request" >"$W/out" 2>"$W/err"
	is "$1: not given" "$? $(cat "$W/out")" '6 '
}
spoil 'another version' '1s/1/2/'
spoil 'an unknown key' '1a new=1'
spoil 'expired' 's/^expires_at=.*/expires_at=1000000000/'
spoil 'another origin' 's/^origin=.*/origin=https:\/\/evil.my.salesforce.com:443/'
spoil 'another user' 's/^username=.*/username=kim@acme.example/'
spoil 'a line end in the token' 's/^(access_token=.*)/\1\nquit=1/'
spoil 'a control character in the token' 's/^access_token=.*/&\x01/'
spoil 'cut' '5,$d'
spoil 'nothing' 'd'
echo "$payload" >"$W/payload"
ada keyctl session - sh -c 'keyctl link @u @s; key=$(keyctl padd user "$0" @u); keyctl setperm "$key" 0x3f0b0000' \
    "$name" <"$W/payload" >/dev/null 2>&1
answered 'and unspoilt' < <(as_user ada $helper get <"$request")
is "root's own key is still there" "$(keyctl pipe "$root_key")" real
done_testing
