#!/bin/bash
# Servers that answer anything but what they should: CASES of them (seed SEED; ONLY=N repeats one)
# against every request that a login, a refresh, a GET and a revocation make. tests/fake/hostile.py
# says what must hold.
[ -n "${SF_E2E_INSIDE:-}" ] || set -- "${CASES:-300}" "${SEED:-1}" "${ONLY:-}"
. "$(dirname "$0")/lib.sh"
signin=${SF_STAGE%/stage}/tests/e2e/signin
[ -x "$signin" ] || bail "make $signin first"

for ((i = 0; i < 64; i++)); do echo "127.0.1.$((i + 1)) s$i.my.salesforce.com"; done >>/etc/hosts
/usr/bin/python3 -B "$src/tests/fake/hostile.py" --signin "$signin" --dir "$W/hostile" --syslog "$W/syslog" \
    --cases "$1" --seed "$2" ${3:+--only "$3"}
