#!/bin/bash
# Hosts of the module with bad habits: whatever state they are in, a login works or fails well, the
# worker gets none of that state, and the host finds itself as it was before.
#   32-hostile-host.sh [LOGINS]      how many through one long-lived host (100); make soak
. "$(dirname "$0")/lib.sh"
. "$src/tests/hosts/hosts.sh"

logins=${1:-100}
mkdir -p "$W/locale"
localedef -i tr_TR -f UTF-8 "$W/locale/tr_TR.UTF-8" 2>/dev/null
export LOCPATH=$W/locale
mapfile -t traits < <("$HOSTS/host" -l)
same() { is "$1" "$status ${out##*$'\n'}" '0 same'; }

# ---- The module loaded and unloaded a thousand times; the worker looks at what it was started with
write_host_conf ada
each=$((1000 / ${#traits[@]}))
for trait in "${traits[@]}"; do
	host -t "$trait" -n $each
	like "$trait: $each logins, the module loaded and unloaded for each" "$out" "(^|"$'\n'")allowed $each refused 0 "
	same "$trait: the host is as it was"
done

# ---- Several logins at once
for trait in plain no-processes forking-thread small-stack; do
	host -t $trait -n 100 -j 4
	like "$trait: four logins at a time" "$out" "(^|"$'\n'")allowed 100 refused 0 "
	same "$trait: four logins at a time, and the host is as it was"
done

# ---- What cannot work
for trait in no-descriptors ten-descriptors; do
	host -t $trait -n 3
	like "$trait: nobody is let in" "$out" '^allowed 0 refused 3 '
	same "$trait: the host is as it was"
done

for files in {5..16}; do
	out=$(ulimit -S -n "$files" && timeout 30 "$HOSTS/host" 2>&1)
	is "$files descriptors at most: nobody is let in, the host is as it was" \
	    "$(sed -E 's/ code-.*//' <<<"$out" | tr '\n' ' ')" 'allowed 0 refused 1 same '
done
out=$(ulimit -S -n 24 && timeout 30 "$HOSTS/host" 2>&1)
is '24 descriptors are enough' "$out" $'allowed 1 refused 0\nsame'

# ---- The same states with the real worker, five at a time
write_host_conf real
start_fake --auto-approve ada --set auto_after=0
for trait in "${traits[@]}"; do
	timeout -k 2 40 "$HOSTS/host" -t "$trait" >"$W/real.$trait" 2>&1 &
	pids+=($!)
	[ $((${#pids[@]} % 5)) != 0 ] || wait "${pids[@]}"
done
wait "${pids[@]}"
for trait in "${traits[@]}"; do
	is "$trait: the real worker" "$(<"$W/real.$trait")" $'allowed 1 refused 0\nsame'
done

# ---- ThreadSanitizer
tsan=${SF_STAGE%/*/*}/tsan
if [ -e "$tsan/tests/hosts/host" ]; then
	write_host_conf ada
	module=$(find /usr/lib* -name pam_sfoauth.so)
	cp "$module" "$W/module" && cat "$tsan/pam_sfoauth.so" >"$module"
	# Without its symbolizer, a process that it would start in our child as well.
	export TSAN_OPTIONS='external_symbolizer_path= ignore_noninstrumented_modules=1'
	for trait in plain forking-thread busy-thread signal-storm; do
		HOSTS=$tsan/tests/hosts host -t $trait -n 60 -j 8
		like "$trait: ThreadSanitizer watches eight logins at a time" "$out" "(^|"$'\n'")allowed 60 refused 0 "
		unlike "$trait: ThreadSanitizer has nothing to say" "$out" ThreadSanitizer
	done
	unset TSAN_OPTIONS
	cat "$W/module" >"$module"
else
	skip 'ThreadSanitizer' "there is no $tsan: make check builds it"
fi

# ---- One host for a long time
nothing_left()
{
	is "$1: no worker is left" "$(pgrep -c 'sfoauth-' -u _sfoauth,ada)" 0
	is "$1: no file is left" "$(find /run/sfoauth -type f ! -name "limits-*")" ''
	is "$1: one key, and its aliases for the app and for git" "$(as_user ada keyctl list @u | grep -c sfoauth:)" 3
	tap_note "$1: ${out%%$'\n'*}; $SECONDS s; $(as_user ada keyctl list @u | grep -o 'sfoauth:.*' | xargs)"
}
# grown NAME: since the first tenth of the logins.
grown()
{
	local kib
	kib=$(sed -nE 's/.*grown: kib (-?[0-9]+) .*/\1/p' <<<"$out")
	ok "$1: memory grows by at most 512 KiB" test "${kib:-9999}" -le 512
	like "$1: no descriptor and no child is left" "$out" ' descriptors 0 children 0'
	same "$1: the host is as it was"
	nothing_left "$1"
}
export HOST_TIMEOUT=$((50 + logins))
write_host_conf ada
SECONDS=0
host -n "$logins"
like "$logins logins" "$out" "^allowed $logins refused 0 "
grown "$logins logins"
# Real sign-ins last a second each: a tenth of the number, many at a time.
write_host_conf real
sample=$((logins / 10))
SECONDS=0
host -n $sample -j 16
like "$sample of the real worker" "$out" "^allowed $sample refused 0 "
nothing_left "$sample of the real worker"
if [ "$logins" -ge 1000 ]; then
	host -n 100
	grown 'a hundred more of the real worker, one after the other'
fi
done_testing
