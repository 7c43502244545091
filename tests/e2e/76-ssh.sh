#!/bin/bash
# sfoauth ssh: a login through a real sshd with nothing typed. The browser answers, and only for the host
# whose key the connection has. What is not ours comes to the terminal. (Attacks: 77-ssh-attacks.sh.)
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/ssh.sh"

start_fake
write_conf pam.flows=paste
start_sshd
know_host sfhost

# ---- What it should be
ssh_as_ada ada@sfhost 'echo let in as $(id -un)'
is 'nothing is typed: let in' "$status" 0
is 'what the command prints is all on standard output' "$out" 'let in as ada'
like 'one line says where to' "$err" 'signing in to ada@sfhost with Salesforce \(acme\)'
is 'the audit line' "$(audit_field result 3) $(audit_field flow 3) $(audit_field token 3)" 'allowed paste kept'
unlike 'bound to the host' "$(audit_line 3)" 'bound=no'
like 'the last page names the host' "$(cat "$W/web/page")" 'passed on to ada@sfhost'
is 'the host got one code' "$(fake_count by_kind.code)" 1
is 'no record of the connection is left' "$(find "$W/home/ada/.local/state/sfoauth" -name 'ssh-*' | wc -l)" 0

ssh_as_ada ada@sfhost 'exit 7'
is 'the exit status is that of the command' "$status" 7
is 'standard input is the command'\''s' "$(ada_ssh ada@sfhost 'cat; echo done' <<<'through standard input')" \
    $'through standard input\ndone'

# ---- How ssh finds the key of the host
ssh-keygen -q -H -f "$W/home/ada/.ssh/known_hosts" && chown ada "$W"/home/ada/.ssh/known_hosts*
ssh_as_ada ada@sfhost 'echo in'
is 'hashed names in known_hosts' "$out" in
ssh_as_ada -o HostKeyAlias=sfhost ada@127.0.0.1 'echo in'
is 'HostKeyAlias' "$out" in
ssh_as_ada -o StrictHostKeyChecking=accept-new ada@localhost 'echo in'
is 'a key that is accepted now' "$out" in
printf '#!/bin/sh\necho "asked: $*" >>%s\necho "$1 %s"\n' "$W/web/asked" "$(cut -d ' ' -f 1-2 /etc/ssh/ssh_host_ed25519_key.pub)" >"$W/web/hosts"
chmod 755 "$W/web/hosts"
ssh_as_ada -o UserKnownHostsFile=/dev/null -o KnownHostsCommand="$W/web/hosts %H %I" -p 22 ada@sfhost 'echo in'
is 'a KnownHostsCommand of her own is asked as well' "$out" in
like 'with its arguments' "$(cat "$W/web/asked")" 'asked: sfhost HOSTNAME'
ssh-keygen -q -t ed25519 -N '' -f "$W/host-ca"
ssh-keygen -q -s "$W/host-ca" -I sfhost -h -n sfhost /etc/ssh/ssh_host_ed25519_key.pub
stop_sshd
# shellcheck disable=SC2046 # one word or none
/usr/sbin/sshd -E "$W/sshd.log" -o ListenAddress=127.0.0.1 -o PidFile="$W/sshd.pid" -o HostCertificate=/etc/ssh/ssh_host_ed25519_key-cert.pub \
    $(/usr/sbin/sshd -T 2>/dev/null | sed -n 's/^persourcepenalties.*/-oPerSourcePenalties=no/p')
wait_for 5 test -s "$W/sshd.pid" || bail 'sshd does not start'
echo "@cert-authority sfhost $(cut -d ' ' -f 1-2 "$W/host-ca.pub")" >"$W/home/ada/.ssh/ca_hosts"
ssh_as_ada -o UserKnownHostsFile="$W/home/ada/.ssh/ca_hosts" ada@sfhost 'echo in'
is 'a host with a certificate of a CA' "$out" in

# ---- Jump hosts, several at once, a shared connection
know_host 127.0.0.1
second_sshd ecdsa
SSHD_DIR=$W/second know_host sfhost 2222
fake reset
ssh_as_ada -J ada@127.0.0.1 ada@sfhost 'echo in'
is 'a jump host and a host behind it' "$out" in
is 'both asked' "$(opens)" 2
stop_second_sshd
: >"$W/web/opened"
jobs=()
for i in 1 2 3 4 5; do
	ada_ssh ada@sfhost "echo in $i" >"$W/out.$i" 2>&1 </dev/null &
	jobs+=($!)
done
for i in "${jobs[@]}"; do wait "$i"; done
is 'five at once take turns at the port' "$(cat "$W"/out.? | grep -c '^in [1-5]$')" 5
ssh_as_ada -o ControlMaster=auto -o ControlPath="$W/home/ada/.ssh/c" -o ControlPersist=20 ada@sfhost 'echo in'
is 'a shared connection' "$out" in
ssh_as_ada -o ControlPath="$W/home/ada/.ssh/c" ada@sfhost 'echo in again'
is 'needs one sign-in' "$out $(opens)" 'in again 0'
ada_ssh -o ControlPath="$W/home/ada/.ssh/c" -O exit ada@sfhost 2>/dev/null

# ---- As a program
program=/usr/local/libexec/sfoauth/ssh
echo data >"$W/web/data"
ok 'scp -S' ada_runs scp -q -S $program "$W/web/data" ada@sfhost:copied
is 'the file is there' "$(cat "$W/home/ada/copied")" data
echo 'get copied got' | ada_runs sftp -q -S $program ada@sfhost >/dev/null 2>&1
is 'sftp -S' "$(cat "$W/home/ada/got")" data
ok 'rsync -e' ada_runs rsync -e $program "$W/web/data" ada@sfhost:synced
is 'rsync has copied it' "$(cat "$W/home/ada/synced")" data
as_user ada git init -q --bare "$W/home/ada/r.git"
ok 'git' ada_runs env GIT_SSH_COMMAND=$program git ls-remote ada@sfhost:r.git
is 'as a program it has ssh'\''s options' "$(ada_runs $program -G -p 2022 sfhost | grep '^port')" 'port 2022'
ssh_as_ada -o BatchMode=yes ada@sfhost 'echo in'
is 'BatchMode asks nothing' "$status $(opens)" '255 0'

# ---- A key comes first
ssh-keygen -q -t ed25519 -N '' -f "$W/home/ada/.ssh/id_ed25519" && chown ada "$W"/home/ada/.ssh/id_ed25519*
install -o ada -m 600 "$W/home/ada/.ssh/id_ed25519.pub" "$W/home/ada/.ssh/authorized_keys"
ssh_as_ada ada@sfhost 'echo in'
is 'with a key nothing is asked' "$out $(opens)" 'in 0'
rm "$W"/home/ada/.ssh/id_ed25519* "$W/home/ada/.ssh/authorized_keys"

# ---- At a terminal: what is not ours is asked there, as ssh asks it
# at_terminal DRIVE-OPTION... -- ARGUMENT...
at_terminal()
{
	local -a options=()
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	: >"$W/web/opened"
	drive --as ada --timeout 20 "${options[@]}" -- env PATH=/usr/local/bin:/usr/bin:/bin BROWSER="$W/web/browser" sfoauth ssh "${@:2}"
}
at_terminal --on 'continue connecting .*\? =yes' -- -o UserKnownHostsFile="$W/home/ada/.ssh/none" ada@sfhost 'echo let in'
like 'the question about an unknown key' "$out" 'authenticity of host.*yes/no.*let in'
like 'is echoed' "$out" 'fingerprint\]\)\? yes'
ssh-keygen -q -t ed25519 -N 'pass phrase' -f "$W/home/ada/.ssh/locked" && chown ada "$W"/home/ada/.ssh/locked*
install -o ada -m 600 "$W/home/ada/.ssh/locked.pub" "$W/home/ada/.ssh/authorized_keys"
at_terminal --on 'Enter passphrase .*: =pass phrase' -- -i "$W/home/ada/.ssh/locked" ada@sfhost 'echo let in'
like 'a passphrase' "$out" "Enter passphrase for key '.*/locked': .*let in"
unlike 'is not echoed' "$out" 'pass phrase'
is 'and the browser has no part in it' "$(opens)" 0
rm "$W/home/ada/.ssh/authorized_keys"
write_conf pam.flows=device
at_terminal --approve-after 0 --approve "/usr/bin/python3 -B '$src/tests/fake/control.py' '$W/fake.sock' approve --code \"\$SF_CODE\" --user ada" \
    -- ada@sfhost 'echo let in'
like 'the device prompt of a host' "$out" 'Enter  [0-9A-Z]+.*let in'
is 'is never answered by itself' "$(opens)" 0

# ---- Wrong configuration, help
write_conf pam.flows=paste
mkdir -p "$W/home/ada/.config/sfoauth" && echo nonsense >"$W/home/ada/.config/sfoauth/sfoauth.conf"
chown -R ada "$W/home/ada/.config"
ssh_as_ada ada@sfhost 'echo in'
is 'a broken configuration: nothing is answered' "$status $(opens)" '255 0'
rm "$W/home/ada/.config/sfoauth/sfoauth.conf"
like 'help' "$(as_user ada sfoauth ssh --help)" 'Usage: sfoauth ssh'
done_testing
