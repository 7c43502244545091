#!/bin/bash
# Each key of a section [org] that no other script turns does what its row in sfoauth.conf(5) says,
# through whole programs; a real proxy among them.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

write_conf
start_fake
start_sshd
last_start() { fake -j log kind=start | jq -r '.[-1].form[] | select(.[0] == "scope")[1]'; }
kept() { setpriv --reuid=ada --regid=ada --clear-groups keyctl show @u | grep -c sfoauth; }

# ---- proxy: Salesforce's names lead nowhere, and only the proxy knows the way.
/usr/bin/python3 -B "$src/tests/fake/proxy.py" 3128 "$W/proxied" 2>"$W/proxy.log" &
wait_for 10 bash -c ': </dev/tcp/127.0.0.1/3128' || bail 'the proxy does not start'
cp /etc/hosts "$W/hosts" && printf '127.0.0.1 localhost sfhost\n' >/etc/hosts
ssh_login ada 'echo let in'
is 'without a way to Salesforce nobody is let in' "$(audit_field result) $(audit_field reason)" 'error unavailable'
write_conf 'org.proxy=http://127.0.0.1:3128/'
: >"$W/proxied.auth"
ssh_login ada 'echo let in'
is 'proxy: a 407 is told to be of the proxy' "$(audit_field result) $(audit_field reason)" 'error proxy'
rm -f "$W/proxied.auth" "$W/proxied"
ssh_login ada 'sfoauth api /services/data/ >api; echo let in'
like 'proxy: a login goes through it' "$out" $'\nlet in'
is 'proxy: so does the API call of that session' "$(jq -r type "$W/home/ada/api")" array
is "proxy: it is asked for Salesforce's name and port alone" "$(sort -u "$W/proxied")" 'CONNECT acme.my.salesforce.com:443'
is 'proxy: one tunnel for the login, one for the call' "$(wc -l <"$W/proxied")" 2
fake set cert=other-ca >/dev/null
ssh_login ada 'echo let in'
is 'proxy: it cannot take the place of Salesforce' "$(audit_field reason)" tls

# ---- a connection that this machine forbids
printf '127.0.0.1 localhost sfhost\n192.0.2.9 acme.my.salesforce.com\n' >/etc/hosts
ip route add prohibit 192.0.2.9
write_conf
ssh_login ada 'echo let in'
is 'a connection that a policy forbids is told so' "$(audit_field result) $(audit_field reason)" 'error blocked'
run setpriv --reuid=sue --regid=sue --clear-groups env HOME="$W/home/sue" LC_ALL=C.UTF-8 \
    /usr/local/bin/sfoauth login --flow device
is 'a connection that a policy forbids: exit status' "$status" 5
like 'a connection that a policy forbids: the words' "$err" 'a firewall or a security policy'
run setpriv --reuid=sue --regid=sue --clear-groups env HOME="$W/home/sue" LC_ALL=C.UTF-8 /usr/local/bin/sfoauth doctor
like 'a connection that a policy forbids: doctor' "$out" 'a firewall or a security policy'
ip route del prohibit 192.0.2.9
cp "$W/hosts" /etc/hosts

# ---- ca_file
cp "$W/ca/other-root.pem" /etc/sfoauth/ca.pem && chmod 644 /etc/sfoauth/ca.pem
write_conf org.ca_file=/etc/sfoauth/ca.pem
ssh_login ada 'sfoauth api /services/data/ >api; echo let in'
like 'ca_file: it alone is trusted' "$out" $'\nlet in'
is 'ca_file: in the session, too' "$(jq -r type "$W/home/ada/api")" array
fake set cert=null >/dev/null
ssh_login ada 'echo let in'
is "ca_file: the system's CAs are not" "$(audit_field reason)" tls
forget_kernel

# ---- also_for, api_version, session_timeout, scopes, default, kernel_cache
write_conf 'org.also_for=https://git.acme.example' 'org.api_version=61.0' 'org.session_timeout=15m'
ask() { printf 'protocol=https\nhost=%s\n\n' "$1" | as_user ada git-credential-sfoauth get 2>&1; }
ssh_login ada true
like 'also_for: that host gets the token, too' "$(ask git.acme.example)" 'password=00D'
is 'also_for: no other does' "$(ask other.example)" ''
left=$(($(ask acme.my.salesforce.com | sed -n 's/^password_expiry_utc=//p') - $(date +%s)))
ok 'session_timeout: the token is given so long' test "$left" -gt 840 -a "$left" -le 900
as_user ada sfoauth api '/services/data/v{version}/' >/dev/null 2>&1
is 'api_version: it is filled in' "$(fake -j log | jq -r '.[-1].path')" '/services/data/v61.0/'
forget_kernel
write_conf 'org.kernel_cache=no'
ssh_login ada true
is 'kernel_cache = no: a login keeps no token' "$status $(ask acme.my.salesforce.com | grep -c password=)" '0 0'
is 'kernel_cache = no: nor is one alive, or has the right to call the API' "$(audit_field token 2) $(last_start)" 'revoked openid id'
start_desktop
sign_in_as ada desk sfoauth login
is 'kernel_cache = no: the keyring keeps it' "$status $(stored | grep -c '^label') $(desk sfoauth token | cut -c1-3)" '0 1 00D'
is 'kernel_cache = no: the kernel does not' "$(kept)" 0
write_conf 'org.scopes=id api refresh_token'
printf '\n[org other]\nlogin_url = https://evil.my.salesforce.com\nclient_id = x\n' >>/etc/sfoauth/sfoauth.conf
sign_in_as ada desk sfoauth login
is 'scopes: what sfoauth login asks for' "$(last_start)" 'id api refresh_token'
is 'default: that org is meant' "$(fake -j log kind=start | jq -r '.[-1].host')" acme.my.salesforce.com
sed -i '/^default/d' /etc/sfoauth/sfoauth.conf
run desk sfoauth token
is 'default: without one it must be named' "$status" 3
done_testing
