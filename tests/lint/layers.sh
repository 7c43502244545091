#!/bin/bash
# Who includes whom (common/DESIGN.md, "Processes"): a row for each room, units without
# circles, system headers where they belong. Prints each wrong include and each circle; silent when
# all is well. layers.awk decides; test_layers.sh plants what must be found.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lint/rooms.sh
. tests/lint/rooms.sh

# Room: what it may include besides itself, by last names. All of that stands before it in `make rooms`, in the
# base or in its own address space, so there are no circles of rooms.
rooms='
common/base:
common/config: base
common/policy: base config
common/token: base
common/ipc: base policy token
common/callback: base
common/worker/sandbox: base ipc
common/worker/http: base
common/worker/json: base policy
common/worker/flow: base policy token ipc http json callback
common/worker: base policy token ipc sandbox http json callback flow
common/selftest: base ipc
common/keyring: base token ipc
pam_sfoauth/module: base config policy ipc
pam_sfoauth/keep: base token ipc
pam_sfoauth/try: base policy ipc
credhelper/front: base token
credhelper/cli/ui: base token ipc
credhelper/cli/settings: base config token ui
credhelper/cli/store: base token ipc ui settings
credhelper/cli/signin: base config policy token ipc ui settings store
credhelper/cli/session: base token ipc ui settings store signin
credhelper/cli/cmd: base config policy token ipc ui settings store signin session
credhelper/cli/ssh: base config token ipc callback ui settings signin cmd
credhelper/cli/git: base config token ui settings store session cmd
credhelper/cli/setup: base config token ipc ui settings store signin session cmd
credhelper/cli/host: base config policy ipc ui settings cmd setup
credhelper/cli/doctor: base config policy token ipc ui settings store signin cmd host
credhelper/cli: base ui settings cmd
'

# System header: the only files that may include it. A * at the end stands for anything. Headers
# without a row are everybody's.
system='
security/* pam_sfoauth/module/* pam_sfoauth/try/*
curl/* common/worker/http/http* common/worker/http/form.c
cjson/* common/worker/json/json.c credhelper/cli/ui/json_out.c credhelper/cli/cmd/rest_records.c credhelper/cli/cmd/query_table.c
libsecret/* common/keyring/keyring_service.c
glib* common/keyring/*
gio/* common/keyring/*
dbus/* common/keyring/*
openssl/* common/worker/http/* common/worker/flow/* common/selftest/*
seccomp.h common/worker/sandbox/sandbox.c
linux/seccomp.h common/worker/sandbox/sandbox.c
linux/landlock.h common/worker/sandbox/sandbox.c
qrencode.h credhelper/cli/ui/tty_ui.c
'

# Unit and its private half, which includes it back and which nobody else includes.
halves='
common/ipc/spawn common/ipc/spawn_child
common/worker/json/json common/worker/json/json_scan
'

{
	sed 's/^/space /' <<<"$SF_ROOMS"
	sed -n 's/^./row &/p' <<<"$rooms"
	sed -n 's/^./system &/p' <<<"$system"
	sed -n 's/^./half &/p' <<<"$halves"
	find common pam_sfoauth credhelper -name '*.[ch]' -o -name '*.def' | sort | sed 's/^/file /'
	grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' common pam_sfoauth credhelper |
	    sort -t : -k 1,1 -k 2,2n | sed 's/^/include /'
} | awk -f tests/lint/layers.awk
