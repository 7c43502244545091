#!/bin/bash
# Who maps what, and what the waiting worker may do.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake

# ---- As whom, with what
start_sshd
(
	wait_for 20 pgrep -x sfoauth-worker >/dev/null || exit 1
	sleep 1
	worker=$(pgrep -x sfoauth-worker | head -n 1)
	cat "/proc/$worker/status" >"$W/worker.status"
	tr '\0' '\n' <"/proc/$worker/environ" >"$W/worker.environ"
	tr '\0' '\n' <"/proc/$worker/cmdline" >"$W/worker.cmdline"
	ls -l "/proc/$worker/fd" | awk 'NR > 1 { print $9, $11 }' >"$W/worker.fd"
	runuser -u ada -- cat "/proc/$worker/environ" >"$W/worker.by-ada" 2>&1
	runuser -u _sfoauth -- cat "/proc/$worker/mem" >/dev/null 2>"$W/worker.by-itself"
) &
watcher=$!
ssh_login -l 3 ada true
is 'the login succeeds' "$status" 0
wait $watcher
uid=$(id -u _sfoauth)
state=$(cat "$W/worker.status")
like 'the worker is _sfoauth, in all four uids' "$state" "Uid:[[:space:]]${uid}[[:space:]]${uid}[[:space:]]${uid}[[:space:]]$uid"
like 'and in all four gids' "$state" "Gid:[[:space:]]$(id -g _sfoauth)[[:space:]]$(id -g _sfoauth)[[:space:]]$(id -g _sfoauth)[[:space:]]$(id -g _sfoauth)"
like 'without other groups' "$state" $'Groups:[[:space:]]*('"$(id -g _sfoauth)"$' )?\n'
for set in CapInh CapPrm CapEff CapAmb; do
	like "the worker has no capabilities: $set" "$state" "$set:[[:space:]]0000000000000000"
done
like 'no_new_privs is set' "$state" 'NoNewPrivs:[[:space:]]1'
like 'seccomp filters' "$state" 'Seccomp:[[:space:]]2'
like 'it has one thread' "$state" 'Threads:[[:space:]]1'
is 'its environment is empty' "$(wc -c <"$W/worker.environ")" 0
is 'it has no arguments' "$(wc -l <"$W/worker.cmdline")" 1
is 'its descriptors: /dev/null, frames, record, one connection' \
    "$(awk '$1 <= 2 && $2 != "/dev/null"' "$W/worker.fd" | wc -l) $(awk '$1 > 4' "$W/worker.fd" | grep -vc 'socket:\|anon_inode:\|pipe:')" '0 0'
like 'another user cannot look into it' "$(cat "$W/worker.by-ada")" 'denied|not permitted'
like 'nor can a process of its own uid' "$(cat "$W/worker.by-itself")" 'denied|not permitted'

# ---- Which programs map what
stop_sshd
mkdir -p /run/sshd
strace -f -qq -o "$W/trace" -e trace=execve,openat,setresuid,setuid,clone,clone3,vfork,fork \
    /usr/sbin/sshd -D -E "$W/sshd.log" -o ListenAddress=127.0.0.1 -o PidFile="$W/sshd.pid" &
wait_for 10 test -s "$W/sshd.pid"
wait_for 30 bash -c ': </dev/tcp/127.0.0.1/22' || bail 'sshd does not start under strace'
ssh_login ada true
is 'the login under strace succeeds' "$status" 0
is 'nobody but the worker opens libcurl or libssl' \
    "$(grep -E 'lib(curl|ssl)\.so' "$W/trace" | grep -v ENOENT | awk '{ print $1 }' | sort -u | while read -r pid; do
	grep "^$pid .*execve(" "$W/trace" | grep -v ENOENT | tail -n 1 | grep -q sfoauth-worker || echo "$pid"
    done)" ''
ok 'the worker does' grep -q 'libcurl\.so' "$W/trace"
worker=$(grep 'execve("/usr/local/libexec/sfoauth/sfoauth-worker"' "$W/trace" | awk '{ print $1 }' | head -n 1)
like 'and only after it has given up root' "$(grep "^$worker " "$W/trace" | grep -E 'setresuid|execve\(' | tail -n 2 | head -n 1)" "setresuid\\($uid, $uid, $uid\\) += 0"
is 'nobody opens GLib' "$(grep -c 'libglib' "$W/trace")" 0
is 'sshd never opens a library of ours beside the module' "$(grep -oE '/[^"]*(libcjson|libsecret|libseccomp)[^"]*' "$W/trace" |
    grep -v 'worker' | sort -u | while read -r library; do
	grep -F "$library" "$W/trace" | awk '{ print $1 }' | sort -u | grep -vx "$worker"
    done | while read -r pid; do grep "^$pid .*execve" "$W/trace" | tail -n 1 | grep -c sfoauth-worker; done | grep -c '^0')" 0

ok 'the sandbox holds on this machine' /usr/local/libexec/sfoauth/sfoauth-selftest
said=$(/usr/local/libexec/sfoauth/sfoauth-selftest)
limits=$(sed -n 's/^ok *Landlock: ABI //p' <<<"$said")
[ "${limits:-0}" -ge 4 ] && ports='others are refused' || ports='not limited by this kernel'
is 'and says whether the kernel limits the ports' "$(grep Ports <<<"$said")" "ok      Ports: $ports"
done_testing
