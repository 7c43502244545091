#!/bin/bash
# A host with the systemd journal: an audit line is one entry in its native protocol, with each field of the line
# as a field of the entry. What the journal does not take goes to syslog, and nothing goes to both.
. "$(dirname "$0")/lib.sh"

cat >"$W/journal.py" <<'PY'
"""journal.py SOCKET FILE: append each datagram as a line of JSON; journal.py SOCKET: read none, with a full queue."""
import json, os, socket, sys, time
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
server.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
if len(sys.argv) == 2:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        while True:
            client.sendto(b"x=x", sys.argv[1])
    except BlockingIOError:
        print("full", flush=True)
    time.sleep(300)
with open(sys.argv[2], "a", buffering=1) as file:
    while True:
        fields = server.recv(65536).decode().split("\n")
        assert fields.pop() == ""
        pairs = [field.split("=", 1) for field in fields]
        assert len(dict(pairs)) == len(pairs), "a field twice"
        file.write(json.dumps(dict(pairs)) + "\n")
PY
journal=/run/systemd/journal/socket
start_journal()
{
	rm -f $journal
	python3 "$W/journal.py" $journal "$@" >"$W/journal.out" 2>&1 &
	journal_pid=$!
	wait_for 5 test -S $journal || bail 'no socket'
}
# entry JQ [N]: of the last entry, or of the N-th from the end.
entry() { tail -n "${2:-1}" "$W/journal" | head -n 1 | jq -r "$1"; }
in_syslog() { sync_syslog; grep -ac 'sfoauth: result=' "$W/syslog"; }

write_conf pam.deny_users=kim
start_fake
start_sshd
: >"$W/journal"
start_journal "$W/journal"

ssh_login ada 'echo let in'
like 'a login' "$out" $'\nlet in'
is 'three entries: authenticate, account, session' "$(jq -r '.SFOAUTH_PHASE + ":" + .SFOAUTH_RESULT' "$W/journal" | xargs)" \
    'auth:allowed account:allowed open:kept'
is 'the fields of the first' "$(entry '[.SFOAUTH_REASON, .SFOAUTH_SERVICE, .SFOAUTH_USER, .SFOAUTH_ORG,
    .SFOAUTH_SF_USER, .SFOAUTH_FLOW, .SFOAUTH_RHOST, .SFOAUTH_TOKEN] | join(" ")' 3)" \
    'ok sshd ada acme ada@acme.example device 127.0.0.1 kept'
is 'its uid' "$(entry .SFOAUTH_UID 3)" "$(id -u ada)"
like 'its message is the line of syslog' "$(entry .MESSAGE 3)" \
    "^pam_sfoauth\(sshd:auth\): sfoauth: result=allowed ref=- .* sf_user='ada@acme.example' flow=device rhost=127.0.0.1 token=kept why=-$"
is 'with its priority and facility' "$(entry '.PRIORITY + " " + .SYSLOG_FACILITY' 3)" '6 10'
is 'what is not known is no field' "$(entry 'has("SFOAUTH_REF"), has("SFOAUTH_WHY"), has("SFOAUTH_SF_ID")' 2 | xargs)" 'false false false'
is 'no line of it is in syslog' "$(in_syslog)" 0

ssh_login -n -D --no-answer -D --timeout=4 kim 'echo let in'
wait_for 5 grep -q deny_users "$W/journal"
is 'a refusal' "$(entry '[.SFOAUTH_RESULT, .SFOAUTH_REASON, .SFOAUTH_USER, .PRIORITY] | join(" ")')" 'denied deny_users kim 5'
like 'its reference' "$(entry .SFOAUTH_REF)" '^[2-9A-Z]{4}-[2-9A-Z]{4}$'
is 'its words are without quotes' "$(entry .SFOAUTH_WHY)" 'the account is of class nobody'

# A name that would like to be a field of its own.
drive --no-answer --timeout 4 -- pamtester -I rhost=192.0.2.1 sshd $'x\nSFOAUTH_RESULT=allowed SFOAUTH_REASON=ok' authenticate
wait_for 5 sh -c "tail -n 1 '$W/journal' | grep -q unknown_user"
is 'a name with a line end adds no field' "$(entry '[.SFOAUTH_RESULT, .SFOAUTH_REASON] | join(" ")')" 'denied unknown_user'
like 'it is escaped' "$(entry .SFOAUTH_USER)" '^x\\x0aSFOAUTH_RESULT\\x3dallowed\\x20'
before=$(wc -l <"$W/journal")
service=$'sshd\nsfoauth_result=allowed\nsfoauth_x=1'
cp /etc/pam.d/sshd "/etc/pam.d/$service"
write_conf 'pam.services=*'
drive --no-answer --timeout 4 -- pamtester -I rhost=192.0.2.1 "$service" zora authenticate
is 'nor does a service: its lines are for syslog' "$(wc -l <"$W/journal") $(in_syslog)" "$before 1"
write_conf

# A journal whose queue is full: the login does not wait for it, and syslog has the lines.
kill $journal_pid
start_journal
wait_for 5 grep -q full "$W/journal.out"
ssh_login ada 'echo let in'
like 'a journal that does not read holds no login' "$out" $'\nlet in'
is 'the lines are in syslog' "$(in_syslog)" 4
kill $journal_pid
rm $journal
ssh_login ada 'echo let in'
is 'without a journal: likewise' "$(in_syslog)" 7
done_testing
