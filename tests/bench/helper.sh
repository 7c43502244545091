# shellcheck shell=bash
# Rows about git's helper, for run.sh: with the token of a login, without, and many at once.
# shellcheck disable=SC2154 # run.sh's

start_desktop

# ---- A valid token in the kernel keyring
[[ $(as_user ada $get get <"$request") == *password=* ]] || bail 'no token was left by the login'
us=$(median 500 "$request" $get get)
empty_us=$(median 500 /dev/null "$W/empty")
row '`get`, valid token / an empty C program' '<= 1.5' "$(ratio "$us" "$empty_us")" "$us us / $empty_us us"
row '`get`: shared objects' '= 1' "$(ldd $get | grep -cvE 'linux-vdso|ld-linux')" 'libc'
row '`get`, valid token: sockets' '= 0' "$(as_user ada strace -f -e trace=socket,connect $get get <"$request" 2>&1 >/dev/null |
    grep -c '^socket\|^connect')" 'strace'

# ---- Nothing in the kernel keyring, the token in the desktop's
# Another Salesforce, without the codes that nobody has approved.
kill "$(cat "$W/fake.pid")"
start_fake
fake approve --wait 60 --user ada >/dev/null &
run desk timeout 60 sfoauth login
[ "$status" = 0 ] || bail "sfoauth login: $err"
# What a program finds in the kernel keyring it would not ask the desktop for.
cat >"$W/cold" <<'SH'
#!/bin/sh
keyctl clear @u 2>/dev/null
exec "$@"
SH
chmod 755 "$W/cold"
printf 'protocol=https\nhost=acme.my.salesforce.com\nusername=ada\npassword=x\n\n' >"$W/home/ada/store"
desk "$W/libsecret-helper" store <"$W/home/ada/store" >/dev/null || bail 'git-credential-libsecret stores nothing'
[[ $(desk "$W/libsecret-helper" get <"$request") == *password=* ]] || bail 'git-credential-libsecret finds nothing'
# In turns, and the best of each: whatever else the machine does falls on all of them.
least() { [ "$1" -lt "$2" ] && echo "$1" || echo "$2"; }
us=999999999 tool_us=$us helper_us=$us
for _ in $(so_many "1 2 3 4 5 6" 1); do
	us=$(least "$(median 25 "$request" "$W/cold" $get get)" $us)
	tool_us=$(least "$(median 25 /dev/null "$W/cold" /usr/bin/secret-tool lookup application sfoauth \
	    user ada@acme.example)" $tool_us)
	helper_us=$(least "$(median 25 "$request" "$W/cold" "$W/libsecret-helper" get)" $helper_us)
done
row '`get`, kernel keyring empty / secret-tool lookup' '<= 1.1' "$(ratio "$us" "$tool_us")" "$us us / $tool_us us"
row '`get`, kernel keyring empty / git-credential-libsecret' '<= 1.0' "$(ratio "$us" "$helper_us")" "$us us / $helper_us us"

# ---- Many at once: expired, and every refresh brings a new refresh token
fake set rotation=true >/dev/null
secret=$(desk secret-tool lookup application sfoauth user ada@acme.example)
desk secret-tool clear application sfoauth
put_item "$(sed 's/^expires_at=.*/expires_at=1/' <<<"$secret")"$'\n'
forget_kernel
before=$(refreshes)
crowd=$(so_many 100 10)
# shellcheck disable=SC2016 # for the shell of the session
desk sh -c 'i=0; while [ $i -lt '"$crowd"' ]; do i=$((i + 1))
    git-credential-sfoauth get <request | sed -n "s/^password=//p" >>answers & done; wait' 2>>"$W/transcript"
row "$crowd processes, expired token, rotation on: refreshes" '= 1' "$(($(refreshes) - before))" 'POSTs that the server saw'
row "$crowd processes: good answers" "= $crowd" "$(wc -l <"$W/home/ada/answers")" \
    "$(sort -u "$W/home/ada/answers" | wc -l) different"
