#!/bin/bash
# Who may look inside a secret (common/DESIGN.md, "Who may know what"): only where the bytes must leave or be
# parsed. Prints every other file that calls sf_secret_reveal.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
# FILE why
allowed='
common/base/secret.c          defines it
common/base/secret.h          declares it
common/ipc/wire.c            into a frame
common/token/token.c           the stored form, in and out
common/token/gitcred.c         what git sent, taken apart
common/token/gitcred_output.c  is it one line
common/token/kernel_token.c          into the kernel keyring
common/keyring/keyring_service.c  into the desktop keyring
pam_sfoauth/module/converse.c  a password that was right, to the modules below
common/worker/http/http.c          who asks, onto the wire
common/worker/http/http_transfer.c the body of a request, onto the wire
common/worker/flow/client.c        the first line of a file, that is the secret
common/worker/flow/signature.c     the key of an HMAC
common/worker/flow/flow_password.c would a NUL cut it?
common/worker/http/http_reply.c    how a body begins
common/worker/http/form.c          into the body of a request
common/worker/flow/jwt.c           a key and its passphrase, for libcrypto
common/worker/flow/pkce.c          a verifier to digest
common/callback/callback.c      what a person pasted, to parse
common/worker/flow/flow_code.c     a state, into the address to open
common/worker/flow/reply_class.c        a reply to parse
common/worker/flow/park.c          the stored form, into the kernel key of a refresh
common/worker/token_text.c        the stored form, into the record
common/worker/json/json.c          a body to parse
common/worker/flow/whois.c         the first 15 characters name the organization
credhelper/front/git-credential-sfoauth.c  the request, on to the command
credhelper/cli/git/cmd_git.c      what git handed over, from the front and to the store
credhelper/cli/store/store_pending.c         into the kernel keyring
credhelper/cli/signin/signin_password.c     lines of standard input, and a typed name
credhelper/cli/setup/setup.c        a line that was typed, and is no secret
credhelper/cli/host/try_run.c    what was typed, back to the module that asked
credhelper/cli/signin/client_auth.c        a secret on its way to the worker, and the first line of a file
credhelper/cli/ui/json_out.c       what the person asked to see
credhelper/cli/cmd/cmd_check_token.c  a token from standard input, and its first 15 characters
credhelper/cli/ssh/ssh_answer.c   a code on its way back to the host that asked for it
credhelper/cli/ssh/cmd_askpass.c  what was typed, to ssh
credhelper/cli/cmd/cmd_exec.c     into the environment of a command that asked for it
'
while read -r file; do
	grep -q "^$file " <<<"$allowed" ||
	    { echo "reveal: $file calls sf_secret_reveal and is not on the list in tests/lint/reveal.sh" && bad=1; }
done < <(grep -rlE --include='*.[ch]' 'sf_secret_reveal' common pam_sfoauth credhelper)
while read -r file _; do
	[ -z "$file" ] || grep -qs 'sf_secret_reveal' "$file" ||
	    { echo "reveal: $file is on the list and calls nothing: take it off" && bad=1; }
done <<<"$allowed"
exit $bad
