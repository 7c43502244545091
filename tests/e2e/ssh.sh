# shellcheck shell=bash
# ada's side of sfoauth ssh: a browser that signs in as her and follows the redirect, and her known_hosts.
# Sourced by component tests, after lib.sh.
# shellcheck disable=SC2154 # lib.sh's

mkdir -p "$W/web" && chmod 1777 "$W/web"
install -d -o ada -g ada -m 700 "$W/home/ada/.ssh"
# The browser: BROWSER_DOES changes what it does (deny, nothing, stay).
cat >"$W/web/browser" <<END
#!/bin/sh
printf '%s\n' "\$1" >>$W/web/opened
case \$(cat $W/web/does 2>/dev/null) in
nothing) exit 0 ;;
deny) set -- "\$1" --deny ;;
esac
address=\$1 && shift
callback=\$(/usr/bin/python3 -B "$src/tests/fake/approve.py" --ca /etc/ssl/certs/ca-certificates.crt --address "\$address" --user acme:ada "\$@" 2>>$W/web/errors)
printf '%s\n' "\$callback" >$W/web/callback
curl -sS --noproxy '*' -m 10 "\$callback" >$W/web/page 2>&1
END
chmod 755 "$W/web/browser"
err=''
: >"$W/web/opened" && chmod 666 "$W/web/opened"

# know_host NAME [PORT]: ada's ssh knows the keys of this host's sshd.
know_host()
{
	local name=$1 key
	[ -z "${2:-}" ] || name="[$1]:$2"
	for key in "${SSHD_DIR:-/etc/ssh}"/ssh_host_*_key.pub; do
		echo "$name $(cut -d ' ' -f 1-2 "$key")" >>"$W/home/ada/.ssh/known_hosts"
	done
	chown ada:ada "$W/home/ada/.ssh/known_hosts"
}

# ada_ssh ARGUMENT...: sfoauth ssh as ada, without a terminal; standard input is passed on.
ada_ssh()
{
	as_user ada BROWSER="$W/web/browser" setsid -w timeout "${LIMIT:-20}" sfoauth ssh "$@"
}

# ada_runs COMMAND...: another program of hers that starts ssh.
ada_runs()
{
	as_user ada BROWSER="$W/web/browser" setsid -w timeout "${LIMIT:-20}" "$@"
}

# ssh_as_ada ARGUMENT...: the same, with $out, $err and $status, and without input.
ssh_as_ada()
{
	: >"$W/web/opened"
	rm -f "$W/web/page" "$W/web/callback"
	ada_ssh "$@" >"$W/out" 2>"$W/err" </dev/null
	# shellcheck disable=SC2034 # for the tests
	status=$?
	# shellcheck disable=SC2034 # for the tests
	out=$(cat "$W/out") err=$(cat "$W/err")
	cat "$W/out" "$W/err" >>"$W/transcript"
}

# opens: how many addresses the browser was told to open.
opens()
{
	grep -c . "$W/web/opened"
}

# second_sshd KEY-TYPE [OPTION]...: another sshd with a host key of its own, on port 2222.
second_sshd()
{
	local type=$1
	shift
	rm -rf "$W/second" && mkdir "$W/second"
	ssh-keygen -q -t "$type" -N '' -f "$W/second/ssh_host_${type}_key"
	! /usr/sbin/sshd -T 2>/dev/null | grep -q '^persourcepenalties' || set -- "$@" -o PerSourcePenalties=no
	/usr/sbin/sshd -E "$W/second.log" -p 2222 -o ListenAddress=127.0.0.1 -o PidFile="$W/second.pid" \
	    -h "$W/second/ssh_host_${type}_key" "$@"
	wait_for 5 test -s "$W/second.pid" || bail "no second sshd: $(cat "$W/second.log")"
}

stop_second_sshd()
{
	kill "$(cat "$W/second.pid")"
	wait_for 5 sh -c "! kill -0 $(cat "$W/second.pid")" || bail 'the second sshd does not end'
	rm -f "$W/second.pid"
}
