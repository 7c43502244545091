#!/usr/bin/env python3
"""A CONNECT proxy: `proxy.py PORT LOG`; with a file LOG.auth it answers 407. Whatever name it is asked for, port 443 of 127.0.0.1 answers.

LOG gets the method and target of each request, one a line.
"""
import os
import socket
import socketserver
import sys
import threading


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Tunnel(socketserver.StreamRequestHandler):
    def handle(self):
        method, target = self.rfile.readline().split()[:2]
        while self.rfile.readline().strip():
            pass
        with open(sys.argv[2], "ab") as log:
            log.write(method + b" " + target + b"\n")
        if method != b"CONNECT":
            self.wfile.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        if os.path.exists(sys.argv[2] + ".auth"):
            self.wfile.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                b'Proxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n'
            )
            return
        with socket.create_connection(("127.0.0.1", 443)) as other:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=pump, args=(other, self.connection), daemon=True).start()
            pump(self.connection, other)


class Proxy(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if len(sys.argv) == 3:
    Proxy(("127.0.0.1", int(sys.argv[1])), Tunnel).serve_forever()
