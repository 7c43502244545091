#!/bin/bash
# README's picture of a login shows what happens: the same session is typed again through the real
# sshd, and its text is compared with the picture's. What differs each time is the code alone.
#
#   59-picture.sh --write     make the picture anew (make picture)
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/gitserver.sh"

picture=$src/tests/demo/login.svg
draw() { /usr/bin/python3 -B "$src/tests/demo/picture.py" "$@"; }

# A host "build" and a laptop with addresses of their own; ada has run sfoauth setup-git on the host.
hostname build
ip addr add 192.0.2.7/32 dev lo
ip addr add 192.0.2.20/32 dev lo
echo '192.0.2.20 build' >>/etc/hosts
write_conf org.also_for=$GIT_SERVER
start_fake
start_gateway
make_repository project
sed -i '/pam_motd/d' /etc/pam.d/sshd # what a Debian says of itself
start_sshd -o ListenAddress=192.0.2.20 -o PrintLastLog=no
as_user ada sfoauth setup-git >/dev/null 2>&1
home=$W/home/ada
cat >"$home/.bashrc" <<'END'
PS1='ada@build:~$ '
cd ~
END
cp "$home/.bashrc" "$home/.bash_profile"
install -d -o ada -m 700 "$home/.ssh"
printf 'Host *\n\tBindAddress 192.0.2.7\n\tLogLevel ERROR\n\tStrictHostKeyChecking no\n' >"$home/.ssh/config"
chown ada "$home/.ssh/config"

control="/usr/bin/python3 -B '$src/tests/fake/control.py' '$W/fake.sock'"
drive --as ada --approve "printf '\n>> In a browser: ada opens the address, enters the code, signs in and approves.' >&2
    $control approve --code \"\$SF_CODE\" --user ada" \
    '--on=laptop.*\$ =ssh build' \
    "--on=build.*\\\$ =git clone -q $GIT_SERVER/project.git && ls project" \
    "--on=build.*\\\$ =sfoauth query 'SELECT Name FROM Contact LIMIT 3'" \
    '--on=build.*\$ =exit' \
    '--on=laptop.*\$ =exit' -- env PS1='ada@laptop:~$ ' TERM=xterm bash --norc --noprofile --noediting -i
is 'the whole of it was typed' "$status" 0

# The session as a reader sees it: from the first prompt to the last, with one code for all.
session()
{
	sed -E 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/(2\. Enter  )[A-Z0-9]{8} *$/\1DY47F6XN/; s/ +$//' |
	    sed -n '/^ada@laptop.*ssh build/,/^ada@build:~\$ exit/p' | sed '/^ada@build:~\$ exit/d' | cat -s
}
session <"$W/out" >"$W/session"
draw draw <"$W/session" >"$W/login.svg"
[ "${1:-}" != --write ] || cp "$W/login.svg" "$picture"
is 'the picture shows this very session (make picture makes it anew)' "$(draw text <"$picture")" "$(cat "$W/session")"
is 'and is as it is drawn today' "$(sha256sum <"$picture")" "$(sha256sum <"$W/login.svg")"
like 'it shows the code' "$(cat "$W/session")" '2\. Enter  DY47F6XN'
is 'and that there was one sign-in for ssh, git and the query' "$(fake counts approved) $(fake counts access_issued)" '1 1'
is 'three records' "$(grep -c '^{"Name"' "$W/session")" 3
is 'no token is in it' "$(grep -cE '00D[A-Za-z0-9]{12,}' "$picture")" 0
is 'the reader of text finds a changed word' \
    "$(sed 's/Press Enter here/Press any key/' "$picture" | draw text | cmp -s - "$W/session"; echo $?)" 1
done_testing
