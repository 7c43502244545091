#!/bin/bash
# What the module does when the system refuses: every allocation of a login fails in turn, every
# system call of it and of its children before exec, and what /run and the accounts may be. Nobody
# is let in where it matters, nothing hangs, nothing is left, and the audit line says why.
#   33-faults-module.sh [all]        all: of the frequent calls, too, every one fails
. "$(dirname "$0")/lib.sh"
. "$src/tests/hosts/hosts.sh"

all=${1:-}
write_host_conf ada
number() { sed -nE "s/.*$1 ([0-9]+).*/\1/p" <<<"$out" | tail -n 1; }

# ---- The k-th allocation fails, for every k
for user in ada kim; do
	LD_PRELOAD=$HOSTS/failing.so HOST_TIMEOUT=50 host -f -u $user
	ok "$user: more than 60 allocations fail in turn" test "$(number points)" -gt 60
	like "$user: no memory is lost, and no refused login leaves a record with a name" "$out" '^points [0-9]+ leaks 0 records 0 '
	tap_note "$user: $out"
done
like 'kim, when ada signs in, is never let in' "$out" ' allowed 0 '
write_host_conf kim
LD_PRELOAD=$HOSTS/failing.so host -f
like 'ada, when kim signs in, is never let in' "$out" ' leaks 0 records 0 allowed 0 '
write_host_conf ada

# ---- The k-th call of a system call fails, for every k
# Rows: system call, what is injected, lines of the login's trace that must end in a refusal
# (where the failing call is any other, a login may go on), audit reasons of the refusals. "none":
# libpam itself had failed, or nothing could be logged.
rows()
{
	cat <<'ROWS'
connect          error=EACCES   ^$                                   none
openat           error=EMFILE   sfoauth.conf|/dev/null|pam_sfoauth.so  config|system|worker|sandbox|unknown_user|none
openat           error=EACCES   sfoauth.conf|/dev/null|pam_sfoauth.so  config|system|worker|sandbox|unknown_user|none
newfstatat       error=EIO      ^$                                   config|system|worker|sandbox|unknown_user|none
read             error=EIO      org.acme                             config|system|worker|sandbox|unknown_user|none
mkdirat          error=ENOSPC   ^$                                   none
mkdirat          error=EROFS    ^$                                   none
fchmod           error=EPERM    ^$                                   none
fallocate        error=ENOSPC   ^$                                   none
pread64          error=EIO      ^$                                   system|none
getpeername      error=EBADF    ^$                                   none
getrandom        error=EAGAIN   ^$                                   system
fstatfs          error=EIO      ^$                                   none
fchown           error=EPERM    ^$                                   none
linkat           error=EPERM    ^$                                   none
socketpair       error=EMFILE   .                                    worker
pipe2            error=EMFILE   .                                    worker
clone            error=EAGAIN   .                                    worker
poll             error=ENOMEM   ^$                                   system|worker
recvmsg          error=EIO      msg_name=NULL                                 system|worker|protocol
recvmsg          error=ECONNRESET ^$                                 system|worker|protocol
sendto           error=EPIPE    MSG_DONTWAIT                         worker|unavailable|none
sendto           error=ENOBUFS  MSG_DONTWAIT                         worker|system|none
pidfd_open       error=EMFILE   ^$                                   none
wait4            error=ECHILD   ^$                                   none
uname            error=EFAULT   ^$                                   none
mmap             error=ENOMEM   ^$                                   nomem|none
ROWS
}

# The same for the child between fork and exec: everything there must end in a refusal, also a
# call that pretends success, and a way back to root that is open. A last column: the first call
# that counts (before it, the limit of processes is lifted as far as it may be).
child_rows()
{
	cat <<'ROWS'
rt_sigaction     error=EINVAL
fcntl            error=EMFILE
dup3             error=EBADF
close_range      error=ENOSYS
chdir            error=EACCES
setgroups        error=EPERM
setgroups        retval=0
setresgid        error=EPERM
setresgid        retval=0
setresuid        error=EPERM
setresuid        error=EAGAIN
setresuid        retval=0
getresuid        error=EFAULT
getresgid        error=EFAULT
getgroups        error=EPERM
getgroups        retval=1
capget           error=EPERM
setgid           retval=0
setuid           retval=0
prctl            error=EPERM
prlimit64        error=EPERM 4
getppid          retval=1
execve           error=EACCES
execve           error=ENOMEM
ROWS
}

trace_login()
{
	rm -rf /run/sfoauth
	setpriv --groups=4,27 strace -f -o "$W/trace" "$HOSTS/host" -q "$@" >/dev/null 2>&1
}
# calls SYSCALL: of the host between its two marks, one a line; with "before" those before.
calls()
{
	awk -v call="$1" -v when="${2:-during}" '
	NR == 1 { host = $1 }
	$1 != host { next }
	$2 ~ /^getsid/ { marks++; next }
	$2 ~ "^" call "\\(" && marks == (when == "before" ? 0 : 1) { print }' "$W/trace"
}
# child_calls SYSCALL: how many the first child makes before its exec has succeeded.
child_calls()
{
	awk -v call="$1" '
	NR == 1 { host = $1 }
	$1 == host || (child && $1 != child) || over { next }
	{ child = $1 }
	$2 ~ "^" call "\\(" { count++ }
	/execve/ && / = 0$/ { over = 1 }
	END { print count + 0 }' "$W/trace"
}

# inject SYSCALL WHAT WHEN [ARGUMENT]...: a login with it. $code: allowed, refused or what went wrong.
inject()
{
	local call=$1 what=$2 when=$3 lines
	shift 3
	lines=$(wc -l <"$W/syslog")
	rm -rf /run/sfoauth
	# Groups, so that a child which keeps them is seen.
	timeout -k 2 30 setpriv --groups=4,27 strace -f -qq --seccomp-bpf -o /dev/null -e trace="$call" \
	    -e inject="$call:$what:when=$when" "$HOSTS/host" -q "$@" >"$W/out" 2>&1
	status=$?
	out=$(<"$W/out")
	case $status,$out in
	0,'allowed 1 '*) code=allowed ;;
	0,'allowed 0 refused 1 '*) code=refused ;;
	*) code="status $status: $out" ;;
	esac
	reason=none phase=''
	[ "$code" = refused ] || return
	sync_syslog
	read -r reason phase < <(tail -n +$((lines + 1)) "$W/syslog" |
	    sed -nE 's/.*result=(denied|error) .* reason=([^ ]*) .* phase=([^ ]*) .*/\2 \3/p' | tail -n 1)
	reason=${reason:-none}
}

trace_login -a
cases=0
while read -r call what must reasons; do
	mapfile -t lines < <(calls "$call")
	before=$(calls "$call" before | wc -l)
	bad=''
	refused=0
	step=1
	[ -n "$all" ] || [ ${#lines[@]} -le 20 ] || step=2
	for ((i = 0; i < ${#lines[@]}; i += step)); do
		inject "$call" "$what" $((before + i + 1)) -a
		[[ $code =~ ^(allowed|refused)$ ]] || bad+=$'\n'"call $((i + 1)): $code: ${lines[i]}"
		[ "$code" != allowed ] || ! [[ ${lines[i]} =~ $must ]] || bad+=$'\n'"let in: ${lines[i]}"
		[ "$code" != refused ] || [[ $reason =~ ^($reasons)$ ]] || bad+=$'\n'"reason $reason: ${lines[i]}"
		# Refused later, by the account phase or by libpam, a record waits for the sweep.
		[ "$phase" != auth ] || [ -z "$(ls /run/sfoauth/handoff 2>/dev/null)" ] || bad+=$'\n'"a record is left: ${lines[i]}"
		[ "$code" != refused ] || refused=$((refused + 1))
		cases=$((cases + 1))
	done
	is "$call fails with ${what#*=}: $((i / step)) calls, $refused refusals" "$bad" ''
done < <(rows)

while read -r call what first; do
	count=$(child_calls "$call")
	bad=''
	for ((i = ${first:-1}; i <= count && i <= 20; i++)); do
		inject "$call" "$what" "$i" -a
		[ "$code $reason" = 'refused worker' ] || bad+=$'\n'"call $i: $code $reason"
		cases=$((cases + 1))
	done
	is "the child's $call gives $what: $((i - 1)) calls, all refused" "$bad" ''
	[ "$count" -gt 0 ] || is "the child calls $call" 0 1
done < <(child_rows)

# ---- The session's half: nothing about keeping a token refuses a login
trace_login
for row in unlinkat:EACCES clone:EAGAIN pipe2:EMFILE socketpair:EMFILE; do
	call=${row%:*}
	mapfile -t lines < <(calls "$call")
	before=$(calls "$call" before | wc -l)
	inject "$call" error="${row#*:}" $((before + ${#lines[@]}))
	is "a session opens although $call fails" "$code ${out#* session-}" "allowed $out"
	cases=$((cases + 1))
done

# ---- What /run may be
# run_is NAME WANTED REASON COMMAND: a login where COMMAND has made /run another.
run_is()
{
	local name=$1 lines
	lines=$(wc -l <"$W/syslog")
	out=$(unshare -m bash -c "$4; exec timeout -k 2 30 '$HOSTS/host' -q" 2>&1)
	like "$name: $2" "$out" "^$2 "
	sync_syslog
	like "$name: the log says it" "$(tail -n +$((lines + 1)) "$W/syslog")" "$3"
}
empty='mount -t tmpfs -o mode=755 tmpfs /run'
run_is 'an empty /run' 'allowed 1' 'result=kept' "$empty"
run_is 'a full /run' 'allowed 1' 'no space for the file of limits' \
    "mount -t tmpfs -o size=4k,mode=755 tmpfs /run; head -c 9999 /dev/zero >/run/fill 2>/dev/null"
run_is 'a /run without a free inode' 'allowed 1' 'cannot create directory' \
    "mount -t tmpfs -o nr_inodes=2,mode=755 tmpfs /run; : >/run/fill"
run_is 'a read-only /run' 'allowed 1' 'cannot create directory sfoauth .*sys 30' "$empty; mount -o remount,ro /run"
run_is 'a /run that became read-only' 'allowed 1' 'cannot open the file of limits' \
    "$empty; '$HOSTS/host' -q >/dev/null; mount -o remount,ro /run"
later="$empty; mount -o remount,size=64k /run; '$HOSTS/host' -q >/dev/null; head -c 99999 /dev/zero >/run/fill 2>/dev/null"
run_is 'a /run that became full' 'allowed 1' 'record could not be written.*token=revoked' "$later"
write_host_conf real
start_fake --auto-approve ada --set auto_after=0
run_is 'a /run that became full, and the real worker' 'allowed 1' 'record could not be written.*token=revoked' "$later"
is 'the real worker has given that token back' "$(fake_count revoked)" 1
write_host_conf ada
mkdir -p "$W/overlay/"{lower,upper,work}
run_is 'a /run that is not tmpfs' 'allowed 1' 'not on tmpfs.*token=revoked' \
    "mount -t overlay -o lowerdir=$W/overlay/lower,upperdir=$W/overlay/upper,workdir=$W/overlay/work overlay /run"
is 'a /run that is not tmpfs: no record gets there' "$(find "$W/overlay/upper" -type f | sed 's/.*upper//')" /sfoauth/lock/limits-1
run_is 'a directory of somebody else' 'allowed 1' 'belongs to uid' \
    "$empty; mkdir -p /run/sfoauth; chown ada /run/sfoauth"
run_is 'a directory that others may write' 'allowed 1' 'has mode 0777' \
    "$empty; mkdir -m 777 /run/sfoauth; chmod 777 /run/sfoauth"
run_is 'a link in its place' 'allowed 1' 'cannot open directory' \
    "$empty; mkdir /run/other; ln -s other /run/sfoauth"
run_is 'a hand-off directory of somebody else' 'allowed 1' 'handoff belongs to uid.*token=revoked' \
    "$empty; mkdir -p /run/sfoauth/handoff; chown ada /run/sfoauth/handoff"

# ---- The worker's account
cp /etc/passwd "$W/passwd"
worker_is()
{
	sed -E "$2" "$W/passwd" >/etc/passwd
	host -q
	like "$1: nobody is let in" "$out" '^allowed 0 refused 1 '
	is "$1: the audit reason" "$(audit_field reason)" sandbox
	cat "$W/passwd" >/etc/passwd
}
worker_is 'no _sfoauth' '/^_sfoauth:/d'
worker_is '_sfoauth is root' 's/^(_sfoauth:x):[0-9]+:[0-9]+/\1:0:0/'
worker_is '_sfoauth in the group of root' 's/^(_sfoauth:x:[0-9]+):[0-9]+/\1:0/'
worker_is '_sfoauth is the person who logs in' "s/^(_sfoauth:x):[0-9]+/\\1:$(id -u ada)/"

is 'no program of ours is left behind' "$(pgrep -c sfoauth-)" 0
tap_note "$cases system calls failed"
done_testing
