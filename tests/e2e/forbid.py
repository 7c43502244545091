#!/usr/bin/python3
"""forbid.py ERRNO COMMAND...: run it where the kernel's keyrings are forbidden, as in many containers:
add_key, request_key and keyctl fail with that number."""
import ctypes
import os
import struct
import sys

NUMBERS = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LOAD_NUMBER, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06

numbers = NUMBERS[os.uname().machine]
rows = [(LOAD_NUMBER, 0, 0, 0)]
rows += [(JUMP_IF_EQUAL, len(numbers) - i, 0, n) for i, n in enumerate(numbers)]
rows += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERRNO | int(sys.argv[1]))]
code = b"".join(struct.pack("HBBI", *row) for row in rows)
memory = ctypes.create_string_buffer(code, len(code))
program = struct.pack("HxxxxxxQ", len(rows), ctypes.addressof(memory))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, FILTER, program, 0, 0):
    sys.exit("no seccomp here")
os.execvp(sys.argv[2], sys.argv[2:])
