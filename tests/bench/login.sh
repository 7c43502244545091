# shellcheck shell=bash
# Rows about logins, for run.sh. Leaves ada with the token of a login in her kernel keyring.
# shellcheck disable=SC2154 # run.sh's

# A user's kernel keyring goes with the last process.
as_user ada sleep 900 &
write_conf pam.approve_timeout=240 pam.services=*
start_fake --set interval=5
start_sshd

# ---- One login
before=$(fake_count handshakes)
ssh_login ada true
[ "$status" = 0 ] || bail "ada cannot log in: $(tail -n 5 "$W/transcript")"
row 'TLS handshakes of a login' '= 1' "$(($(fake_count handshakes) - before))" 'ssh, a token is kept'
after_yes=$(fake log | awk '/ poll / { polls = 1 } / (identity|userinfo|revoke) / { n++ } END { print n + polls }')
row 'requests of a login from the approval on' '= 3' "$after_yes" 'the poll that succeeds, identity, userinfo'

# ---- The module
module=$(find /usr/lib -name pam_sfoauth.so | head -n 1)
strip -o "$W/stripped.so" "$module"
limit=131072
[ "$(uname -m)" != x86_64 ] || limit=98304
row 'module: bytes, stripped' "<= $limit" "$(stat -c %s "$W/stripped.so")" "needs $(readelf -d "$module" |
    sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p' | grep -v '^ld-linux' | xargs)"
row 'module: exported symbols' '= 5' "$(nm -D --defined-only "$module" | grep -c ' T ')" 'nm -D'
echo 'auth required pam_permit.so
account required pam_permit.so' >/etc/pam.d/sfpermit
sed 's/pam_permit/pam_sfoauth/' /etc/pam.d/sfpermit >/etc/pam.d/sfbench
fake approve --wait 60 --user ada >/dev/null &
grown=$("$W/host" visit ada 2>>"$W/transcript")
row 'module: KiB by which its host grows' '<= 400' "${grown% *}" 'VmRSS over a sign-in, libpam being there before'
row 'module: threads of its host' '= 1' "${grown#* }" 'its own'

# ---- The worker
bundle=/etc/ssl/certs/ca-certificates.crt
runs=$(so_many 51 5)
worker=$(as_user ada "$W/first" "$runs" /usr/local/libexec/sfoauth/sfoauth-worker $bundle)
plain=$(as_user ada "$W/time" /dev/null "$runs" "$W/plain" $bundle | cut -d' ' -f1)
row 'worker until its first request / libcurl and the same CA file' '<= 1.5' "$(ratio "${worker:-0}" "$plain")" \
    "$worker us / $plain us"

# ---- Many that wait
waiting=$(so_many 200 8)
"$W/host" wait sue $waiting >>"$W/transcript" 2>&1 &
crowd=$!
is_full() { [ "$(pgrep -c -x sfoauth-worker)" -ge $waiting ] && [ "$(fake_count by_kind.start)" -gt $waiting ]; }
sleep "$(so_many 20 1)"
wait_for 20 is_full || echo "# $(pgrep -c -x sfoauth-worker) workers" >>"$W/transcript"
private_kib()
{
	for pid in $(pgrep -x sfoauth-worker); do
		awk '/^Private_/ { kib += $2 } END { print kib + 0 }' "/proc/$pid/smaps_rollup" 2>/dev/null
	done | sort -n | tail -n 1
}
# Clock ticks that all of them have used.
ticks()
{
	for pid in $(pgrep -x sfoauth-worker) $(pgrep -P $crowd); do
		cat "/proc/$pid/stat" 2>/dev/null
	done | awk '{ sum += $14 + $15 } END { print sum + 0 }'
}
row "sign-ins that wait on one host" "= $waiting" "$(pgrep -c -x sfoauth-worker)" 'each a worker that polls every 5 s'
row "$waiting waiting: KiB of private memory, the largest worker" '<= 8192' "$(private_kib)" 'Private_* of smaps_rollup'
from=$(ticks)
period_s=$(so_many 10 2)
sleep "$period_s"
used=$(($(ticks) - from))
row "$waiting waiting: processor time of all, in percent of one processor" '<= 30' "$((used * 100 / (period_s * $(getconf CLK_TCK))))" \
    "$used ticks in $period_s s, a poll each 5 s"
kill $crowd
wait $crowd 2>/dev/null
is_empty() { ! pgrep -x sfoauth-worker >/dev/null; }
wait_for 30 is_empty || bail 'workers stay'
