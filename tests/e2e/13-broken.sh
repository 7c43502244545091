#!/bin/bash
# Broken parts: configuration, worker, network, certificates. Each ends in a refusal with an exact
# audit reason and the same words for the person; nothing hangs.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd

# fails NAME REASON [SIGN-IN OPTION]...
fails()
{
	local name=$1 reason=$2
	shift 2
	ssh_login "$@" ada 'echo let in'
	unlike "$name: no shell opens" "$out" $'let in\n'
	like "$name: the audit reason" "$(audit_field result) $(audit_field reason)" "^(denied|error) $reason\$"
	like "$name: the same words for the person" "$out" "Not let in\. Reference $(audit_field ref)\."
	is "$name: no record is left" "$(ls /run/sfoauth/handoff 2>/dev/null)" ''
	fake unscript >/dev/null
}

# ---- Configuration
rm /etc/sfoauth/sfoauth.conf
fails 'configuration missing' config
write_conf && chmod 664 /etc/sfoauth/sfoauth.conf
fails 'configuration writable by its group' config
write_conf && chmod 646 /etc/sfoauth/sfoauth.conf
fails 'configuration writable by others' config
write_conf && chmod 777 /etc/sfoauth
fails 'configuration in a directory that others may write' config
chmod 755 /etc/sfoauth && chown ada /etc/sfoauth/sfoauth.conf
fails 'configuration of somebody else' config
chown root /etc/sfoauth/sfoauth.conf
write_conf 'pam.colour=blue'
fails 'an unknown key' config
like 'an unknown key: the log has file and line' "$(audit_field why)" 'sfoauth\.conf line [0-9]+'
write_conf 'org.organization_id='
fails 'no pinned organization' config
write_conf 'org.login_url=https://login.salesforce.com'
fails 'a login host for PAM' config
write_conf 'pam.session_services=sshd sudo'
fails 'tokens for sudo' config
write_conf

# ---- The worker
worker=/usr/local/libexec/sfoauth/sfoauth-worker
mv $worker $worker.away
fails 'worker missing' worker
# replaced NAME REASON BODY...: a script in the worker's place.
replaced()
{
	local name=$1 reason=$2
	shift 2
	printf '#!/bin/sh\n%s\n' "$*" >$worker && chmod 755 $worker
	fails "$name" "$reason"
	rm -f $worker
}
replaced 'worker that ends at once' '(worker|protocol)' 'exit 0'
replaced 'worker that answers garbage' protocol "printf 'garbage' >&3; exec sleep 9"
replaced 'worker that says DONE at once' protocol "printf '\\023' >&3; exec sleep 9"
mv $worker.away $worker
(wait_for 10 pgrep -x sfoauth-worker >/dev/null; sleep 0.3; pkill -KILL -x sfoauth-worker) &
watcher=$!
fails 'worker killed while it waits' worker -n
wait $watcher

# ---- The other side
for preset in html html503 redirect big; do
	fake script kind=start preset=$preset >/dev/null
	fails "$preset in place of a code" '(unavailable|answer|too_large)'
done
fake script kind=start truncate=20 close_after=true >/dev/null
fails 'an answer that is cut' '(unavailable|answer)'
fake script kind=identity preset=html503 times=0 >/dev/null
fails 'no identity document' '(unavailable|answer)'
is 'no identity document: the token is revoked' "$(audit_field token)" revoked
fake script kind=identity preset=redirect times=0 >/dev/null
fails 'a redirect of the identity document' '(unavailable|answer)'
is 'no redirect was followed' "$(fake log | grep -c 'evil')" 0
write_conf 'pam.approve_timeout=10'
fake script kind=start drip=1 >/dev/null
start=$(date +%s)
fails 'a byte a second' unavailable
ok 'a byte a second ends at the deadline' test $(($(date +%s) - start)) -le 16

# Approved at once, but Enter comes when the worker has taken the silence for a no: while it revokes,
# and when it is gone.
for delay in 1.6 0; do
	fake script kind=revoke delay=$delay >/dev/null
	drive --approve "'$src/tests/fake/control.py' '$W/fake.sock' approve --user ada; sleep 7" -- ssh -F /dev/null -tt \
	    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o NumberOfPasswordPrompts=1 \
	    -o PreferredAuthentications=keyboard-interactive -l ada 127.0.0.1 'echo let in'
	unlike "an answer after the worker's no ($delay s): no shell opens" "$out" $'let in\n'
	is "an answer after the worker's no ($delay s): audit" \
	    "$(audit_field result) $(audit_field reason) $(audit_field token)" 'denied expired revoked'
done
write_conf
fake set cert=wrong-name >/dev/null
fails 'a certificate for another name' tls
fake set cert=expired >/dev/null
fails 'an expired certificate' tls
fake set cert=other-ca >/dev/null
fails 'a certificate of an unknown CA' tls
fake set cert=null >/dev/null

ssh_login ada 'echo let in'
like 'when all is mended, ada is let in' "$out" $'\nlet in'
is 'no worker is left behind' "$(pgrep -cx sfoauth-worker)" 0
done_testing
