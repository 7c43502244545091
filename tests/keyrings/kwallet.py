#!/usr/bin/python3
"""Start kwalletd with an open wallet, as pam_kwallet does at a login.

  kwallet.py DAEMON SALT-FILE

The password is "pw". kwalletd6 takes the same variable as kwalletd5. The key and the environment go to the daemon by a pipe and a socket that it
inherits.
"""
import hashlib
import os
import socket
import sys
import tempfile

daemon, salt_file = sys.argv[1:]
with open(salt_file, "rb") as file:
    key = hashlib.pbkdf2_hmac("sha512", b"pw", file.read(), 50000, 56)
path = os.path.join(tempfile.mkdtemp(), "socket")
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1)
out, into = os.pipe()
os.write(into, key)
os.close(into)
client = socket.socket(socket.AF_UNIX)
client.connect(path)
client.sendall("".join(f"{name}={value}\n" for name, value in os.environ.items()).encode())
client.close()
os.set_inheritable(out, True)
os.set_inheritable(listener.fileno(), True)
os.execve(daemon, [daemon, "--pam-login", str(out), str(listener.fileno())], dict(os.environ, PAM_KWALLET5_LOGIN=path))
