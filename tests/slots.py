#!/usr/bin/python3
"""Run a command with a number in $SF_SLOT that no other test on this machine has meanwhile.

  slots.py COMMAND [ARGUMENT]...

Uids, and with them kernel keyrings and quotas, follow from the number (tests/e2e/lib.sh). It is taken by
a name of a Unix socket that is no file: the kernel gives it back when its owner ends, however that ends,
and a chroot sees it as well. A number below 100 is nobody's unless somebody says SF_SLOT=N.
"""
import os
import random
import signal
import socket
import subprocess
import sys

FIRST, COUNT = 100, 80  # uids stay below 65534, which is nobody's


class Slots:
    """The numbers taken so far by this process."""

    def __init__(self):
        self.held = []

    def take(self):
        """-> one more. A network namespace does not see the names of another: a random start keeps them apart."""
        start = random.randrange(COUNT)
        for i in range(COUNT):
            slot = FIRST + (start + i) % COUNT
            name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                name.bind(f"\0sfoauth-test-slot-{slot}")
            except OSError:
                name.close()
                continue
            self.held.append(name)
            return slot
        sys.exit(f"tests: {COUNT} tests run on this machine already; wait until one of them has ended")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    slots = Slots()
    environment = dict(os.environ, SF_SLOT=str(slots.take()))
    # Ctrl-C is the command's, and so is what ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with subprocess.Popen(sys.argv[1:], env=environment, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: process.send_signal(number))
        status = process.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
