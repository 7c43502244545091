#!/bin/bash
# A worker that says anything at any time, or ends in any way, can only make a sign-in fail:
# hostile-worker.py has the table, scripted-worker.py is the worker.
. "$(dirname "$0")/lib.sh"
signin=${SF_STAGE%/stage}/tests/e2e/signin
[ -x "$signin" ] || bail "make $signin first"

install -m 755 "$src/tests/e2e/scripted-worker.py" /usr/local/libexec/sfoauth/sfoauth-worker
mkdir "$W/cases"
/usr/bin/python3 -B "$src/tests/e2e/hostile-worker.py" "$signin" "$W/cases" "$W/syslog"
