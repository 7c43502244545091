#!/usr/bin/python3
"""Collect what is sent to a syslog socket: syslog.py SOCKET FILE, one line "facility.level TEXT" each.

  syslog.py SOCKET FILE AUTH_LOG    what is of auth and authpriv, there as well, as rsyslog writes it
"""
import datetime
import os
import re
import socket
import sys

LEVELS = "emerg alert crit err warning notice info debug".split()
FACILITIES = {0: "kern", 1: "user", 3: "daemon", 4: "auth", 10: "authpriv"}
HEADER = re.compile(rb"<(\d+)>(?:\w{3} [ \d]\d \d\d:\d\d:\d\d )?")


def main():
    path, file_path = sys.argv[1:3]
    auth_log = sys.argv[3] if len(sys.argv) > 3 else None
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(path)
    os.chmod(path, 0o666)
    with open(file_path, "ab", buffering=0) as file:
        while True:
            packet = server.recv(65536)
            header = HEADER.match(packet)
            priority = int(header.group(1)) if header else 13
            facility = FACILITIES.get(priority >> 3, str(priority >> 3))
            body = packet[header.end() if header else 0:].rstrip(b"\0\n").replace(b"\n", b"\\n")
            file.write(f"{facility}.{LEVELS[priority & 7]} ".encode() + body + b"\n")
            if auth_log and facility in ("auth", "authpriv"):
                now = datetime.datetime.now().astimezone().isoformat()
                head = f"{now} {socket.gethostname()} ".encode()
                with open(os.open(auth_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640), "ab") as log:
                    log.write(head + body + b"\n")


main()
