#!/bin/bash
# git's own tests of credential helpers, from the source of a newer git: as they are, where we own no
# host of theirs, and with the org's host in place of example.com. tests/README.md says which cannot
# apply, and why.
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"
. "$src/tests/e2e/gitserver.sh"

has_newer || skip_all 'tests/git/build.sh has built no git: no registry was reached'
write_conf
start_fake
start_desktop
suite=$W/home/ada/suite

# suite NAME HOST HELPER FUNCTION...: run git's functions; HOST stands where git has example.com and
# git.example.com. Leaves the names that passed in $passed, one a line.
suite()
{
	local name=$1 host=$2 helper=$3
	shift 3
	rm -rf "$suite" && install -d -o ada "$suite"
	sed "s/\bgit\.example\.com/$host/g; s/\([^.a-z]\)example\.com/\1$host/g" "$W/git/t/lib-credential.sh" >"$suite/lib.sh"
	{
		echo '#!/bin/sh'
		echo "test_description='helpers'"
		# shellcheck disable=SC2016 # for git's shell
		echo '. "$TEST_DIRECTORY"/test-lib.sh'
		echo ". '$suite/lib.sh'"
		printf "%s $helper\n" "$@"
		echo test_done
	} >"$suite/t0399-sfoauth.sh"
	desk env TEST_DIRECTORY="$W/git/t" TEST_OUTPUT_DIRECTORY="$suite" GIT_TEST_INSTALLED="$W/git" \
	    GIT_TEST_EXEC_PATH="$W/git" GIT_TEST_LONG_CRED_BUFFER=65535 \
	    PATH="$W/git:$W/git/t/helper:$W/quiet:/usr/local/bin:/usr/bin:/bin" \
	    sh "$suite/t0399-sfoauth.sh" >"$W/$name.log" 2>&1 </dev/null
	like "$name: git's tests ran to their end" "$(tail -n 1 "$W/$name.log")" '^1\.\.[0-9]+$'
	passed=$(sed -nE 's/^ok [0-9]+ - helper \([a-z]+\) //p' "$W/$name.log")
	cat "$W/$name.log" >>"$W/transcript"
}
# pass NAME TEST...: all of them do.
pass()
{
	local test name=$1
	shift
	for test; do
		ok "$name: $test" grep -qxF "$test" <<<"$passed"
	done
}
all=(helper_test helper_test_password_expiry_utc helper_test_oauth_refresh_token helper_test_authtype)
# Wherever the helper is to have nothing, and where it is to take a password without a word.
nothing=('has no existing data' 'stores password' 'requires matching protocol' 'requires matching host'
	'requires matching username' 'requires matching path' 'can forget host' 'can forget user'
	'erases all matching credentials' 'not confused by long header' 'stores password_expiry_utc'
	'stores oauth_refresh_token' 'stores authtype and credential' 'stores authtype and credential with username'
	'does not get authtype and credential with different username'
	'does not store ephemeral authtype and credential' 'does not store ephemeral username and password')

# ---- A host that is none of ours: not a word, on either side
suite 'example.com' example.com sfoauth "${all[@]}"
pass 'example.com' "${nothing[@]}"

# ---- The org's host, nobody signed in: one sentence goes with git's prompt, and is taken away here
install -d "$W/quiet"
printf '#!/bin/sh\nexec git-credential-sfoauth "$@" 2>>%s\n' "$suite/said" >"$W/quiet/git-credential-quiet"
chmod 755 "$W/quiet/git-credential-quiet"
suite "the org's host" acme.my.salesforce.com quiet "${all[@]}"
pass "the org's host" "${nothing[@]}"
is "the org's host: that sentence and no other" "$(sort -u "$suite/said")" 'sfoauth: A new sign-in is needed: run sfoauth login.'
is 'nothing of what git stored was kept' "$(stored | grep -c label) $(as_user ada keyctl list @u | grep -c sfoauth)" '0 0'

# ---- Signed in as the person whom git's test has, with a token that is the test's password
sign_in_as ada desk sfoauth login --no-refresh
printf '%b\n' "$GIT_REQUEST" | desk git-credential-sfoauth get >/dev/null
key=$(setpriv --reuid=ada --regid=ada --init-groups keyctl search @u user 'sfoauth:token:https://acme.my.salesforce.com:443#1a11e65665af157c#ada@acme.example')
setpriv --reuid=ada --regid=ada --init-groups keyctl pipe "$key" | sed 's/^username=.*/username=user-expiry/
    s/^access_token=.*/access_token=pass/; s/^expires_at=.*/expires_at=9999999999/' |
    setpriv --reuid=ada --regid=ada --init-groups keyctl session - sh -c 'keyctl link @u @s
	key=$(keyctl padd user "sfoauth:token:https://acme.my.salesforce.com:443#1a11e65665af157c#user-expiry" @u)
	keyctl setperm "$key" 0x3f0b0000' >/dev/null 2>&1
suite 'signed in' acme.my.salesforce.com sfoauth helper_test helper_test_password_expiry_utc
pass 'signed in' 'gets password_expiry_utc' 'stores password_expiry_utc' 'requires matching protocol' 'requires matching host' \
    'not confused by long header'
done_testing
