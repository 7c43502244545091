# shellcheck shell=bash
# A git server at https://git.acme.example:8443 that takes Salesforce tokens, and the newer git that
# tests/git/build.sh has built. Sourced by component tests, after desktop.sh.
# shellcheck disable=SC2154 # lib.sh's

GIT_SERVER=https://git.acme.example:8443
newer=$src/build/git/git

# start_gateway [OPTION]...: git-gateway.py over $W/repos with an empty project.git and lib.git; ada is
# "ada" there, and nobody else may in. What it was asked is in $W/gateway.log.
start_gateway()
{
	install -d "$W/repos"
	printf '# Salesforce username, name in git\nada@acme.example ada\n' >"$W/git-users"
	cat "$W/ca/leaf.pem" "$W/ca/leaf.key" >"$W/gateway.pem"
	: >"$W/gateway.log"
	env -i PATH=/usr/bin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt GIT_CONFIG_COUNT=1 \
	    GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' \
	    /usr/bin/python3 -B "$src/tests/e2e/git-gateway.py" --org https://acme.my.salesforce.com \
	    --organization-id 00D5f000000Abcd --map "$W/git-users" --root "$W/repos" --cert "$W/gateway.pem" \
	    --log "$W/gateway.log" "$@" >"$W/gateway.out" 2>&1 &
	echo $! >"$W/gateway.pid"
	wait_for 5 curl -sS -o /dev/null $GIT_SERVER/ || bail "no gateway: $(cat "$W/gateway.out")"
	: >"$W/gateway.log"
}

stop_gateway()
{
	kill "$(cat "$W/gateway.pid")"
	wait "$(cat "$W/gateway.pid")" 2>/dev/null
}

# make_repository NAME: bare, with one commit, and open to pushes of who is let in.
make_repository()
{
	local work=$W/work-$1
	git init -q -b main --bare "$W/repos/$1.git"
	git -C "$W/repos/$1.git" config http.receivepack true
	git init -q -b main "$work"
	echo "$1" >"$work/file"
	git -C "$work" add file
	git -C "$work" -c user.name=x -c user.email=x@example commit -q -m first
	git -C "$work" push -q "$W/repos/$1.git" main
}

# seen: status, scheme and name of all requests since the last call, counted.
seen()
{
	awk '{ print $1, $2, $3 }' "$W/gateway.log" | sort | uniq -c | awk '{ $1 = ""; print substr($0, 2) }' | paste -sd, -
	: >"$W/gateway.log"
}

# old_git, new_git ARGUMENT...: as ada at her desktop, forbidden to ask; the machine's own, and the newer.
old_git() { run desk env GIT_TERMINAL_PROMPT=0 git "$@"; }
new_git() { run desk env GIT_TERMINAL_PROMPT=0 GIT_EXEC_PATH="$W/git" GIT_TEMPLATE_DIR= "$W/git/git" "$@"; }

# Where no newer git was built, new_git is not to be had: has_newer says so.
has_newer()
{
	[ -e "$newer/built" ] || return 1
	mountpoint -q "$W/git" && return
	mkdir -p "$W/git" && mount --bind "$newer" "$W/git"
}
