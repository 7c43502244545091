# shellcheck shell=bash
# Hostile environments for su, sudo and a person's own sfoauth and git helper. Sourced by
# 36-neighbours.sh.
# shellcheck disable=SC2154 # lib.sh's and desktop.sh's

trap_dir=$W/trap
mkdir -m 777 "$trap_dir" "$trap_dir/bin" "$trap_dir/config" "$trap_dir/config/sfoauth"
install -m 666 /dev/null "$trap_dir/loaded"
cc -D_GNU_SOURCE -DMARK="\"$trap_dir/loaded\"" -shared -fPIC -o "$trap_dir/bad.so" "$src/tests/e2e/preload.c" ||
    bail 'no library to load'
for name in sfoauth sfoauth-worker sfoauth-keyring sfoauth-keep git sh env getent ssh secret-tool; do
	printf '#!/bin/sh\necho "run: %s" >>%s\n' $name "$trap_dir/loaded" >"$trap_dir/bin/$name"
	chmod 755 "$trap_dir/bin/$name"
done
printf '[org acme]\nlogin_url = https://evil.my.salesforce.com\nclient_id = evil\ndefault = yes\n' \
    >"$trap_dir/config/sfoauth/sfoauth.conf"
chown -R kim "$trap_dir/config"
chmod 755 "$trap_dir/config" "$trap_dir/config/sfoauth"
printf 'openssl_conf = init\n[init]\nengines = engines\n[engines]\nbad = bad\n[bad]\nengine_id = bad\ndynamic_path = %s\ninit = 1\n' \
    "$trap_dir/bad.so" >"$trap_dir/openssl.cnf"
echo 'module INTERNAL BAD// bad 1' >"$trap_dir/bin/gconv-modules"
# Whoever connects to the proxy or the bus is noted.
/usr/bin/python3 - "$trap_dir/connections" <<'EOF' &
import socket, sys
server = socket.create_server(("127.0.0.1", 3128))
while True:
    conn, _ = server.accept()
    with open(sys.argv[1], "a") as file:
        file.write("connection\n")
    conn.close()
EOF
proxy=http://127.0.0.1:3128
hostile=(
	"PATH=$trap_dir/bin:/usr/local/bin:/usr/bin:/bin" "LD_PRELOAD=$trap_dir/bad.so"
	"LD_LIBRARY_PATH=$trap_dir" "LD_DEBUG=files" "LD_DEBUG_OUTPUT=$trap_dir/ld" "LD_BIND_NOW=1"
	"XDG_CONFIG_HOME=$trap_dir/config" "XDG_DATA_HOME=$trap_dir/config" "XDG_STATE_HOME=$trap_dir/config"
	"XDG_CACHE_HOME=$trap_dir/config" "XDG_CONFIG_DIRS=$trap_dir/config" "HOME=$trap_dir/config"
	"SECRET_BACKEND=file" "SECRET_FILE_TEST_PATH=$trap_dir/secrets" "SECRET_FILE_TEST_PASSWORD=x"
	"https_proxy=$proxy" "HTTPS_PROXY=$proxy" "http_proxy=$proxy" "all_proxy=$proxy" "ALL_PROXY=$proxy" "NO_PROXY="
	"CURL_HOME=$trap_dir" "CURL_CA_BUNDLE=/dev/null" "CURL_SSL_BACKEND=none" "CURL_DEBUG=all"
	"SSL_CERT_FILE=/dev/null" "SSL_CERT_DIR=/nowhere" "SSLKEYLOGFILE=$trap_dir/keys" "OPENSSL_CONF=$trap_dir/openssl.cnf"
	"OPENSSL_MODULES=$trap_dir" "OPENSSL_ENGINES=$trap_dir" "OPENSSL_ia32cap=0" "RANDFILE=$trap_dir/random"
	"GCONV_PATH=$trap_dir/bin" "LOCPATH=$trap_dir" "NLSPATH=$trap_dir/%N" "LANGUAGE=xx" "LC_ALL=xx_XX.BAD"
	"MALLOC_CHECK_=3" "MALLOC_PERTURB_=165" "MALLOC_TRACE=$trap_dir/trace" "MALLOC_ARENA_MAX=1"
	"GLIBC_TUNABLES=glibc.malloc.perturb=90:glibc.rtld.optional_static_tls=9999999"
	"RES_OPTIONS=attempts:9" "LOCALDOMAIN=evil.example" "HOSTALIASES=$trap_dir/aliases" "RESOLV_HOST_CONF=$trap_dir/x"
	"NSS_WRAPPER_HOSTS=$trap_dir/aliases" "TMPDIR=$trap_dir" "TZ=:$trap_dir/x" "TZDIR=$trap_dir" "IFS=/"
	"G_MESSAGES_DEBUG=all" "GIO_MODULE_DIR=$trap_dir" "GIO_EXTRA_MODULES=$trap_dir"
	"SFOAUTH_HANDOFF=$id" "ASAN_OPTIONS=log_path=$trap_dir/asan" "PYTHONPATH=$trap_dir"
)
printf 'acme.my.salesforce.com evil.my.salesforce.com\n' >"$trap_dir/aliases"
bus="DBUS_SESSION_BUS_ADDRESS=tcp:host=127.0.0.1,port=3128"

# no_effect NAME: the variables did nothing to any program that is not the person's own.
no_effect()
{
	local name=$1 left
	cases=$((cases + ${#hostile[@]}))
	left=$(grep -E '^(su|sudo|sfoauth-worker|sfoauth-keep|sfoauth-keyring)$|^run: ' "$trap_dir/loaded" | sort -u | tr '\n' ' ')
	is "$name: no library or program of theirs in ours" "$left" ''
	: >"$trap_dir/loaded"
	is "$name: no connection to the proxy" "$(cat "$trap_dir/connections" 2>/dev/null)" ''
	rm -f "$trap_dir/connections"
	is "$name: no file of keys, secrets or traces" \
	    "$(cd "$trap_dir" && find . -newer "$trap_dir/aliases" -type f ! -name loaded ! -name 'ld.*')" ''
	rm -f "$trap_dir"/ld.*
}

# ---- The control: the variables do work on a program that heeds them
env "${hostile[@]}" /usr/bin/curl -sS -m 3 https://acme.my.salesforce.com/ >/dev/null 2>&1
wait_for 5 bash -c ': </dev/tcp/127.0.0.1/3128' && rm -f "$trap_dir/connections"
env https_proxy=$proxy /usr/bin/curl -sS -m 3 https://acme.my.salesforce.com/ >/dev/null 2>&1
ok 'the library is loaded where the environment counts' grep -qx curl "$trap_dir/loaded"
ok 'and the proxy sees a connection' test -s "$trap_dir/connections"
rm -f "$trap_dir/connections" "$trap_dir/keys" "$trap_dir"/ld.* && : >"$trap_dir/loaded" && touch "$trap_dir/aliases"
sleep 0.05

# ---- Programs of root that load the module
mapfile -t lines < <(printf 'Defaults !env_reset, !secure_path\nkim ALL=(ALL) SETENV: ALL\nada ALL=(ALL) SETENV: ALL\n')
printf '%s\n' "${lines[@]}" >>/etc/sudoers
drive --as kim --timeout 20 -- env "${hostile[@]}" "LD_AUDIT=$trap_dir/bad.so" "$bus" /bin/su ada -c '/bin/echo in'
like 'su: the right person is let in' "$out" $'\nin'
is 'su: by the right host' "$(audit_field result 2) $(audit_field sf_user 2)" 'allowed ada@acme.example'
no_effect su
drive --as ada --timeout 20 -- env "${hostile[@]}" "$bus" /usr/bin/sudo -E -k /bin/echo in
like 'sudo: the right person is let in' "$out" $'\nin'
no_effect sudo
cases=$((cases + 3))

# ---- One's own
forget_kernel
run desk env "${hostile[@]}" /usr/local/bin/sfoauth login
is 'sfoauth login: succeeds' "$status" 0
no_effect 'sfoauth login'
run desk /usr/local/bin/sfoauth token
token=$out
run desk env "${hostile[@]}" /usr/local/bin/sfoauth token
is 'sfoauth token: the same token' "$out" "$token"
no_effect 'sfoauth token'
forget_kernel
run desk env "${hostile[@]}" /usr/local/bin/sfoauth token
is 'sfoauth token from the keyring: the same token' "$out" "$token"
no_effect 'sfoauth token from the keyring'
run desk env "${hostile[@]}" /usr/local/bin/sfoauth api /services/data/v60.0/
is 'sfoauth api: answered' "$status" 0
no_effect 'sfoauth api'
out=$(printf "$GIT_REQUEST\n" | desk env "${hostile[@]}" /usr/local/bin/git-credential-sfoauth get 2>/dev/null)
like 'the git helper: the same token' "$out" "password=$token"
no_effect 'the git helper'
run desk env "${hostile[@]}" /usr/local/bin/sfoauth logout
is 'sfoauth logout: succeeds' "$status" 0
no_effect 'sfoauth logout'
