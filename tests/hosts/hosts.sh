# shellcheck shell=bash
# For tests that use host.c and worker.c: sourced after e2e/lib.sh.

HOSTS=${SF_STAGE%/*}/tests/hosts
WORKER=/usr/local/libexec/sfoauth/sfoauth-worker
for program in host worker failing.so; do
	[ -e "$HOSTS/$program" ] || bail "$HOSTS/$program is not there: make test-programs"
done
cp "$WORKER" "$W/worker.real"

# The service of host.c: nobody but us decides.
printf '%s\n' 'auth required pam_sfoauth.so' 'account required pam_sfoauth.so' \
    'session optional pam_sfoauth.so' >/etc/pam.d/sfhost

# write_host_conf WORKER [ROW]...: WORKER is real, or who signs in at the scripted one, at once.
write_host_conf()
{
	local worker=$1
	shift
	if [ "$worker" = real ]; then
		install -m 711 "$W/worker.real" "$WORKER"
		set -- org.client_id=3MVG9acme.Local_App "$@"
	else
		install -m 711 "$HOSTS/worker" "$WORKER"
		set -- org.client_id="$worker" "$@"
	fi
	# No limit that may be configured lets a thousand in a minute in.
	write_conf pam.services=sfhost pam.session_services=sfhost pam.start_rate=240/min,\ 240/min\ per\ source "$@"
}

# host ARGUMENT...: what it said is in $out, how it ended in $status.
host()
{
	rm -f /run/sfoauth/lock/limits-1
	timeout -k 2 "${HOST_TIMEOUT:-50}" "$HOSTS/host" "$@" >"$W/out" 2>&1
	# shellcheck disable=SC2034 # for the tests
	status=$?
	out=$(<"$W/out")
	echo "host $*: $out" >>"$W/transcript"
}

keys() { grep -c "^[0-9a-f]* .* $1 .* user  *sfoauth:" /proc/keys; }
