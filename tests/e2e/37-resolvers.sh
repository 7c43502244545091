#!/bin/bash
# The sandbox on hosts as they are: name services (nss-resolve, nscd, mDNS, DNS), IPv6 alone, no IPv6,
# addresses that are dead. Each login succeeds, or fails in words and in its time, and no system call
# is denied. One that is denied stands in the audit line by name.
# The name services are fetched by apt-get and not installed: their packages change /etc/nsswitch.conf.
if [ -z "${SF_E2E_INSIDE:-}" ]; then
	nss=${SF_STAGE:-$(dirname "$0")/../../${B:-build}/stage}/../nss
	if mkdir -p "$nss/deb" && [ ! -e "$nss/nscd" ]; then
		(
			cd "$nss/deb" && timeout 30 apt-get -qq download nscd libnss-mdns libnss-resolve
			for deb in *.deb; do dpkg-deb -x "$deb" x && rm "$deb"; done
			find x \( -name 'libnss_*.so.2' -o -name nscd -path '*/sbin/*' \) -exec mv {} .. \;
		) >/dev/null 2>&1
		rm -rf "$nss/deb"
	fi
fi
. "$(dirname "$0")/lib.sh"

cases=0
nss=${SF_STAGE%/stage}/nss
write_conf pam.approve_timeout=12
start_fake --listen 127.0.0.1 --listen ::1 --auto-approve ada --set auto_after=0
cp -r "$nss" "$W/nss" 2>/dev/null || mkdir -p "$W/nss"
echo "$W/nss" >/etc/ld.so.conf.d/nss.conf && ldconfig 2>/dev/null
cp /etc/hosts "$W/hosts"
echo '127.0.0.1 localhost sfhost' >"$W/nohosts"

# resolver ARGUMENT...: resolver.py, until the next one.
resolver()
{
	[ -z "${server:-}" ] || { kill "$server" && wait "$server" 2>/dev/null; }
	server=''
	[ $# -gt 0 ] || return 0
	/usr/bin/python3 "$src/tests/e2e/resolver.py" "$@" 2>>"$W/resolver.log" &
	server=$!
	sleep 0.4
}

# hosts FILE SERVICES [NAMESERVER]...
hosts()
{
	cat "$1" >/etc/hosts
	sed -i "s/^hosts:.*/hosts: $2/" /etc/nsswitch.conf
	printf 'nameserver %s\n' "${@:3}" >/etc/resolv.conf
	echo 'options timeout:1 attempts:1' >>/etc/resolv.conf
}

# login NAME [WANTED]: its result is as wanted, and nothing was denied.
login()
{
	cases=$((cases + 1))
	drive --as kim --timeout 25 -- su ada -c true
	sync_syslog
	line=$(grep -a 'sfoauth: result=.*phase=auth' "$W/syslog" | tail -n 1)
	like "$1: ${2:-allowed}" "$line" "result=${2:-allowed}"
	unlike "$1: no system call is denied" "$line" 'was denied'
}

# ---- Files and addresses
login 'both families in /etc/hosts'
printf '127.0.0.1 localhost\n127.0.0.9 acme.my.salesforce.com\n127.0.0.1 acme.my.salesforce.com\n' >"$W/refused"
hosts "$W/refused" files
login 'the first address refuses'
resolver dead 127.0.0.8 -
printf '127.0.0.1 localhost\n127.0.0.8 acme.my.salesforce.com\n127.0.0.1 acme.my.salesforce.com\n' >"$W/dead"
hosts "$W/dead" files
login 'the first address is dead: the next within the deadline'
printf '::1 acme.my.salesforce.com\n127.0.0.9 acme.my.salesforce.com\n' >"$W/v6first"
hosts "$W/v6first" files
login 'one of each family, IPv4 refuses'
hosts "$W/nohosts" files
login 'no such host' error
like 'no such host: the audit line names it' "$line" 'cannot resolve acme'

# ---- DNS
resolver dns 127.0.0.1 127.0.0.1,::1
hosts "$W/nohosts" 'files dns' 127.0.0.1
login DNS
hosts "$W/nohosts" 'files dns' 127.0.0.99 127.0.0.1
login 'DNS, the first server dead'
resolver dns 127.0.0.1 "$(printf '127.0.0.%d,' {60..90})127.0.0.1" --tcp-only
hosts "$W/nohosts" 'files dns' 127.0.0.1
login 'DNS over TCP, 32 addresses'
resolver dns 127.0.0.1 127.0.0.9,127.0.0.10,127.0.0.1 --delay 0.3
login 'DNS, slow'
resolver dns ::1 ::1
hosts "$W/nohosts" 'files dns' ::1
login 'DNS at an IPv6 address, which knows IPv6 alone'

# ---- nss-resolve
resolver
if [ -e "$W/nss/libnss_resolve.so.2" ]; then
	hosts "$W/hosts" 'resolve [!UNAVAIL=return] files'
	login 'nss-resolve without a daemon'
	hosts "$W/nohosts" 'resolve [!UNAVAIL=return] files'
	resolver varlink /run/systemd/resolve/io.systemd.Resolve 127.0.0.1
	login 'nss-resolve with a daemon'
	rm -f /run/systemd/resolve/io.systemd.Resolve
	resolver varlink /run/systemd/resolve/io.systemd.Resolve ::1 --silent
	login 'nss-resolve with a daemon that hangs: over at the deadline' error
	resolver
	login 'nss-resolve whose daemon is gone' error
	rm -rf /run/systemd
else
	skip nss-resolve 'libnss-resolve cannot be fetched'
fi

# ---- mDNS
if [ -e "$W/nss/libnss_mdns4_minimal.so.2" ]; then
	hosts "$W/hosts" 'mdns4_minimal [NOTFOUND=return] files'
	login 'mDNS first'
	hosts "$W/hosts" 'mdns_minimal mdns files'
	login 'mDNS of both families without a daemon'
else
	skip mDNS 'libnss-mdns cannot be fetched'
fi

# ---- nscd
if [ -x "$W/nss/nscd" ]; then
	hosts "$W/hosts" files
	mkdir -p /run/nscd /var/cache/nscd
	printf 'enable-cache hosts yes\npersistent hosts no\nshared hosts yes\nenable-cache passwd yes\nshared passwd yes\n' >/etc/nscd.conf
	"$W/nss/nscd" -d -f /etc/nscd.conf >"$W/nscd.log" 2>&1 &
	nscd=$!
	wait_for 5 test -S /run/nscd/socket
	login 'nscd running, first'
	login 'nscd running, from its cache'
	like 'nscd was asked' "$(cat "$W/nscd.log")" 'acme\.my\.salesforce\.com|GETAI'
	kill -9 "$nscd" && wait "$nscd" 2>/dev/null
	login 'nscd is gone, its socket is not'
	rm -rf /run/nscd
else
	skip nscd 'nscd cannot be fetched'
fi

# ---- One family
sysctl -qw net.ipv6.conf.all.disable_ipv6=1
hosts "$W/hosts" files
login 'no IPv6'
printf '::1 acme.my.salesforce.com\n127.0.0.1 acme.my.salesforce.com\n' >"$W/both"
hosts "$W/both" files
login 'no IPv6, and a host that has both'
sysctl -qw net.ipv6.conf.all.disable_ipv6=0
ip addr add ::1/128 dev lo 2>/dev/null
ip -4 addr flush dev lo
hosts "$W/both" files
login 'no IPv4, and a host that has both'
printf '::1 localhost acme.my.salesforce.com\n' >"$W/six"
hosts "$W/six" files
login 'IPv6 alone'
ip addr add 127.0.0.1/8 dev lo 2>/dev/null
hosts "$W/hosts" files

# ---- What is denied has a name
ok 'the sandbox holds here' /usr/local/libexec/sfoauth/sfoauth-selftest
cases=$((cases + 1))
install -m 666 /dev/null "$W/loaded"
cc -D_GNU_SOURCE -DSF_PRELOAD_CALLS -DMARK="\"$W/loaded\"" -shared -fPIC -o "$W/calls.so" "$src/tests/e2e/preload.c"
echo "$W/calls.so" >/etc/ld.so.preload
drive --as kim --timeout 25 -- su ada -c true
: >/etc/ld.so.preload
like 'a denied system call is in the audit line by name' "$(audit_line 2)" 'system call openat was denied'
is 'and the login goes on' "$(audit_field result 2)" allowed
resolver
tap_note "cases: $cases"
done_testing
