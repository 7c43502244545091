# shellcheck shell=bash
# Rows about git's helper, for run.sh: with the token of a login, without, and many at once.
# shellcheck disable=SC2154 # run.sh's

start_desktop

# ---- A valid token in the kernel keyring
[[ $(as_user ada $get get <"$request") == *password=* ]] || bail 'no token was left by the login'
least() { [ "$1" -lt "$2" ] && echo "$1" || echo "$2"; }
us=999999999 empty_us=$us
for _ in $(so_many "1 2 3" 1); do
	us=$(least "$(median 200 "$request" $get get)" $us)
	empty_us=$(least "$(median 200 /dev/null "$W/empty")" $empty_us)
done
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
printf 'protocol=https\nhost=acme.my.salesforce.com\nusername=ada\npassword=x\n\n' >"$W/home/ada/store"
desk "$W/libsecret-helper" store <"$W/home/ada/store" >/dev/null || bail 'git-credential-libsecret stores nothing'
[[ $(desk "$W/libsecret-helper" get <"$request") == *password=* ]] || bail 'git-credential-libsecret finds nothing'
# In turns, and the best of each: whatever else the machine does falls on all of them.
us=999999999 tool_us=$us helper_us=$us
for _ in $(so_many "1 2 3 4 5 6 7 8" 1); do
	us=$(least "$(median 25 "$request" "$W/cold" $get get)" $us)
	tool_us=$(least "$(median 25 /dev/null "$W/cold" /usr/bin/secret-tool lookup application sfoauth \
	    user ada@acme.example)" $tool_us)
	helper_us=$(least "$(median 25 "$request" "$W/cold" "$W/libsecret-helper" get)" $helper_us)
done
row '`get`, kernel keyring empty / secret-tool lookup' '<= 1.3' "$(ratio "$us" "$tool_us")" "$us us / $tool_us us"
row '`get`, kernel keyring empty / git-credential-libsecret' '<= 1.2' "$(ratio "$us" "$helper_us")" "$us us / $helper_us us"

# ---- Side by side
# The programs of a table: a name, a file of requests, a command.
sides=() best=()
side()
{
	sides+=("$(printf '%s\037' "$@")")
	best+=(999999999)
}
# Fields of the I-th: $name, $input, ${command[@]}.
take()
{
	local -a fields
	IFS=$'\037' read -r -d '' -a fields <<<"${sides[$1]}" || true
	name=${fields[0]} input=${fields[1]} command=("${fields[@]:2}")
	unset 'command[-1]'
}
as_is() { desk "$@" >/dev/null 2>&1; }
printf 'protocol=https\nhost=unknown.example\n\n' >"$W/home/ada/unknown"
printf 'url=https://acme.my.salesforce.com\nusername=ada@acme.example\npassword=%s\n\n' "$(desk sfoauth token)" >"$W/home/ada/ours"
printf 'url=https://acme.my.salesforce.com\nusername=nobody\npassword=other\n\n' >"$W/home/ada/other"
cache=$(git --exec-path)/git-credential-cache
side 'an empty C program' /dev/null "$W/empty"
side '`git-credential-sfoauth get`, valid token' "$request" $get get
if as_is "$cache" store <"$W/home/ada/store"; then
	side 'git-credential-cache get' "$request" "$cache" get
fi
if command -v git-credential-oauth >/dev/null && as_is "$(command -v git-credential-oauth)" get <"$W/home/ada/unknown"; then
	side 'git-credential-oauth get, unknown host' "$W/home/ada/unknown" "$(command -v git-credential-oauth)" get
else
	skipped+=('git-credential-oauth: not installed here')
fi
side '`git-credential-sfoauth get`, kernel keyring empty (with the program that empties it)' "$request" "$W/cold" $get get
side 'secret-tool lookup (with the same program)' /dev/null "$W/cold" /usr/bin/secret-tool lookup application sfoauth user ada@acme.example
side 'git-credential-libsecret get (with the same program)' "$request" "$W/cold" "$W/libsecret-helper" get
side '`git-credential-sfoauth store` of what it gave' "$W/home/ada/ours" $get store
side 'git-credential-libsecret store' "$W/home/ada/store" "$W/libsecret-helper" store
side '`git-credential-sfoauth erase` of what is not there' "$W/home/ada/other" $get erase
side 'git-credential-libsecret erase of what is not there' "$W/home/ada/other" "$W/libsecret-helper" erase
if command -v sf >/dev/null; then
	side 'sf --version' /dev/null "$(command -v sf)" --version
else
	skipped+=('sf: not installed here; npm i -g @salesforce/cli')
fi
skipped+=('oidc-token: needs an account with an OpenID provider in oidc-agent')
desk sfoauth token >/dev/null
for _ in $(so_many "1 2 3" 1); do
	for i in "${!sides[@]}"; do
		take "$i"
		best[i]=$(least "$(median 15 "$input" "${command[@]}")" "${best[i]}")
		[[ $name == *valid* ]] || desk sfoauth token >/dev/null
	done
done
{
	echo
	echo 'Side by side: the median of 15, best of three rounds; 200 at eight at a time; the peak of memory (1,800 is'
	echo 'the least that can be seen); shared objects and system calls of all programs that it starts.'
	echo
	echo '| program | us | x empty | us each of 200, eight at a time | KiB | shared objects | system calls |'
	echo '|---|---|---|---|---|---|---|'
} | tee -a "$report" | shown
for i in "${!sides[@]}"; do
	take "$i"
	desk sfoauth token >/dev/null
	crowd_us=$(desk "$W/crowd" "$input" "$(so_many 200 16)" 8 "${command[@]}")
	desk sfoauth token >/dev/null
	kib=$(desk "$W/time" "$input" 1 "${command[@]}" | cut -d' ' -f2)
	desk sfoauth token >/dev/null
	desk strace -f -qq -o "$W/home/ada/calls" "${command[@]}" <"$input" >/dev/null 2>&1
	objects=$(grep -o 'openat(.*\.so[.0-9]*", .* = [0-9]*$' "$W/home/ada/calls" | grep -o '"[^"]*"' | sort -u | wc -l)
	printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$name" "${best[i]}" "$(ratio "${best[i]}" "${best[0]}")" "${crowd_us:--}" "$kib" \
	    "$objects" "$(wc -l <"$W/home/ada/calls")" | tee -a "$report" | shown
done
{
	echo
	printf 'Not measured: %s.\n' "${skipped[@]}"
	echo
} | tee -a "$report" | shown

# ---- Many at once: expired, and every refresh brings a new refresh token
fake set rotation=true >/dev/null
secret=$(desk secret-tool lookup application sfoauth user ada@acme.example)
desk secret-tool clear application sfoauth
put_item "$(awk '/^expires_at=/ { $0 = "expires_at=1" } { print }' <<<"$secret")"$'\n'
forget_kernel
before=$(refreshes)
crowd=$(so_many 100 10)
# shellcheck disable=SC2016 # for the shell of the session
desk sh -c 'i=0; while [ $i -lt '"$crowd"' ]; do i=$((i + 1))
    git-credential-sfoauth get <request | sed -n "s/^password=//p" >>answers & done; wait' 2>>"$W/transcript"
echo '| what | bar | measured | | details |
|---|---|---|---|---|' | tee -a "$report" | shown
row "$crowd processes, expired token, rotation on: refreshes" '= 1' "$(($(refreshes) - before))" 'POSTs that the server saw'
row "$crowd processes: good answers" "= $crowd" "$(wc -l <"$W/home/ada/answers")" \
    "$(sort -u "$W/home/ada/answers" | wc -l) different"
