"""Ways to spoil how an answer travels, for hostile.py: status, headers, framing, cuts, TLS. As
hostile_mutate.py, with one more verdict: "slow" is "other" and lasts until the deadline.
"""
import gzip
import json
import re
import zlib

from hostile_model import JSON_KINDS, Answer
from hostile_mutate import ANY, mutation

BEARER = ("identity", "userinfo", "get")


def harm(m):
    """A whole body under an odd head: what a yes needs is looked at in the body."""
    return "open" if m.kind in JSON_KINDS else "any"


# ---- Status

@mutation(ANY, 6)
def odd_status(m):
    m.answer.status = m.rng.choice(
        [100, 101, 199, 201, 202, 203, 204, 205, 206, 226, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403,
         404, 405, 407, 408, 413, 416, 418, 420, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 507, 511, 599, 600,
         666, 700, 999, "000", "20", "2", "2000", "-200", "200x", "0x200", "", "\u00b2\u2070\u2070".encode().hex()])
    if m.rng.random() < 0.5:
        m.answer.headers.append(("Location", m.rng.choice(
            [f"https://evil.my.salesforce.com{m.path}", f"{m.case.truth.base}{m.path}", m.path, "//other.example/",
             "http://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:1/", "", "\x01"])))
    if re.fullmatch("2[0-9][0-9]", str(m.answer.status)):
        return harm(m)
    # libcurl waits for a final status after any 1xx.
    return "slow" if str(m.answer.status).startswith("1") else "other"


@mutation(ANY, 3)
def old_version(m):
    m.answer.version = m.rng.choice(["HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "HTTP/2", "HTTP/3", "HTTP/11", "http/1.1",
                                     "HTTP/1", "ICY", "RTSP/1.0", "SIP/2.0", " HTTP/1.1", "HTTP 1.1"])
    if m.rng.random() < 0.3 or m.answer.version not in ("HTTP/1.0",):
        m.answer.end = "close"
    return "same" if m.answer.version == "HTTP/1.0" else harm(m)


@mutation(ANY, 1)
def no_head(m):
    m.answer.spoil_head = lambda head: b""
    m.answer.end = "close"
    m.answer.is_whole = False
    return "other"


@mutation(ANY, 3)
def interim(m):
    status = m.rng.choice([100, 102, 103, 150, 199])
    one = f"HTTP/1.1 {status} Wait\r\nLink: </x>; rel=preload\r\n\r\n".encode()
    m.answer.before = one * m.rng.choice([1, 2, 30, 200])
    return "same"


@mutation(ANY, 1)
def switching(m):
    m.answer.before = b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
    return "open"


# ---- Headers

@mutation(ANY, 6)
def harmless_header(m):
    for _ in range(m.rng.randint(1, 4)):
        m.answer.headers.append(m.rng.choice(
            [("Set-Cookie", "sid=x; Domain=.salesforce.com"), ("Alt-Svc", 'h3="evil.my.salesforce.com:443"'),
             ("Strict-Transport-Security", "max-age=0"), ("Refresh", "0;url=https://evil.my.salesforce.com/"),
             ("WWW-Authenticate", "Basic realm=x"), ("Connection", "Keep-Alive"), ("Keep-Alive", "timeout=0"),
             ("X-" + "a" * 300, "b" * 9000), ("Server", "\xe9\xff"), ("Location", "https://evil.my.salesforce.com/"),
             ("Content-Disposition", "attachment; filename=/etc/passwd"), ("Retry-After", "99999999999999"),
             ("Content-Location", "//evil"), ("Date", "yesterday"), ("Trailer", "Content-Length"), ("Age", "-1")]))
    return "same"


@mutation(ANY, 3)
def content_type(m):
    m.answer.ctype = m.rng.choice(
        [None, "", "text/plain", "application/xml", "application/octet-stream", "application/json; charset=utf-16",
         "multipart/form-data; boundary=x", "x" * 2000, "application/x-www-form-urlencoded", "image/png", "\xff"])
    return "same"


@mutation(JSON_KINDS, 2)
def called_html(m):
    m.answer.ctype = m.rng.choice(["text/html", "TEXT/HTML", "text/html;charset=UTF-8", "text/htmlx"])
    return "other"


@mutation(ANY, 5)
def odd_head(m):
    ways = [lambda h: h.replace(b"\r\n", b"\n"), lambda h: h.replace(b"\r\n", b"\r"),
            lambda h: h.replace(b"Date:", b"Date"), lambda h: h.replace(b"Date: ", b"Date:\r\n "),
            lambda h: h.replace(b"Date", b"Da\0te"), lambda h: h.replace(b"Date", b"\x80\xff"),
            lambda h: h.replace(b"Date: ", b"Date : "), lambda h: b"\r\n\r\n" + h, lambda h: b"\0" + h,
            lambda h: h.replace(b" OK\r\n", b"\r\n"), lambda h: h.replace(b" OK", b" \x1b[31m" + b"x" * 5000),
            lambda h: h.replace(b"HTTP/1.1 ", b"HTTP/1.1  "), lambda h: h.replace(b"HTTP/1.1 ", b"HTTP/1.1\t"),
            lambda h: h[:-2] + b": no name\r\n\r\n", lambda h: h[:-2] + b" folded\r\n\r\n",
            lambda h: h[:-2] + b"X: y\r\n" * 400 + b"\r\n", lambda h: h[:-2] + b"X: y\r\n" * 40000 + b"\r\n",
            lambda h: h[:-2] + b"X: " + b"y" * 120000 + b"\r\n\r\n", lambda h: h[:-2] + b"X: " + b"y" * 60000 + b"\r\n\r\n"]
    m.answer.spoil_head = m.rng.choice(ways)
    m.answer.end = m.rng.choice(["keep", "close"])
    return harm(m)


@mutation(ANY, 4)
def encoded(m):
    squeeze, name = m.rng.choice([(gzip.compress, "gzip"), (zlib.compress, "deflate"), (lambda b: b, "gzip"),
                                  (lambda b: b, "br"), (gzip.compress, "identity"), (lambda b: b, "x" * 500)])
    m.answer.transforms.append(squeeze)
    m.answer.headers.append((m.rng.choice(["Content-Encoding", "Transfer-Encoding"]), name))
    m.answer.end = "close"
    return harm(m)


# ---- Framing

@mutation(ANY, 4)
def chunked(m):
    rng = m.rng
    most = rng.choice([1, 7, 1000])
    extension = rng.choice([b"", b";x=y", b' ; q="a\\"b"', b";" + b"e" * 200])
    trailer = rng.choice([b"", b"X-Late: 1\r\n", b"Content-Length: 3\r\nContent-Type: text/html\r\n"])
    spelling = rng.choice(["%x", "%X", "%04x", "%016x"])

    name, sizes = rng.choice(["chunked", "Chunked", "CHUNKED"]), [rng.randint(1, most) for _ in range(9)]

    def frame(body, headers):
        headers.append(("Transfer-Encoding", name))
        out, at = b"", 0
        while at < len(body):
            piece = body[at : at + sizes[at % 9]]
            out += (spelling % len(piece)).encode() + extension + b"\r\n" + piece + b"\r\n"
            at += len(piece)
        return out + b"0\r\n" + trailer + b"\r\n"
    m.answer.framing, m.answer.is_whole = frame, True
    return "same"


@mutation(ANY, 5)
def bad_chunks(m):
    bad, is_cut = m.rng.choice(
        [(b"%x\r\n%s\r\n", True), (b"%x\r\n%s\r\n1", True), (b"%xffffffffffffffff\r\n%s\r\n0\r\n\r\n", True),
         (b"-%x\r\n%s\r\n0\r\n\r\n", True), (b"zz%x\r\n%s\r\n0\r\n\r\n", True), (b"0x%x\r\n%s\r\n0\r\n\r\n", True),
         (b"%x\n%s\n0\n\n", False), (b"%x\r\n%sXX0\r\n\r\n", False), (b" %x\r\n%s\r\n0\r\n\r\n", False),
         (b"%x\r\n%s\r\n0\r\n", False), (b"\r\n%x\r\n%s\r\n0\r\n\r\n", False), (b"f%x\r\n%s\r\n0\r\n\r\n", True),
         (b"%x\r\n%s\r\n0\r\nX: " + b"y" * 9000 + b"\r\n\r\n", False)])

    def frame(body, headers):
        headers.append(("Transfer-Encoding", "chunked"))
        return bad % (len(body), body)
    m.answer.framing, m.answer.is_whole = frame, True
    m.answer.end = "close"
    # The body of a revocation is empty, and nobody reads it.
    if is_cut and m.kind != "revoke":
        m.answer.is_whole = False
        return "other"
    return harm(m)


@mutation(ANY, 5)
def bad_length(m):
    body_len = max(1, len(m.answer.body()))
    name, is_cut = m.rng.choice(
        [(str(body_len + 10), True), (str(body_len * 1000), True), (str(300 << 20), True), ("9" * 30, True),
         (str(body_len - 1), True), ("0", True), ("-1", False), ("1e9", False), ("", False), ("+" + str(body_len), False),
         (f"{body_len}, {body_len}", False), (f"0x{body_len:x}", False), (f" {body_len} ", False), (f"{body_len}\0", False)])

    is_twice = m.rng.random() < 0.2

    def frame(body, headers):
        headers.append(("Content-Length", name))
        if is_twice:
            headers.append(("Content-Length", str(len(body))))
        return body
    m.answer.framing, m.answer.is_whole = frame, not is_cut
    m.answer.end = "close"
    return harm(m)


@mutation(ANY, 2)
def endless(m):
    m.answer.before, m.answer.fixed, m.answer.pairs = m.rng.choice(
        [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200000, b"HTTP/1.1 100 Go on\r\n\r\n" * 100000,
         b"HTTP/1.1 200 OK\r\nX: " + b"y" * (2 << 20)]), b"", None
    return "other"


@mutation(ANY, 2)
def two_framings(m):
    def frame(body, headers):
        headers.append(("Content-Length", str(len(body))))
        headers.append(("Transfer-Encoding", "chunked"))
        return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    m.answer.framing, m.answer.is_whole = frame, True
    m.answer.end = "close"
    return harm(m)


@mutation(ANY, 2)
def until_close(m):
    m.answer.framing, m.answer.is_whole = "close", True
    m.answer.end = m.rng.choice(["close", "close", "abrupt"])
    return "same" if m.answer.end == "close" else harm(m)


@mutation(ANY, 2)
def closed_after(m):
    m.answer.headers.append(("Connection", "close"))
    m.answer.end = m.rng.choice(["close", "abrupt"])
    return "same"


@mutation(ANY, 3)
def surplus(m):
    bad = Answer(m.kind, m.case.truth)
    bad.status, bad.reason = 500, "No"
    m.answer.after = m.rng.choice([b"x", b"\r\n", b"\0" * 4000, bad.bytes(), b"HTTP/1.1 200 OK\r\n\r\n", b"{}"])
    return "open" if m.kind in JSON_KINDS else "any"


# ---- Cuts and time

@mutation(ANY, 6)
def cut(m):
    # The head of an answer without a body may be the whole of it.
    whole = max(1, len(m.answer.bytes()))
    m.answer.cut = m.rng.choice([0, 1, whole - 1, whole // 2, m.rng.randrange(whole)])
    m.answer.end = m.rng.choice(["close", "reset", "abrupt"])
    return "other"


@mutation(ANY, 2)
def in_pieces(m):
    pieces = m.rng.choice([3, 10, 40])
    m.answer.piece = len(m.answer.bytes()) // pieces + 1
    m.answer.pause_s = 0.3 / pieces
    return "same"


@mutation(ANY, 2)
def late(m):
    m.answer.delay_s = m.rng.choice([0.05, 0.5])
    return "same"


@mutation(ANY, 2)
def drip(m):
    m.answer.piece, m.answer.pause_s = 1, m.rng.choice([0.5, 1])
    m.answer.is_whole = False
    return "slow"


@mutation(ANY, 2)
def stall(m):
    m.answer.cut = m.rng.choice([0, 30, len(m.answer.bytes()) - 1])
    m.answer.end = "stall"
    return "slow"


# ---- What Salesforce does not say here

ERRORS = ("authorization_pending slow_down server_error access_denied invalid_grant invalid_request invalid_client "
          "invalid_client_id inactive_user invalid_scope REQUEST_LIMIT_EXCEEDED INVALID_SESSION_ID invalid_token "
          "unsupported_grant_type OAUTH_APP_BLOCKED x").split()
WORDS = ["", "\x1b[31mred", "a\nsfoauth: result=allowed reason=ok user=ada", "'", "' result=allowed token='", "\\",
         "%s%n%s", "\u202eevil", "x" * 5000, "device flow is not enabled", "already being processed", "\x7f"]


@mutation(ANY, 8)
def error_answer(m):
    m.answer.pairs = None
    error, text = m.rng.choice(ERRORS + ["\n", "x" * 100, "ok", 'a"b']), m.rng.choice(WORDS)
    shape = m.rng.randrange(4)
    m.answer.fixed = (
        json.dumps({"error": error, "error_description": text}).encode() if shape == 0 else
        json.dumps([{"errorCode": error, "message": text}]).encode() if shape == 1 else
        f"error={error}&error_description={text}".encode() if shape == 2 else (error + text).encode())
    m.answer.status = m.rng.choice([200, 400, 400, 400, 400, 401, 403, 404, 429, 500, 503])
    return "open" if m.kind in JSON_KINDS or m.kind == "revoke" else "any"


@mutation(ANY, 8)
def echo(m):
    """All that was asked, secrets included, comes back as an error."""
    m.answer.pairs = None
    m.answer.status = m.rng.choice([400, 401, 403, 404, 500, 418])
    shape = m.rng.randrange(5)

    def say(request):
        secret = request.secret or "x"
        asked = request.text if m.rng.random() < 0.5 else m.rng.choice(["", "no such token: "]) + secret
        if shape == 0:
            return json.dumps({"error": secret, "error_description": asked}).encode()
        if shape == 1:
            return json.dumps([{"errorCode": "x", "message": asked}]).encode()
        if shape == 2:
            return b"error=x&error_description=" + asked.encode()
        if shape == 3:
            m.answer.ctype = "text/html"
            return b"<html>" + asked.encode()
        return asked[-190:].encode()
    m.answer.echo = say
    return "other"


@mutation(JSON_KINDS, 3)
def another_answer(m):
    kind = m.rng.choice([k for k in ANY if k != m.kind])
    m.answer.pairs, m.answer.fixed = None, Answer(kind, m.case.truth).body()
    return "open" if {kind, m.kind} in ({"poll", "refresh"}, {"identity", "userinfo"}) else "other"


# ---- TLS

@mutation(ANY, 4)
def tls_fine(m):
    m.case.tls[m.kind] = m.rng.choice(["tls12", "tls13", "wildcard", "asks-client", "h2"])
    return "same"


@mutation(ANY, 8)
def tls_broken(m):
    m.case.tls[m.kind] = m.rng.choice(
        ["wrong-name", "expired", "other-ca", "self-signed", "cn-only", "odd-name", "nul-name", "too-wide", "tls11",
         "weak-key", "needs-client", "not-server", "plain", "garbage", "shut", "alert", "half-hello", "huge-record",
         "after", "other-name-chain"])
    return "other"


@mutation(ANY, 1)
def tls_stalled(m):
    m.case.tls[m.kind] = "stalled"
    return "slow"
