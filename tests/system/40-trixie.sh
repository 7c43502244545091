#!/bin/bash
# The same first login on Debian 13: its libc, OpenSSH, git, keyring and systemd under what was built here.
SF_SUITE=trixie exec "$(dirname "$0")/10-first-login.sh"
