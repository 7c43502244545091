#!/usr/bin/python3
"""Name services for tests.

  resolver.py dns LISTEN ADDRESS[,ADDRESS]... [--tcp-only] [--delay S] [--silent]
  resolver.py varlink SOCKET ADDRESS [--silent]
  resolver.py dead ADDRESS -

dns answers every name on port 53, A and AAAA, in the order given; --tcp-only: over UDP it says that
the answer is cut, --silent: it answers nothing. varlink is what nss-resolve asks of systemd-resolved.
dead is no name service but an address whose port 443 answers nothing: its queue is full.
"""
import argparse
import ipaddress
import json
import os
import socket
import struct
import threading
import time


def dns_answer(query, args, is_tcp):
    end = 12
    while query[end]:
        end += query[end] + 1
    kind = struct.unpack(">H", query[end + 1 : end + 3])[0]
    question = query[12 : end + 5]
    version = {1: 4, 28: 6}.get(kind)
    found = [ipaddress.ip_address(a) for a in args.addresses.split(",")]
    found = [a for a in found if a.version == version]
    cut = args.tcp_only and not is_tcp
    if cut:
        found = []
    flags = 0x8580 | (0x0200 if cut else 0)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, len(found), 0, 0)
    rows = [b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 1, len(a.packed)) + a.packed for a in found]
    return head + question + b"".join(rows)


def dns_tcp(server, args):
    while True:
        conn, _ = server.accept()
        with conn:
            data = conn.recv(2)
            while len(data) == 2:
                query = conn.recv(struct.unpack(">H", data)[0])
                reply = dns_answer(query, args, True)
                conn.sendall(struct.pack(">H", len(reply)) + reply)
                data = conn.recv(2)


def dns(args):
    family = socket.AF_INET6 if ":" in args.where else socket.AF_INET
    tcp = socket.create_server((args.where, 53), family=family)
    threading.Thread(target=dns_tcp, args=(tcp, args), daemon=True).start()
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((args.where, 53))
    while True:
        query, peer = udp.recvfrom(4096)
        if not args.silent:
            time.sleep(args.delay)
            udp.sendto(dns_answer(query, args, False), peer)


def varlink(args):
    os.makedirs(os.path.dirname(args.where), exist_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(args.where)
    os.chmod(args.where, 0o666)
    server.listen()
    address = ipaddress.ip_address(args.addresses)
    held = []
    while True:
        conn, _ = server.accept()
        held.append(conn)
        data = b""
        while not data.endswith(b"\0"):
            data += conn.recv(4096) or b"\0"
        if args.silent:
            continue
        name = json.loads(data.rstrip(b"\0"))["parameters"]["name"]
        row = {"ifindex": 1, "family": 2 if address.version == 4 else 10, "address": list(address.packed)}
        reply = {"parameters": {"addresses": [row], "name": name, "flags": 1}}
        conn.sendall(json.dumps(reply).encode() + b"\0")


def dead(args):
    server = socket.socket()
    server.bind((args.where, 443))
    server.listen(0)
    waiting = []
    for _ in range(4):
        waiting.append(socket.socket())
        waiting[-1].setblocking(False)
        waiting[-1].connect_ex((args.where, 443))
    threading.Event().wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("dns", "varlink", "dead"))
    parser.add_argument("where")
    parser.add_argument("addresses")
    parser.add_argument("--tcp-only", action="store_true")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--delay", type=float, default=0)
    args = parser.parse_args()
    {"dns": dns, "varlink": varlink, "dead": dead}[args.kind](args)


if __name__ == "__main__":
    main()
