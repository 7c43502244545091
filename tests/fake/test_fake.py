#!/usr/bin/env python3
"""Self-check of the fake, started by test_fake.sh: PORT CA-DIR CONTROL."""
import os
import sys

sys.dont_write_bytecode = True

import check_dialect
import check_errors
import check_grants
import check_machines
import check_steering
import check_web
import control
from client import Client, tap

# Importing them registers their checks.
SUITES = (check_dialect, check_grants, check_web, check_machines, check_errors, check_steering)


def main():
    port, ca_dir, where = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    world = Client(
        port,
        os.path.join(ca_dir, "ca.pem"),
        where,
        lambda method, path, body: control.call(where, method, path, body),
    )
    return 1 if tap(world) else 0


if __name__ == "__main__":
    sys.exit(main())
