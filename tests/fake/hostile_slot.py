"""A host of hostile.py: one address, one case at a time."""
import os
import re
import select
import socket
import struct
import subprocess
import threading
import time
import urllib.parse

from hostile_model import ORG, USER, USERNAME
from hostile_tls import RAW

RESET = struct.pack("ii", 1, 0)
ORDER = ("start", "poll", "identity", "userinfo", "revoke")


class Request:
    """What the worker asked."""

    def __init__(self, head, body):
        self.text = (head + b"\r\n\r\n" + body).decode("latin-1")
        first = self.text.split("\r\n", 1)[0].split(" ")
        self.path = first[1] if len(first) > 1 else ""
        self.host = "".join(re.findall(r"(?im)^host: *(\S+)", self.text))
        bearer = re.findall(r"(?im)^authorization: Bearer (\S+)", self.text)
        form = dict(urllib.parse.parse_qsl(body.decode("latin-1")))
        self.secret = (bearer or [form.get("code") or form.get("refresh_token") or form.get("token")])[0]
        self.kind = ("identity" if self.path.startswith("/id/") else
                     "userinfo" if self.path.endswith("/userinfo") else
                     "revoke" if self.path.endswith("/revoke") else
                     "get" if self.path.startswith("/services/data") else
                     "start" if form.get("response_type") == "device_code" else
                     "poll" if form.get("grant_type") == "device" else
                     "refresh" if form.get("grant_type") == "refresh_token" else "?")


class Slot:
    def __init__(self, number, host, args, contexts):
        self.args, self.contexts, self.host = args, contexts, host
        self.dir = f"{args.dir}/slot{number}"
        self.listener = socket.create_server((f"127.0.1.{number + 1}", 443), backlog=8)
        self.listener.settimeout(0)
        os.makedirs(self.dir)
        with open(f"{self.dir}/sshd", "w", encoding="ascii") as file:
            file.write(f"auth required pam_sfoauth.so conf={self.dir}/sfoauth.conf\n")
        with open(f"{self.dir}/sfoauth.conf", "w", encoding="ascii") as file:
            file.write(f"[org acme]\nlogin_url = https://{host}\nclient_id = client\norganization_id = {ORG}\n"
                       f"ca_file = {args.dir}/ca.pem\n[pam]\norg = acme\nusername_template = {{user}}@acme.example\n"
                       "approve_timeout = 20\n")

    def command(self, case):
        """-> arguments, descriptors to pass, the record's and the body's"""
        if case.form == "login by PAM":
            return [self.args.signin, "pam", self.dir, "ada", case.rhost], (), None, None
        kind = case.form.split(",")[0]
        record, body = os.memfd_create("record"), os.memfd_create("body")
        life = 5000 if case.is_slow else 20000
        words = [f"kind={kind}", f"host={self.host}", f"ca={self.args.dir}/ca.pem", f"org={ORG}", "user=ada",
                 f"life_ms={life}", f"keep={int(case.form == 'login')}", f"record={record}", f"body={body}"]
        passed = [record, body]
        if kind != "login":
            token = os.memfd_create("token")
            access = "" if kind == "refresh" else f"access_token={case.truth.access}\n"
            refresh = "" if kind == "get" else f"refresh_token={case.truth.refresh}\n"
            os.write(token, (f"sfoauth=1\norigin=https://{self.host}:443\norg_id={ORG}\nuser_id={USER}\n"
                             f"username={USERNAME}\nscope=openid id api\nissued_at_ms=1790000000000\n"
                             f"expires_at=1990000000\ngeneration=0123456789abcdef\n{access}{refresh}").encode())
            os.lseek(token, 0, os.SEEK_SET)
            words.append(f"token={token}")
            passed.append(token)
        if kind == "get":
            words.append("path=/services/data/v60.0/query?q=SELECT+Name")
        return [self.args.signin, "job", *words], passed, record, body

    def run(self, case):
        case.prepare(self.host)
        command, passed, record, body = self.command(case)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              pass_fds=passed) as process:
            text, is_over = b"", False
            while not is_over:
                ready = select.select([self.listener, process.stdout], [], [], 60)[0]
                if not ready:
                    process.kill()
                    case.late("it hangs")
                    break
                if self.listener in ready:
                    self.serve(case)
                if process.stdout in ready:
                    data = os.read(process.stdout.fileno(), 65536)
                    is_over, text = not data, text + data
            if process.wait() != 0 and not case.faults:
                case.fault(f"the driver ended with {process.returncode}")
        for line in text.decode().splitlines():
            name, _, value = line.partition(" ")
            case.out.setdefault(name, []).append(value)
        case.record = os.pread(record, 1 << 20, 0) if record else b""
        case.body = os.pread(body, 1 << 26, 0) if body else b""
        for fd in passed:
            os.close(fd)

    def serve(self, case):
        """One connection, to its end."""
        try:
            raw = self.listener.accept()[0]
        except OSError:
            return
        raw.settimeout(30)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = case.tls.get(self.expected(case), "good")
        connection = raw
        try:
            if name in RAW:
                self.serve_raw(raw, RAW[name])
                return
            connection = self.contexts[name].wrap_socket(raw, server_side=True)
            if name == "after":
                connection.unwrap()
                return
            while self.talk(case, connection):
                pass
        except (OSError, ValueError):
            pass
        finally:
            connection.close()
            raw.close()

    @staticmethod
    def expected(case):
        """The kind of the next request: certificates are shown before it is there."""
        if not case.form.startswith("login"):
            return case.kind
        done = case.served[-1][0] if case.served else None
        if done is None:
            return "start"
        if done == "poll" and case.served[-1][1].usable() is None:
            return "poll"
        return ORDER[min(ORDER.index(done) + 1, len(ORDER) - 1)]

    @staticmethod
    def serve_raw(raw, data):
        if data is not None:
            raw.recv(4096)
            raw.sendall(data)
            raw.shutdown(socket.SHUT_WR)
        while raw.recv(4096):
            pass

    def talk(self, case, connection):
        """One request and its answer -> go on?"""
        data = b""
        while b"\r\n\r\n" not in data:
            got = connection.recv(65536)
            if not got:
                return False
            data += got
        head, _, body = data.partition(b"\r\n\r\n")
        length = int((re.findall(rb"(?im)^content-length: *(\d+)", head) or [b"0"])[0])
        while len(body) < length:
            body += connection.recv(65536)
        request = Request(head, body)
        case.seen.append(request)
        answer = case.answer_for(request.kind)
        if answer.echo:
            answer.fixed = answer.echo(request)
        self.send(connection, answer)
        if answer.end == "stall":
            connection.recv(1)
            return False
        if answer.end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        elif answer.end == "close":
            connection.unwrap()
        # Other certificates need another connection.
        return answer.end == "keep" and self.expected(case) not in case.tls

    @staticmethod
    def send(connection, answer):
        data = answer.bytes()
        time.sleep(answer.delay_s)
        step = answer.piece or len(data) or 1
        for at in range(0, len(data), step):
            connection.sendall(data[at : at + step])
            if answer.pause_s and threading.main_thread().is_alive():
                time.sleep(answer.pause_s)
