#!/bin/bash
# The harness itself: what the other tests stand on is really there.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd

is 'this is process 1 of a namespace of its own' "$$" 1
is 'there is no network but lo' "$(ip -o link | grep -vc ': lo:')" 0
is 'Salesforce is on this machine' "$(getent hosts acme.my.salesforce.com | awk 'NR == 1 { print $1 }')" 127.0.0.1

like 'the fake answers over TLS under its real name' \
    "$(curl -sS -o /dev/null -w '%{http_code}' https://acme.my.salesforce.com/services/data 2>&1)" '^[234]'
like 'a name that is not on its certificate is refused' \
    "$(curl -sS --connect-to unknown.example:443:127.0.0.1:443 https://unknown.example/ 2>&1)" 'certificate|SSL'
like 'sshd answers on port 22' "$(head -c 8 </dev/tcp/127.0.0.1/22)" '^SSH-2.0-'
like 'sshd asks PAM, in a dialogue' "$(sshd -T)" 'kbdinteractiveauthentication yes'
like 'sshd asks no password of its own' "$(sshd -T)" 'passwordauthentication no'

logger -u /dev/log -p authpriv.notice -t harness 'a line to collect'
sync_syslog
like 'what is logged is collected, with its level' "$(cat "$W/syslog")" 'authpriv.notice harness.*a line to collect'

ok 'the module is where PAM looks for it' test -n "$(find /usr/lib /lib -path '*/security/pam_sfoauth.so' | head -n 1)"
is 'the worker cannot be read by those it runs for' "$(stat -c '%a %u' /usr/local/libexec/sfoauth/sfoauth-worker)" '711 0'
# block REGEX: README's code block that has it, without comments.
block() { awk -v want="$1" '/^```/ { if (text ~ want) printf "%s", text; text = ""; next } { text = text $0 "\n" }' "$src/README.md" | grep -v '^#'; }
is "the stack is README's, word for word" "$(grep -A 1 pam_sfoauth /etc/pam.d/sshd | grep -v '^--')" "$(block 'include common-auth')"
is "and so is the drop-in" "$(cat /etc/ssh/sshd_config.d/10-sfoauth.conf)" "$(block LoginGraceTime)"
page=$(zcat -f /usr/local/share/man/man8/pam_sfoauth.8*)
for first in '^auth .*default=die.  pam_sfoauth.so' '^UsePAM' '^Match User'; do
	is "pam_sfoauth(8) has the block that begins with ${first%% *}, as README" \
	    "$(awk -v first="$first" '$0 ~ first { on = 1 } /^\.Ed/ { if (on) exit } on' <<<"$page" | grep -v '^#')" "$(block "$first")"
done
like 'auth asks us right above common-auth' "$(grep -A 1 '^auth.*pam_sfoauth' /etc/pam.d/sshd)" 'common-auth$'
like 'account asks us right above common-account' "$(grep -A 1 '^account.*pam_sfoauth' /etc/pam.d/sshd)" 'common-account$'
is 'su has no session line of ours' "$(grep -c '^session.*pam_sfoauth' /etc/pam.d/su)" 0
is 'accounts are there' "$(as_user ada id -un)" ada
ok 'the workers have a user' getent passwd _sfoauth
ok 'the driver has a terminal' drive --as ada -- sh -c 'test -t 0 && : >/dev/tty'
ok 'the driver types' drive --on 'name. =ada' -- bash -c 'read -rp "name? " n; test "$n" = ada'
# A driver that looks away for longer than the program still lives: what came meanwhile is shown as well.
cat >"$W/slow.py" <<'END'
import runpy, select, sys, time

look = select.select


def slow(reads, writes, errors, timeout):
    ready = look(reads, writes, errors, timeout)
    if not ready[0]:
        time.sleep(0.4)
    return ready


select.select = slow
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
END
is 'the driver loses nothing that is printed right before the end' \
    "$(/usr/bin/python3 "$W/slow.py" "$src/tests/e2e/drive.py" -- sh -c 'sleep 0.25; echo last')" last
is 'the driver notices who does not end' "$(drive --timeout 1 -- sleep 9; echo $status)" 124

ssh_login -D '--on=assword: =pw-svc' svc 'id -un'
like 'a local account still logs in with its password' "$out" $'\nsvc\n'
like 'and the log says how' "$(cat "$W/sshd.log")" 'Accepted keyboard-interactive/pam for svc'
done_testing
