#!/bin/bash
# After a run with every kind of call: no secret that the fake handed out or a person typed is in any
# file, log, argument list or environment.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd -o LogLevel=DEBUG3
touch -d '1 second ago' "$W.start"

# Samples of all argument lists and environments while the rest runs.
(
	while [ ! -e "$W/enough" ]; do
		cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' |
		    grep -aF -e '00D5f' -e 5Aep -e Geheim
		sleep 0.02
	done >"$W/samples"
) &
watcher=$!

cat >"$W/home/ada/session.sh" <<'END'
export GIT_TRACE=$HOME/git.trace GIT_TRACE_CURL=1
git config --global credential.https://acme.my.salesforce.com.helper /usr/local/bin/git-credential-sfoauth
request() { printf 'protocol=https\nhost=acme.my.salesforce.com\n\n'; }
request | git credential fill | git credential approve
sfoauth status
sfoauth api /services/data/ >/dev/null
request | git credential fill | git credential reject
sfoauth token >/dev/null
exit 0
END
chown ada: "$W/home/ada/session.sh"
ssh_login ada 'bash session.sh 2>session.err'
is 'the login succeeds' "$status" 0
ssh_login -d ada true
ssh_login -a kim ada true
# By way of a file: our own driver has arguments too.
echo 'Geheim-typed' >"$W.typed"
ssh_login -n -D "--answer=@$W.typed" ada true
sudo_login ada true
fake script kind=identity preset=html503 times=0 >/dev/null
ssh_login ada true
fake unscript >/dev/null
: >"$W/enough"
wait $watcher

fake secrets >"$W.secrets"
cat "$W.typed" >>"$W.secrets"
ok 'there were secrets to look for' test "$(wc -l <"$W.secrets")" -gt 5
sync_syslog
# user codes are shown to people; what they typed into the fake's own pages is not ours.
like 'files, logs, transcripts, traces, records and samples hold none of them' "$(
	find "$W" /run/sfoauth /var/log /tmp /var/tmp /etc/sfoauth -type f -newer "$W.start" -print0 2>/dev/null |
	    xargs -0 grep -laFf "$W.secrets" 2>/dev/null |
	    grep -vE "^($W/(fake\\.|copies/|stage)|$src/)" | while read -r found; do
		grep -aoFf "$W.secrets" "$found" | sort -u | sed "s|^|$found: |"
	done
)" '^$'
is 'argument lists and environments held none of them' "$(grep -caFf "$W.secrets" "$W/samples")" 0
done_testing
