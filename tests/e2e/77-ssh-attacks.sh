#!/bin/bash
# Who else could get the answer of sfoauth ssh: a server that relays the prompt of another host, addresses
# that no host of ours shows, pages and users of the person's machine. Nothing is sent to any of them.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/ssh.sh"

start_fake
write_conf pam.flows=paste
start_sshd
know_host sfhost

# refused NAME SENTENCE: the last ssh got no answer: no browser, no code, an empty response, and a sentence.
refused()
{
	is "$1: no login" "$status" 255
	is "$1: no browser" "$(opens)" 0
	like "$1: a sentence" "$err" "$2"
	is "$1: nothing was sent" "$(audit_field result) $(audit_field why | grep -c 'nothing was typed')" 'denied 1'
}
once=(-o NumberOfPasswordPrompts=1)

# ---- A relay. The second sshd shows a prompt whose state names the keys of the first one, as it would if it
# had started that sign-in there; ssh is connected to the second one's key.
second_sshd rsa
cp "$W/home/ada/.ssh/known_hosts" "$W/known"
SSHD_DIR=$W/second know_host sfhost 2222
ssh_as_ada "${once[@]}" -p 2222 ada@sfhost 'echo let in'
refused 'a relay whose key is known' 'ada@sfhost shows the sign-in of another host.*SHA256:'
cp "$W/known" "$W/home/ada/.ssh/known_hosts"
ssh_as_ada "${once[@]}" -p 2222 -o HostKeyAlias=sfhost -o StrictHostKeyChecking=no ada@sfhost 'echo let in'
is 'a relay in the place of a known host, with a key of another type' "$status $(opens)" '255 0'
cp "$W/known" "$W/home/ada/.ssh/known_hosts"
ssh_as_ada -p 2222 -o HostKeyAlias=sfhost -o StrictHostKeyChecking=accept-new ada@sfhost 'echo let in'
is 'a relay that asks three times' "$status $(opens)" '255 0'
cp "$W/known" "$W/home/ada/.ssh/known_hosts"
# The same by a jump: the jump host is the first one, what lies behind it is the relay.
SSHD_DIR=$W/second know_host 127.0.0.1 2222
ssh_as_ada "${once[@]}" -J ada@sfhost -p 2222 ada@127.0.0.1 'echo let in'
is 'a relay behind a jump host: only the jump host is answered' "$status $(opens)" '255 1'
like 'and it is said' "$err" 'ada@127.0.0.1 shows the sign-in of another host'
stop_second_sshd
cp "$W/known" "$W/home/ada/.ssh/known_hosts"

# ---- Host keys: ssh's own words, and nothing of ours before them
sed -i "s/AAAA[^ ]*/$(ssh-keygen -q -t ed25519 -N '' -f "$W/other" && cut -d ' ' -f 2 "$W/other.pub" | sed 's/[\/&]/\\&/g')/" "$W/home/ada/.ssh/known_hosts"
ssh_as_ada ada@sfhost 'echo let in'
like 'a changed host key' "$err" '^@@@@@@@@@@.*REMOTE HOST IDENTIFICATION HAS CHANGED'
is 'no browser' "$(opens)" 0
ssh_as_ada -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes ada@sfhost 'echo let in'
like 'an unknown host key' "$err" '^No .* host key is known'
is 'no browser either' "$(opens)" 0
cp "$W/known" "$W/home/ada/.ssh/known_hosts"

# ---- A host without public keys is not bound: the prompt is left to the person
mkdir "$W/keys" && mv /etc/ssh/ssh_host_*.pub "$W/keys/"
ssh_as_ada "${once[@]}" ada@sfhost 'echo let in'
is 'an unbound sign-in' "$status $(opens)" '255 0'
like 'is said' "$err" 'does not name the host'
mv "$W"/keys/* /etc/ssh/
ssh_as_ada ada@sfhost 'echo let in'
is 'bound again' "$out" 'let in'
plain() { as_user ada BROWSER="$W/web/browser" SSH_ASKPASS=/usr/local/libexec/sfoauth/sfoauth-askpass SSH_ASKPASS_REQUIRE=force setsid -w timeout 20 ssh "$@"; }
: >"$W/web/opened"
plain "${once[@]}" ada@sfhost 'echo let in' >"$W/out" 2>"$W/err" </dev/null
is 'an ssh that does not tell the key of its connection' "$(opens)" 0
like 'is said' "$(cat "$W/err")" 'host key of this connection to ada@sfhost is not known'

# ---- Addresses that no host of ours shows, from a host with the right key
cp /usr/local/libexec/sfoauth/sfoauth-worker "$W/worker"
cat >/usr/local/libexec/sfoauth/sfoauth-worker <<END
#!/usr/bin/python3 -IB
import socket, struct
wire = socket.socket(fileno=3)
def send(kind, *fields):
    wire.send(bytes([kind]) + b"".join(struct.pack(">BH", tag, len(v)) + v for tag, v in fields))
wire.recv(65536)
send(16, (15, open("$W/web/address", "rb").read()), (10, struct.pack(">I", 600)))
send(17, (17, b"callback"))
open("$W/web/answer", "wb").write(wire.recv(65536)[4:])
END
chmod 755 /usr/local/libexec/sfoauth/sfoauth-worker
names=.$(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | sed -E 's/.*SHA256:(\S{22}).*/\1/' | tr '+/' '-_')
random=Gm0Vm_Vx5v2HIGqZz0U5tk9FIHI3Q9Pt_k7UCPdY1qA
# show KEY=VALUE...: the host shows an address with these in the place of what is right (none: without it).
show()
{
	local -A parts=([response_type]=code [client_id]=3MVG9acme.Local_App [scope]=openid%20id
	    [redirect_uri]=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect [state]=$random$names
	    [code_challenge]=TsEBm8325gb2gzH8Ah36ncZODWWUBjjDNJK3NSTK5uY [code_challenge_method]=S256)
	local part address='' more=''
	for part; do
		case $part in
		none=*) unset "parts[${part#*=}]" ;;
		more=*) more=${part#*=} ;;
		*) parts[${part%%=*}]=${part#*=} ;;
		esac
	done
	for part in "${!parts[@]}"; do address+="&$part=${parts[$part]}"; done
	printf %s "https://acme.my.salesforce.com/services/oauth2/authorize?${address#&}$more" >"$W/web/address"
	: >"$W/web/answer" && chmod 666 "$W/web/answer" "$W/web/address"
	ssh_as_ada "${once[@]}" ada@sfhost 'echo let in'
}
show
is 'the address as it should be is answered' "$(opens) $(grep -c "localhost:1717/OauthRedirect?code=.*&state=$random" "$W/web/answer")" '1 1'
attack() { # NAME SENTENCE PART...
	show "${@:3}"
	is "$1: no browser, no answer" "$(opens)$(cat "$W/web/answer")" 0
	like "$1: a sentence" "$err" "$2"
}
attack 'scope=full' 'more rights than a login' scope=full
attack 'a refresh token' 'more rights' scope=id%20refresh_token
attack 'another app' 'org or app that your configuration' client_id=3MVG9evil.App
attack 'another callback' 'ends elsewhere' redirect_uri=https%3A%2F%2Fother.example%2F
attack 'another port' 'ends elsewhere' redirect_uri=http%3A%2F%2Flocalhost%3A8080%2FOauthRedirect
attack 'plain' 'without PKCE' code_challenge_method=plain
attack 'no challenge' 'without PKCE' none=code_challenge
attack 'two states' 'no sfoauth makes' more="&state=$random$names"
attack 'a parameter more' 'no sfoauth makes' more='&prompt=none'
attack 'a state with the keys of another host' 'sign-in of another host' state=$random.QIv1tGPdaxO3PBQNwN_Hes
attack 'a state that only looks bound' 'no sfoauth makes' "state=$random.${names:1:20}"
attack 'a state without keys' 'does not name the host' state=$random
attack 'a second address behind it' 'no sfoauth makes' more='&login_hint=https://acme.my.salesforce.com/services/oauth2/authorize?x'
cp "$W/worker" /usr/local/libexec/sfoauth/sfoauth-worker && chmod 711 /usr/local/libexec/sfoauth/sfoauth-worker

# ---- A server that asks again after an answer
echo deny >"$W/web/does"
fake reset >/dev/null
ssh_as_ada -o NumberOfPasswordPrompts=3 ada@sfhost 'echo let in'
is 'a refusal in the browser is passed on; a connection is answered once' "$status $(opens)" '255 1'
like 'the host knows why' "$(audit_line 3) $(audit_line 2) $(audit_line)" access_denied

# ---- The person's own machine: a page that guesses, a user who has the port
echo nothing >"$W/web/does"
: >"$W/web/opened"
ada_ssh ada@sfhost 'echo let in' >"$W/late" 2>&1 </dev/null &
late=$!
wait_for 10 sh -c "ss -Htln | grep -q '127.0.0.1:1717 '"
is 'a page that guesses the state' "$(curl -s -o /dev/null -w '%{http_code}' 'http://localhost:1717/OauthRedirect?code=x&state=guess')" 400
is 'a page of another name' "$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example' 'http://localhost:1717/OauthRedirect?code=x')" 421
ok 'ssh still waits' kill -0 $late
callback=$(/usr/bin/python3 -B "$src/tests/fake/approve.py" --ca "$W/ca/ca.pem" --address "$(tail -n 1 "$W/web/opened")" --user acme:ada)
curl -s "$callback" >/dev/null
wait $late
is 'the right one is taken' "$(tail -n 1 "$W/late")" 'let in'
rm "$W/web/does"
setpriv --reuid=kim --regid=kim --clear-groups /usr/bin/python3 -c "import socket,time; s=socket.create_server(('127.0.0.1', 1717)); time.sleep(60)" &
thief=$!
wait_for 5 sh -c "ss -Htln | grep -q ':1717 '"
ssh_as_ada "${once[@]}" ada@sfhost 'echo let in'
is 'another user has the port: no browser' "$status $(opens)" '255 0'
like 'and it is said' "$err" 'port'
kill $thief
is 'no process waits on' "$(pgrep -u ada -fc 'sfoauth-askpass')" 0
done_testing
