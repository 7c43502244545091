"""What hostile.py's cases are made of: the truth of one sign-in, its answers, and who may be let in.

`allows_*` are a second, independent reading of the rules of a sign-in, on the bytes that were really
sent. Python's json is made strict. They say what a yes needs, not that there must be one.
"""
import json
import re
import string

from data import to18

ORG, OTHER_ORG = to18("00D5f000000Abcd"), to18("00D5f000000aBcd")
USER, OTHER_USER = to18("0055f00000EfGhi"), to18("0055f00000EfKim")
USERNAME = "ada@acme.example"
JSON_KINDS = ("start", "poll", "identity", "userinfo", "refresh")
TOKEN_CHARS = string.ascii_letters + string.digits + "._"


def word(rng, length, chars=TOKEN_CHARS):
    return "".join(rng.choice(chars) for _ in range(length))


class Truth:
    """Who signs in, with which secrets."""

    def __init__(self, rng, host):
        self.host = host
        self.base = f"https://{host}"
        self.access = f"{ORG[:15]}!" + word(rng, 96)
        self.fresh = f"{ORG[:15]}!" + word(rng, 96)
        self.refresh = "5Aep" + word(rng, 80)
        self.rotated = "5Aep" + word(rng, 80)
        self.device = word(rng, 88)
        self.code = word(rng, 8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        self.secrets = {s.split("!")[-1] for s in (self.access, self.fresh, self.refresh,
                                                  self.rotated, self.device)}
        self.body = json.dumps([{"Id": to18("0035f0000000001"), "Name": word(rng, 40)}]).encode()

    def document(self, kind):
        """-> dict of a JSON answer"""
        token = {"access_token": self.access, "instance_url": self.base,
                 "id": f"https://login.salesforce.com/id/{ORG}/{USER}", "token_type": "Bearer",
                 "issued_at": "1790000000000", "signature": "c2lnbmF0dXJl",
                 "scope": "openid id api"}
        if kind == "start":
            return {"device_code": self.device, "user_code": self.code, "interval": 1,
                    "verification_uri": f"{self.base}/setup/connect"}
        if kind == "poll":
            return token
        if kind == "refresh":
            return {**token, "access_token": self.fresh, "refresh_token": self.rotated}
        if kind == "identity":
            return {"id": token["id"], "asserted_user": True, "user_id": USER,
                    "organization_id": ORG, "username": USERNAME, "nick_name": "ada",
                    "display_name": "Ada Éxample", "email": "ada@acme.example",
                    "addr_street": None, "active": True, "user_type": "STANDARD",
                    "language": "en_US", "utcOffset": -28800000,
                    "photos": {"picture": f"{self.base}/p.png"},
                    "custom_permissions": {"Linux_Login": True}, "is_lightning_login_user": False}
        return {"sub": token["id"], "user_id": USER, "organization_id": ORG,
                "preferred_username": USERNAME, "name": "Ada Example", "email_verified": True,
                "is_salesforce_integration_user": False, "address": {}, "user_type": "STANDARD"}


class Answer:
    """One HTTP answer, taken apart far enough to be spoilt anywhere."""

    def __init__(self, kind, truth):
        self.kind = kind
        self.version, self.status, self.reason = "HTTP/1.1", 200, "OK"
        self.ctype = "application/json;charset=UTF-8"
        self.headers = [("Date", "Mon, 01 Jan 2029 00:00:00 GMT"), ("Cache-Control", "no-store")]
        self.pairs = None
        self.fixed = b"" if kind == "revoke" else truth.body
        if kind in JSON_KINDS:
            self.pairs = [[json.dumps(k).encode(), json.dumps(v).encode()]
                          for k, v in truth.document(kind).items()]
        self.transforms = []       # on the body's bytes
        self.framing = "length"    # or chunked, close, or a function of the body -> bytes
        self.spoil_head = None     # a function of the head's bytes
        self.before = self.after = b""
        self.cut = None            # only so many bytes of head and body
        self.pause_s, self.piece = 0, None  # between pieces of so many bytes
        self.delay_s = 0
        self.end = "keep"          # close, reset, abrupt, stall
        self.echo = None           # a function of the request: the body is what was asked
        self.is_whole, self.is_cut = True, False  # the latter is known when it was sent

    def body(self):
        if self.pairs is None:
            body = self.fixed
        else:
            body = b"{" + b",".join(k + b":" + v for k, v in self.pairs) + b"}"
        for transform in self.transforms:
            body = transform(body)
        return body

    def bytes(self):
        body = self.body()
        lines = [f"{self.version} {self.status} {self.reason}".rstrip().encode()]
        headers = list(self.headers)
        if self.ctype is not None:
            headers.append(("Content-Type", self.ctype))
        framed = body
        if self.framing == "length":
            headers.append(("Content-Length", str(len(body))))
        elif self.framing == "chunked":
            headers.append(("Transfer-Encoding", "chunked"))
            framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        elif callable(self.framing):
            framed = self.framing(body, headers)
        lines += [f"{k}: {v}".encode("latin-1") for k, v in headers]
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        if self.spoil_head:
            head = self.spoil_head(head)
        whole = self.before + head + framed
        self.is_cut = self.cut is not None and len(whole) > self.cut
        return (whole + self.after)[: self.cut]

    def usable(self):
        """The object that a 2xx answer carries, or None."""
        status = str(self.status)
        if not self.is_whole or self.is_cut or not re.fullmatch("2[0-9][0-9]", status):
            return None
        if (self.ctype or "").lower().startswith("text/html"):
            return None
        return parse(self.body())


def no_duplicates(pairs):
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def refuse(what):
    raise ValueError(what)


def is_clean(value):
    if isinstance(value, dict):
        return all(is_clean(k) and is_clean(v) for k, v in value.items())
    if isinstance(value, list):
        return all(is_clean(v) for v in value)
    return not isinstance(value, str) or not re.search("[\0\ud800-\udfff]", value)


def parse(body):
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=no_duplicates,
                           parse_constant=refuse, parse_int=float)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and is_clean(value) else None


def is_text(value, pattern):
    return isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def same_id(value, wanted):
    return value in (wanted, wanted[:15])


def ids_of(value, truth):
    """(org, user) of an `id` that may be believed, or None."""
    hosts = "|".join(map(re.escape, (truth.host, "login.salesforce.com", "test.salesforce.com")))
    found = re.fullmatch(rf"https://(?:{hosts})/id/(\w+)/(\w+)(?:\?.*)?",
                         value if isinstance(value, str) else "", re.ASCII | re.DOTALL)
    ids = found.groups() if found else ()
    return ids if ids and all(i in (i[:15], to18(i[:15])) for i in ids) else None


def is_token_answer(answer, truth):
    value = answer and answer.usable()
    if not value or not is_text(value.get("access_token"), "[!-~]{1,8192}"):
        return None
    if value.get("token_type") not in (None, "") and not (
            is_text(value["token_type"], ".*") and value["token_type"].lower() == "bearer"):
        return None
    return value


def allows_login(last, truth):
    """May this set of last answers (kind -> Answer) let ada in?"""
    start = last["start"].usable() if "start" in last else None
    if not start or not is_text(start.get("device_code"), "[!-~]{1,4096}"):
        return False
    if not is_text(start.get("user_code"), "[A-Z0-9-]{4,32}"):
        return False
    if not is_text(start.get("verification_uri"), re.escape(truth.base) + "([/?#][!-~]*)?"):
        return False
    poll = is_token_answer(last.get("poll"), truth)
    if not poll or poll.get("instance_url") not in (truth.base, truth.base + "/"):
        return False
    if poll.get("sfdc_community_id") not in (None, "") or poll.get(
            "sfdc_community_url") not in (None, ""):
        return False
    opaque = re.match(r"(00D[^!]{12})!", poll["access_token"])
    ids = ids_of(poll.get("id"), truth)
    if (opaque and opaque.group(1) != ORG[:15]) or not ids:
        return False
    who = last["identity"].usable() if "identity" in last else None
    more = last["userinfo"].usable() if "userinfo" in last else None
    if who is None or more is None or not same_id(ids[0], ORG) or not same_id(ids[1], USER):
        return False
    return (same_id(who.get("organization_id"), ORG) and same_id(who.get("user_id"), USER)
            and who.get("asserted_user") is True and who.get("active") is True
            and who.get("user_type") == "STANDARD" and is_text(who.get("username"), "[ -~]+")
            and who["username"].lower() == USERNAME
            and same_id(more.get("user_id"), USER)
            and more.get("is_salesforce_integration_user") in (None, False))


def allows_refresh(answer, truth):
    value = is_token_answer(answer, truth)
    if not value:
        return False
    ids = ids_of(value.get("id"), truth)
    return not ids or (same_id(ids[0], ORG) and same_id(ids[1], USER))


def allows_revoke(answer):
    if answer and answer.status == 400 and b"invalid_token" in answer.body():
        return True
    return answer is not None and re.fullmatch("2[0-9][0-9]", str(answer.status)) is not None


def allows_get(answer):
    return answer is not None and re.fullmatch("2[0-9][0-9]", str(answer.status)) is not None
