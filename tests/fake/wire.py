"""HTTP over TLS, one thread a connection: reads requests in every encoding real clients use,
writes answers, and breaks them on the wire where a test asked for that."""
import base64
import email.parser
import email.policy
import http.server
import socket
import socketserver
import struct
import sys
import threading
import time
import urllib.parse

JSON_TYPE = "application/json;charset=UTF-8"
BODY_MAX = 1 << 20

# Fields that carry secrets, and what the log calls what is in them.
SECRET_FIELDS = {
    "access_token": "access_token",
    "oauth_token": "access_token",
    "refresh_token": "refresh_token",
    "token": "token",
    "code": "code",
    "device_code": "device_code",
    "client_secret": "client_secret",
    "password": "password",
    "pw": "password",
    "code_verifier": "code_verifier",
    "assertion": "assertion",
    "client_assertion": "assertion",
}


class Reply:
    """One answer. ctype None sends no Content-Type."""

    def __init__(self, status=200, body=b"", ctype=JSON_TYPE, headers=()):
        self.status, self.ctype, self.headers = status, ctype, list(headers)
        self.body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        self.length = None  # a Content-Length that is not the body's
        self.chunked = False


class Request:
    """What handlers see: query and form are lists of pairs, `arg` looks into the form, then the
    query."""

    def __init__(self, method, target, headers, peer):
        self.method, self.headers, self.peer = method, headers, peer
        parts = urllib.parse.urlsplit(target)
        self.path = self.whole_path = parts.path
        self.query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
        self.form, self.encoding, self.body = [], None, b""
        self.back = None  # (redirect_uri, state) of the authorization that a form belongs to
        self.site = None  # prefix of the Experience Cloud site that the path was under
        self.host = headers.get("Host", "")

    def arg(self, name, default=None):
        return next((v for k, v in self.form + self.query if k == name), default)

    def bearer(self):
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        return rest.strip() if kind.lower() in ("bearer", "oauth") else self.arg("oauth_token")

    def basic(self):
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None, None
        rest = rest.strip().replace("-", "+").replace("_", "/").rstrip("=")  # both alphabets
        try:
            raw = base64.b64decode(rest + "=" * (-len(rest) % 4), validate=True)
            user, _, password = raw.decode().partition(":")
        except ValueError:
            return None, None
        return urllib.parse.unquote(user), urllib.parse.unquote(password)

    def cookie(self, name):
        for part in self.headers.get("Cookie", "").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return None


def parse_multipart(ctype, body):
    head = b"Content-Type: " + ctype.encode() + b"\r\n\r\n"
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    pairs = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        pairs.append((name or "", part.get_payload(decode=True).decode("utf-8", "replace")))
    return pairs


def describe(world, request, conn, kind):
    """A request as the log has it: nothing secret, but which secret it was."""

    def shown(pairs):
        out = []
        for key, value in pairs:
            if key in SECRET_FIELDS and value:
                world.secret(SECRET_FIELDS[key], value, "in")
                value = world.mark(value)
            out.append([key, value])
        return out

    auth = request.headers.get("Authorization", "")
    scheme, _, rest = auth.partition(" ")
    if scheme.lower() == "basic":
        user, password = request.basic()
        if password:
            named = "password" if kind == "headless" else "client_secret"
            world.secret(named, password, "in")
        auth = f"Basic {user}:{world.mark(password or '')}"
    elif rest:
        world.secret("access_token", rest.strip(), "in")
        auth = f"{scheme} {world.mark(rest.strip())}"
    names = [k.lower() for k in request.headers.keys()]
    return {
        "n": len(world.log) + 1,
        "t": round(time.monotonic(), 3),
        "conn": conn.no,
        "on_conn": conn.requests,
        "handshakes": world.tally["handshakes"],
        "peer": request.peer,
        "sni": conn.sni,
        "tls": conn.tls,
        "method": request.method,
        "host": request.host,
        "path": request.whole_path,
        "kind": kind,
        "query": shown(request.query),
        "form": shown(request.form),
        "encoding": request.encoding,
        "chunked": "chunked" in request.headers.get("Transfer-Encoding", "").lower(),
        "authorization": auth,
        "accept": request.headers.get("Accept"),
        "user_agent": request.headers.get("User-Agent"),
        "cookie": "cookie" in names,
        "header_names": names,
        "status": None,
        "note": None,
    }


class Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 900

    def setup(self):
        self.world, self.app = self.server.world, self.server.app
        with self.world.lock:
            self.world.conn_no += 1
            self.no = self.world.conn_no
            self.world.tally["connections"] += 1
            wait, context = self.world.settings["tls_delay"], self.server.contexts.current(
                self.world
            )
        self.requests, self.sni, self.tls = 0, None, None
        self.broken = True
        time.sleep(wait)
        self.request.settimeout(30)
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except OSError:
            self.world.count("handshake_failures")
            return
        self.broken = False
        self.tls = self.request.version()
        self.sni = getattr(self.request, "sni_seen", None)
        self.world.count("handshakes")
        super().setup()

    def handle(self):
        if not self.broken:
            super().handle()

    def finish(self):
        if not self.broken:
            try:
                super().finish()
                self.request.close()
            except OSError:
                pass

    def log_message(self, *_):
        pass

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while True:
                size = int(self.rfile.readline(100).split(b";")[0].strip() or b"0", 16)
                if len(body) + size > BODY_MAX:
                    raise ValueError("body too large")
                body += self.rfile.read(size)
                if size == 0:
                    while self.rfile.readline(8192).strip():
                        pass
                    return body
                self.rfile.readline(10)
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_MAX:
            raise ValueError("body too large")
        return self.rfile.read(length)

    def answer(self):
        """Read one request to its end, let the application answer, write the answer as the
        script has it."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.requests += 1
        request = Request(self.command, self.path, self.headers, self.client_address[0])
        try:
            body = request.body = self.read_body()
            ctype = self.headers.get("Content-Type", "")
            request.encoding = ctype.split(";")[0].strip().lower() or None
            if request.encoding == "multipart/form-data":
                request.form = parse_multipart(ctype, body)
            elif request.encoding == "application/x-www-form-urlencoded":
                request.form = urllib.parse.parse_qsl(
                    body.decode("utf-8", "replace"), keep_blank_values=True
                )
        except ValueError:
            self.send(Reply(400, "bad request", "text/plain"), {"close_after": True})
            return
        reply, faults = self.app(request, self)
        self.send(reply, faults)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = answer

    def send(self, reply, faults):
        time.sleep(faults.get("delay", 0))
        if faults.get("close"):
            self.close_connection = True
            return
        if faults.get("reset"):
            self.reset()
            return
        if "garbage" in faults:
            self.close_connection = True
            self.wfile.write(faults["garbage"].encode("latin-1", "replace"))
            return
        head, body = self.render(reply)
        if "truncate" in faults:
            body, self.close_connection = body[: int(faults["truncate"])], True
        if faults.get("close_after"):
            self.close_connection = True
        if "drip" in faults:
            self.drip(
                head if not faults.get("drip_head") else b"",
                body if not faults.get("drip_head") else head + body,
                float(faults["drip"]),
            )
        else:
            self.write(head + body)

    def render(self, reply):
        lines = [
            f"HTTP/1.1 {reply.status} {self.responses.get(reply.status, ('Unknown',))[0]}",
            f"Date: {self.date_time_string(self.world.now())}",
            "Strict-Transport-Security: max-age=63072000",
            "Cache-Control: no-cache,must-revalidate,max-age=0,no-store,private",
            "Set-Cookie: BrowserId=fakeBrowserId; domain=.salesforce.com; path=/; secure",
        ]
        if reply.ctype:
            lines.append(f"Content-Type: {reply.ctype}")
        lines += [f"{k}: {v}" for k, v in reply.headers]
        body = b"" if self.command == "HEAD" else reply.body
        if reply.chunked:
            lines.append("Transfer-Encoding: chunked")
            parts = (
                [body[i : i + 7] for i in range(0, len(body), 7)] if len(body) < 4096 else [body]
            )
            body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts if p) + b"0\r\n\r\n"
        else:
            lines.append(
                f"Content-Length: {len(reply.body) if reply.length is None else reply.length}"
            )
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"), body

    def write(self, data):
        try:
            self.wfile.write(data)
        except OSError:
            self.close_connection = True

    def drip(self, head, body, seconds):
        self.write(head)
        for at in range(len(body)):
            if self.close_connection and at:
                return
            self.write(body[at : at + 1])
            time.sleep(seconds)

    def reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown = lambda how: None
        self.connection.close()


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, address, world, contexts, app):
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.world, self.contexts, self.app = world, contexts, app
        super().__init__(address, Connection)

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()

    def shutdown_request(self, request):
        """The connection has closed what it wrapped; this is what is left of the plain socket."""
        try:
            request.close()
        except OSError:
            pass

    def handle_error(self, request, client_address):
        kind = sys.exc_info()[0]
        if not issubclass(kind, (OSError, ValueError)):
            super().handle_error(request, client_address)


def start(server):
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
    ).start()
