#!/bin/bash
# A git server that takes Salesforce tokens (git-gateway.py), as sfoauth-git(7) shows it: clone, fetch and push
# with the machine's own git and with a newer one, and what happens when a token stops working.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/desktop.sh
. "$src/tests/e2e/desktop.sh"
# shellcheck source=tests/e2e/gitserver.sh
. "$src/tests/e2e/gitserver.sh"

write_conf org.also_for=$GIT_SERVER
start_fake --set rotation=true
start_desktop
start_gateway --cache 0
make_repository project
make_repository lib
chmod -R a+rwX "$W/repos"
home=$W/home/ada
as_user ada git config --global user.name Ada
as_user ada git config --global user.email ada@acme.example
as_user ada git config --global protocol.file.allow always
run desk sfoauth setup-git
like 'setup-git knows the server' "$(cat "$home/.gitconfig")" 'https://git\.acme\.example:8443'
old_git clone -q $GIT_SERVER/project.git "$home/x"
is 'nobody is signed in: no clone' "$status $(seen)" '128 401 - -'
like 'git shows our sentence' "$err" 'sfoauth login'
sign_in_as ada desk sfoauth login
is 'signed in' "$status" 0

# ---- Both gits. with NAME GIT SCHEME
with()
{
	local name=$1 git=$2 scheme=$3
	$git clone -q $GIT_SERVER/project.git "$home/$name"
	is "$name: clone" "$status $(cat "$home/$name/file")$err" '0 project'
	is "$name: $scheme" "$(seen)" "200 $scheme ada,401 - -"
	$git -C "$home/$name" fetch -q
	is "$name: fetch" "$status$err" 0
	echo "$name" >"$home/$name/$name"
	as_user ada git -C "$home/$name" add "$name"
	as_user ada git -C "$home/$name" commit -q -m "$name"
	$git -C "$home/$name" push -q origin main
	is "$name: push" "$status$err $(git -C "$W/repos/project.git" log -1 --format=%s main)" "0 $name"
	seen >/dev/null
}
before=$(refreshes)
with "packaged-$(git --version | cut -d' ' -f3)" old_git "$(git --version |
    awk '{ split($3, v, "."); print (v[1] > 2 || v[2] >= 46) ? "Bearer" : "Basic" }')"
if has_newer; then
	with "built-$("$newer/git" --version | cut -d' ' -f3)" new_git Bearer
else
	skip 'a git that knows Bearer' 'tests/git/build.sh has built none: no registry was reached'
fi
is 'all with the token of the sign-in' "$(($(refreshes) - before))" 0

# ---- The token stops working
token() { desk sfoauth token; }
revoke() { curl -sS -o /dev/null --data-urlencode "token=$1" https://acme.my.salesforce.com/services/oauth2/revoke; }
if has_newer; then
	before=$(refreshes) old=$(token)
	revoke "$old"
	new_git clone -q $GIT_SERVER/project.git "$home/revoked"
	is 'newer git, revoked token: not a word, one refresh' "$status$err $(($(refreshes) - before))" '0 1'
	is 'by a second call of the helper' "$(seen)" '200 Bearer ada,401 - -,401 Bearer -'
	unlike 'and the next command uses the new one' "$(token)" "$old"
	# The first request of a clone passes, the second does not. git has forgotten state[] by then, so
	# that it takes two calls of the helper to find out.
	before=$(refreshes)
	fake script kind=userinfo skip=1 times=2 error=invalid_session status=401 >/dev/null
	new_git clone -q $GIT_SERVER/project.git "$home/middle"
	is 'newer git, a 401 in the middle of a clone: not a word, one refresh' "$status$err $(($(refreshes) - before))" '0 1'
	fake unscript >/dev/null
	# Refused twice: the end, and no loop.
	before=$(refreshes)
	fake script kind=userinfo times=0 error=invalid_session status=401 >/dev/null
	seen >/dev/null
	new_git clone -q $GIT_SERVER/project.git "$home/refused"
	is 'newer git, a server that refuses every token: one refresh, and the end' \
	    "$status $(($(refreshes) - before)) $(grep -c Bearer "$W/gateway.log")" '128 1 2'
	fake unscript >/dev/null
fi
old_git -C "$home" ls-remote -q $GIT_SERVER/project.git
before=$(refreshes) old=$(token)
revoke "$old"
seen >/dev/null
old_git clone -q $GIT_SERVER/project.git "$home/again"
if [ "$status" = 0 ]; then
	is "the machine's own git, revoked token: one refresh" "$(($(refreshes) - before))" 1
else
	like "the machine's own git, revoked token: fails once" "$err" 'Authentication failed|could not read'
	old_git clone -q $GIT_SERVER/project.git "$home/again"
	is 'and the next command refreshes without a word' "$status$err $(($(refreshes) - before))" '0 1'
fi
# What git would say to forget the old token, late.
new=$(token)
printf 'url=%s\nusername=ada@acme.example\npassword=%s\n\n' $GIT_SERVER "$old" >"$home/late"
desk sh -c 'git credential reject <late'
is 'a late reject of the old token changes nothing' "$(token) $(($(refreshes) - before))" "$new 1"

# ---- A server that takes passwords alone, one that does not know the person, one without Salesforce
stop_gateway
start_gateway --schemes Basic
if has_newer; then
	new_git ls-remote -q $GIT_SERVER/project.git
	is 'newer git, a server of passwords' "$status $(seen)" '0 200 Basic ada,401 - -'
fi

# ---- Many at once, and in the background
# expire: as ada's two hours later.
expire()
{
	local item
	item=$(desk secret-tool lookup application sfoauth user ada@acme.example)
	desk secret-tool clear application sfoauth
	put_item "$(awk '/^expires_at=/ { $0 = "expires_at=1" } { print }' <<<"$item")"$'\n'
	forget_kernel
}
make_super()
{
	git init -q -b main --bare "$W/repos/super.git"
	git init -q -b main "$W/super"
	for n in 1 2 3 4 5 6 7 8; do
		git init -q -b main --bare "$W/repos/part$n.git"
		git -C "$W/work-project" push -q "$W/repos/part$n.git" main
		git -C "$W/super" -c protocol.file.allow=always submodule --quiet add "$W/repos/part$n.git" "part$n"
		git -C "$W/super" config -f .gitmodules "submodule.part$n.url" "$GIT_SERVER/part$n.git"
	done
	git -C "$W/super" add .gitmodules
	git -C "$W/super" -c user.name=x -c user.email=x@example commit -q -m parts
	git -C "$W/super" push -q "$W/repos/super.git" main
}
make_super >/dev/null
stop_gateway
start_gateway
for git in old_git new_git; do
	if [ $git = new_git ] && ! has_newer; then continue; fi
	$git clone -q $GIT_SERVER/super.git "$home/super-$git"
	expire
	before=$(refreshes)
	$git -C "$home/super-$git" submodule --quiet update --init --jobs 8
	is "$git: eight submodules at once, expired token: one refresh, no word" \
	    "$status$err $(find "$home/super-$git" -name file | wc -l) $(($(refreshes) - before))" '0 8 1'
done
desk sfoauth logout --quiet
before=$(fake counts by_kind.start)
for git in git "$W/git/git"; do
	[ -x "$(command -v "$git")" ] || continue
	# What git's own schedule runs.
	drive --as ada --timeout 20 -- env XDG_RUNTIME_DIR="/run/user/$ada_uid" GIT_EXEC_PATH="$([ "$git" = git ] || echo "$W/git")" \
	    sh -c "[ -n \"\$GIT_EXEC_PATH\" ] || unset GIT_EXEC_PATH; $git -C '$home/super-old_git' -c credential.interactive=false \
	        -c core.askPass=true maintenance run --task=prefetch"
	is "$git maintenance at a terminal, signed out: no code, no prompt" \
	    "$(($(fake counts by_kind.start) - before)) $(grep -cE 'Enter +[A-Z0-9]{8}|Username|Password for' <<<"$out")" '0 0'
	like 'but our sentence' "$out" 'sfoauth login'
done

# ---- A server that came into also_for after the sign-in
write_conf
sign_in_as ada desk sfoauth login
write_conf org.also_for=$GIT_SERVER
old_git clone -q $GIT_SERVER/project.git "$home/later"
is 'an older sign-in is not for it: git says which host, and what to do' "$(head -n 2 <<<"$err")" \
    "sfoauth: your sign-in does not cover $GIT_SERVER yet.
sfoauth: A new sign-in is needed: run sfoauth login."
sign_in_options
sign_in ada --as ada --timeout 20 -- env XDG_RUNTIME_DIR="/run/user/$ada_uid" git clone -q $GIT_SERVER/project.git "$home/later"
is 'at a terminal the sign-in comes up, and the clone goes on' "$status $(cat "$home/later/file")" '0 project'
done_testing
