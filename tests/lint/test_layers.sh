#!/bin/bash
# layers.sh finds what it is there for: in a copy of the tree each wrong include, circle and row is
# planted alone, and must be complained of by name. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/e2e/tap.sh
. tests/e2e/tap.sh
# shellcheck source=tests/lint/rooms.sh
. tests/lint/rooms.sh
W=$(mktemp -d) || bail 'no folder'
trap 'rm -rf "$W"' EXIT
mkdir -p "$W/tests"
cp -a common credhelper pam_sfoauth "$W/"
cp -a tests/lint "$W/tests/"
cp -a "$W" "$W.clean"
trap 'rm -rf "$W" "$W.clean"' EXIT

# include FILE HEADER: as its first include, HEADER with its quotes or brackets.
include()
{
	sed -i "1i #include $2" "$W/$1"
}

# finds NAME REGEX: the lint fails and says so, in one line. Then the tree is clean again.
finds()
{
	local said
	if said=$("$W/tests/lint/layers.sh" 2>&1); then
		tap_result 1 "$1" || tap_note 'the lint passes'
	elif [[ $said == *$'\n'* ]]; then
		tap_result 1 "$1" || tap_note "more than one complaint: $said"
	else
		like "$1" "$said" "$2"
	fi
	rm -rf "$W" && cp -a "$W.clean" "$W"
}

ok 'the tree as it is passes' "$W/tests/lint/layers.sh"

include credhelper/cli/store/store.c '"session.h"'
finds 'an include of a higher room' \
    'credhelper/cli/store/store.c:1 includes "session.h": credhelper/cli/store may not include credhelper/cli/session$'

include common/base/text.c '"token.h"'
finds 'an include of a higher room of the base' 'text.c:1 includes "token.h": common/base may not include common/token$'

include common/worker/flow/flow_jwt.c '"store.h"'
finds 'a flow that knows a store' 'flow_jwt.c:1 .*common/worker/flow may not include credhelper/cli/store$'

include pam_sfoauth/module/throttle.h '"token.h"'
finds 'a module that knows tokens' 'throttle.h:1 .*pam_sfoauth/module may not include common/token$'

include common/keyring/keyring_item.c '"../worker/http/http.h"'
finds 'a path into another room' 'keyring_item.c:1 includes "../worker/http/http.h": there is no such file$'

include common/base/sfid.h '"origin.h"'
include common/base/origin.h '"sfid.h"'
finds 'a circle of two headers' 'circle: common/base/(origin|sfid) common/base/(origin|sfid) common/base/(origin|sfid)$'

include common/base/text.c '"sfid.h"'
finds 'a circle that only the .c files close' \
    'circle: common/base/(text common/base/sfid common/base/text|sfid common/base/text common/base/sfid)$'

include credhelper/cli/signin/signin_check.c '"worker_client.h"'
finds 'a circle inside a room of the command' 'circle: .*credhelper/cli/signin/signin_check'

include common/base/clock.h '"file.h"'
include common/base/file.h '"log.h"'
include common/base/log.h '"clock.h"'
finds 'a circle of three' 'circle: common/base/[a-z]+ common/base/[a-z]+ common/base/[a-z]+ common/base/[a-z]+$'

include common/ipc/wire.c '"spawn_child.h"'
finds 'a private half that somebody else includes' 'wire.c:1 includes common/ipc/spawn_child.h, which is private to common/ipc/spawn.c$'

while read -r file header; do
	include "$file" "<$header>"
	finds "<$header> in $file" "$file:1 includes <$header>: this file may not"
done <<'END'
credhelper/cli/host/pam_stack.c security/pam_appl.h
common/worker/http/tls.c curl/curl.h
common/worker/json/json_scan.c cjson/cJSON.h
common/keyring/keyring_item.c libsecret/secret.h
credhelper/cli/store/store_secret_service.c gio/gio.h
common/keyring/keyring.c openssl/evp.h
common/callback/listener.c openssl/ssl.h
common/worker/worker.c seccomp.h
credhelper/cli/ui/tty_ask.c qrencode.h
END

echo '#include "text.h"' >>"$W/common/base/clock.c"
finds 'a file where something follows banned.h' 'clock.c: banned.h is not the last include$'

mkdir "$W/common/misc"
printf '#include "banned.h"\n' >"$W/common/misc/util.c"
finds 'a file in a folder that is no room' 'common/misc/util.c is in no room of the Makefile$'

sed -i 's|^common/base:$|common/base: config|' "$W/tests/lint/layers.sh"
finds 'a row that names a higher room' 'row of common/base names config, which is no room below it$'

sed -i 's|^credhelper/cli/ui: .*|& http|' "$W/tests/lint/layers.sh"
finds 'a row that names a room of another address space' 'row of credhelper/cli/ui names http, which is no room below it$'

SF_ROOMS=${SF_ROOMS/ common\/ipc/ common\/ipc common\/more}
finds 'a room without a row' 'layers.sh has no row for the room common/more$'

done_testing
