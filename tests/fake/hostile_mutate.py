"""Ways to spoil an answer, for hostile.py: each changes one and says what must come of it.

"same" still means the same to a strict reader: the sign-in must succeed. "other" must never lead to a
yes. "open" may go either way, but a yes only where the answers that were sent allow one
(hostile_model.py).
"""
import gzip
import json
import re

from hostile_model import JSON_KINDS, ORG, OTHER_ORG, OTHER_USER, USER, USERNAME, word

REGISTRY = []
ANY = JSON_KINDS + ("revoke", "get")


def mutation(kinds=ANY, weight=1):
    def add(function):
        REGISTRY.append((function, kinds, weight))
        return function
    return add


def raw(value):
    return json.dumps(value).encode()


def spoil(function, verdict="other"):
    def do(m):
        m.answer.transforms.append(function)
        return verdict
    return do


# ---- What the JSON says

USED = {"start": ("device_code", "user_code", "verification_uri", "interval"),
        "poll": ("access_token", "id", "instance_url", "token_type", "issued_at"),
        "refresh": ("access_token", "id", "instance_url", "token_type", "issued_at"),
        "identity": ("asserted_user", "user_id", "organization_id", "username", "active",
                     "user_type", "custom_permissions"),
        "userinfo": ("is_salesforce_integration_user", "user_id")}


def pick(m):
    """A member, mostly one that matters."""
    if m.rng.random() < 0.8:
        key = raw(m.rng.choice(USED[m.kind]))
        for pair in m.answer.pairs:
            if pair[0] == key:
                return pair
    return m.rng.choice(m.answer.pairs)


def put(m, key, value):
    m.answer.pairs = [p for p in m.answer.pairs if p[0] != raw(key)] + [[raw(key), value]]


@mutation(JSON_KINDS, 8)
def wrong_type(m):
    values = [b"0", b"1", b"-1", b"true", b"false", b"null", b"[]", b"{}", b'""', b'"true"', b'"1"',
              b"1e9", b"0.5", b"1.0", b"[true]", b'{"a":1}', b"18446744073709551616", b"1e400", b'" "',
              raw(["x"]), raw("x" * 600), b"-0", b"1" * 400]
    pick(m)[1] = m.rng.choice(values)
    return "open"


@mutation(JSON_KINDS, 4)
def missing(m):
    m.answer.pairs.remove(pick(m))
    return "open"


@mutation(JSON_KINDS, 4)
def extra(m):
    for _ in range(m.rng.randint(1, 5)):
        key = m.rng.choice(["", "__proto__", "constructor", "x" * 3000, "ACTIVE", "Asserted_User",
                            "error_", "id ", "ünknown", word(m.rng, 9), "a\nb"])
        if raw(key) not in [p[0] for p in m.answer.pairs]:
            at = m.rng.randint(0, len(m.answer.pairs))
            value = m.rng.choice([False, None, [], {}, "x", 1e308, [[{"active": False}]], "\u2028"])
            m.answer.pairs.insert(at, [raw(key), raw(value)])
    return "same"


@mutation(JSON_KINDS, 6)
def duplicate(m):
    pair = pick(m)
    name = json.loads(pair[0])
    key = pair[0]
    if m.rng.random() < 0.4 and name:
        key = b'"\\u%04x' % ord(name[0]) + raw(name)[2:]
    value = m.rng.choice([pair[1], b"true", b"false", b"null", raw(USERNAME), raw(OTHER_USER)])
    m.answer.pairs.insert(m.rng.randint(0, len(m.answer.pairs)), [key, value])
    return "other"


@mutation(JSON_KINDS, 2)
def shuffled(m):
    m.rng.shuffle(m.answer.pairs)
    return "same"


@mutation(JSON_KINDS, 2)
def escaped(m):
    def escape(text):
        return b'"' + "".join(f"\\u{u:04x}" for u in units(json.loads(text))).encode() + b'"'

    def units(text):
        data = text.encode("utf-16-be")
        return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]

    for pair in m.answer.pairs:
        pair[0] = escape(pair[0])
        if pair[1].startswith(b'"'):
            pair[1] = escape(pair[1])
    return "same"


@mutation(JSON_KINDS, 2)
def spaced(m):
    blank = m.rng.choice([b" ", b"\n", b"\t", b"\r\n", b" \r \n\t"])
    for pair in m.answer.pairs:
        pair[0] = blank + pair[0] + blank
        pair[1] = blank * m.rng.randint(1, 40) + pair[1] + blank
    return spoil(lambda b: blank + b + blank, "same")(m)


@mutation(JSON_KINDS, 6)
def bad_string(m):
    bad = m.rng.choice([b"\\u0000", b"\0", b"\\ud800", b"\\udfff", b"\\udc00\\ud800", b"\\ud800x",
                        b"\xed\xa0\x80", b"\xff", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xf4\x90\x80\x80",
                        b"\xe9", b"\\x41", b"\\u12", b"\\u 123", b"\n", b"\x1b[2J", b"\\", b"\xf8\x88\x80\x80\x80"])
    if m.rng.random() < 0.5:
        m.answer.pairs.append([b'"note' + bad * m.rng.randint(0, 1) + b'"', b'"' + bad + b'"'])
        return "other"
    pair = pick(m)
    inside = pair[1].strip(b'"') if pair[1].startswith(b'"') else b"x"
    at = m.rng.randint(0, len(inside))
    pair[1] = b'"' + inside[:at] + bad + inside[at:] + b'"'
    return "other"


@mutation(JSON_KINDS, 3)
def deep(m):
    depth = m.rng.choice([3, 10, 14, 17, 64, 1000, 100000])
    opening, closing = m.rng.choice([(b"[", b"]"), (b'{"a":', b"}")])
    inner = b"1" if opening != b"[" else b""
    m.answer.pairs.append([b'"deep"', opening * depth + inner + closing * depth])
    return "same" if depth <= 14 else "other"


@mutation(JSON_KINDS, 2)
def many(m):
    count = m.rng.choice([1000, 3000, 4200, 60000])
    m.answer.pairs.append([b'"many"', b"[" + b",".join([b"0"] * count) + b"]"])
    return "same" if count <= 3000 else "other"


@mutation(JSON_KINDS, 1)
def many_names(m):
    for i in range(m.rng.choice([500, 3900])):
        m.answer.pairs.append([b'"n%d"' % i, b"0"])
    return "same"


@mutation(JSON_KINDS, 2)
def large(m):
    size = m.rng.choice([1000, 16384, 100000, 250000, 262144, 300000, 3 << 20])
    m.answer.pairs.append([b'"pad"', b'"' + b"x" * size + b'"'])
    return "same" if size <= 250000 else "other"


@mutation(JSON_KINDS, 3)
def number(m):
    good = [b"1e2", b"-0.0", b"0", b"1E-2", b"123456789012345678901234567890", b"1e-999"]
    bad = [b"NaN", b"Infinity", b"-Infinity", b"01", b"+1", b".5", b"1.", b"0x10", b"1e", b"--1", b"1_0",
           b"nul", b"True", b"'x'", b"undefined", b"/*c*/1", b"1//", b"", b"1 2"]
    is_good = m.rng.random() < 0.3
    m.answer.pairs.append([b'"number"', m.rng.choice(good if is_good else bad)])
    return "same" if is_good else "other"


@mutation(JSON_KINDS, 6)
def not_one_object(m):
    junk = m.rng.choice([b"x", b"{}", b",", b"}", b"\0", b"]", b'""', b"<!-- -->", b"\x1a", b";"])
    ways = [lambda b: b + junk, lambda b: b"[" + b + b"]", lambda b: b"", lambda b: b"null",
            lambda b: b'"' + b.replace(b'"', b"'") + b'"', lambda b: b[1:], lambda b: b[:-1],
            lambda b: b + b, lambda b: b"\xef\xbb\xbf" + b, lambda b: b.decode().encode("utf-16"),
            lambda b: b.decode().encode("utf-16-le"), lambda b: b.decode().encode("utf-32"),
            lambda b: b")]}',\n" + b, lambda b: b.replace(b'"', b"'"), lambda b: b.replace(b":", b"="),
            lambda b: gzip.compress(b), lambda b: b[:-1] + b",}", lambda b: b"{,".join([b"", b[1:]]),
            lambda b: b"callback(" + b + b")", lambda b: b.hex().encode(), lambda b: b"\0" + b]
    return spoil(m.rng.choice(ways))(m)


@mutation(JSON_KINDS, 6)
def flipped(m):
    places = [m.rng.random() for _ in range(m.rng.choice([1, 1, 1, 2, 8]))]
    bits = [1 << m.rng.randrange(8) for _ in places]

    def flip(body):
        body = bytearray(body)
        for place, bit in zip(places, bits):
            if body:
                body[int(place * len(body))] ^= bit
        return bytes(body)
    return spoil(flip, "open")(m)


@mutation(JSON_KINDS, 4)
def shifted(m):
    place, length = m.rng.random(), m.rng.randint(1, 30)
    junk = bytes(m.rng.randrange(256) for _ in range(m.rng.randint(0, 12)))

    def shift(body):
        at = int(place * len(body))
        return body[:at] + junk + body[at + length :]
    return spoil(shift, "open")(m)


# ---- Whom it says

def urls(m, path=""):
    host = m.case.truth.host
    return [f"https://{x}{path}" for x in (
        "evil.my.salesforce.com", f"{host}.evil.example", f"{host}@evil.example", f"evil@{host}", f"{host}:443",
        f"{host}:8443", f"{host}.", host.upper(), f"{host}%2e", f"{host}\\@evil.example", f"{host}%00.evil.example",
        f"{host}#@evil.example", f" {host}", f"{host} ", f"{host}\n", "127.0.0.1", "[::1]", f"x.{host}", "",
        "login.salesforce.com.evil.example", "log\u0131n.salesforce.com", "аcme.my.salesforce.com")] + [
        f"http://{host}{path}", f"HTTPS://{host}{path}", f"//{host}{path}", f"https:{host}{path}", f"https:/{host}{path}",
        f"https:///{host}{path}", f"{host}{path}", "javascript:alert(1)", f"https://{host}\\{path}",
        f"ftp://{host}{path}", f"\thttps://{host}{path}"]


@mutation(("poll", "refresh"), 6)
def foreign_url(m):
    if m.rng.random() < 0.5:
        put(m, "instance_url", raw(m.rng.choice(urls(m))))
    else:
        put(m, "id", raw(m.rng.choice(urls(m, f"/id/{ORG}/{USER}"))))
    return "other" if m.kind == "poll" else "open"


@mutation(("start",), 6)
def foreign_page(m):
    url = m.rng.choice(urls(m, "/setup/connect"))
    put(m, "verification_uri", raw(url))
    # Behind "#" is no host any more.
    return "open" if url.startswith(m.case.truth.base + "#") else "other"


@mutation(("start",), 5)
def odd_code(m):
    put(m, "user_code", raw(m.rng.choice(
        ["", "A", "abcdefgh", "ABCD\nEFGH", "\x1b]0;x\x07ABCD", "ABCD EFGH", "A" * 33, "A" * 5000,
         "\u0410BCDEFGH", "ABCD\u202eEFGH", "ABCD%sEFGH", "{uri}", "ABCD'EFGH"])))
    return "other"


@mutation(("start",), 4)
def odd_interval(m):
    key, value = m.rng.choice([("interval", b"0"), ("interval", b"-5"), ("interval", b"121"), ("interval", b"1.5"),
                               ("interval", b'"one"'), ("interval", b"1e99"), ("expires_in", b"0"),
                               ("expires_in", b'"-1"'), ("expires_in", b"1e30"), ("interval", b"[1]")])
    put(m, key, value)
    return "other"


@mutation(("poll", "refresh"), 6)
def odd_id(m):
    base = "https://login.salesforce.com"
    bad = [f"{base}/id/{OTHER_ORG}/{USER}", f"{base}/id/{ORG}/{OTHER_USER}", f"{base}/id/{ORG[:17]}X/{USER}",
           f"{base}/id/{ORG}/{USER}/", f"{base}/id/{ORG}/{USER}/x", f"{base}/id/{ORG}", f"{base}/id//{USER}",
           f"{base}/id/../id/{ORG}/{USER}", f"{base}//id/{ORG}/{USER}", f"{base}/ID/{ORG}/{USER}",
           f"{base}/id/{ORG}/{USER}#x", f"{base}/id/{USER}/{ORG}", f"{base}/id/{ORG.lower()}/{USER}",
           f"{base}/id/{ORG}/{USER}%00", f"{base}/id/{ORG}/{USER} ", f"{base}/x?/id/{ORG}/{USER}"]
    good = [f"{base}/id/{ORG[:15]}/{USER[:15]}", f"{m.case.truth.base}/id/{ORG}/{USER}",
            f"https://test.salesforce.com/id/{ORG}/{USER}", f"{base}/id/{ORG}/{USER}?x=1"]
    is_good = m.rng.random() < 0.25
    put(m, "id", raw(m.rng.choice(good if is_good else bad)))
    return "same" if is_good else "other" if m.kind == "poll" else "open"


@mutation(("identity",), 8)
def somebody_else(m):
    key, value = m.rng.choice(
        [("user_id", OTHER_USER), ("user_id", USER[:17] + "A"), ("user_id", USER.lower()), ("user_id", USER + " "),
         ("user_id", "0055F00000EFGHI"), ("organization_id", OTHER_ORG), ("organization_id", ORG[:14]),
         ("organization_id", ORG + "A"), ("active", False), ("active", "true"), ("active", 1), ("active", None),
         ("asserted_user", False), ("asserted_user", "true"), ("asserted_user", [True]), ("user_type", "Standard"),
         ("user_type", "GUEST"), ("user_type", ""), ("user_type", "STANDARD "), ("user_type", ["STANDARD"]),
         ("username", "kim@acme.example"), ("username", "ada@acme.example.evil"), ("username", "ada"),
         ("username", "ada@acme.example "), ("username", " ada@acme.example"), ("username", "\u0430da@acme.example"),
         ("username", "ada@acme.exam\u0440le"), ("username", "ada@acme.example\u200b"), ("username", "x" * 129),
         ("username", "ada@acme.example\n"), ("username", ["ada@acme.example"]), ("username", "{user}@acme.example"),
         ("custom_permissions", []), ("custom_permissions", {f"P{i}": True for i in range(65)}),
         ("custom_permissions", {"x" * 129: True}), ("custom_permissions", {"a\nb": True})])
    put(m, key, raw(value))
    return "other"


@mutation(("identity", "userinfo", "poll"), 3)
def same_person(m):
    rows = {"identity": [("username", b'"ADA@Acme.Example"'), ("user_id", raw(USER[:15])), ("email", b"null"),
                         ("organization_id", raw(ORG[:15])), ("custom_permissions", b"{}"),
                         ("custom_permissions", b"null"), ("display_name", raw("\U0001f600" * 50))],
            "userinfo": [("is_salesforce_integration_user", b"null"), ("user_id", raw(USER[:15])),
                         ("organization_id", b"null"), ("sub", b"[]")],
            "poll": [("scope", b"null"), ("token_type", b'"bearer"'), ("issued_at", b"1790000000000"),
                     ("sfdc_community_id", b"null"), ("sfdc_community_url", b'""'), ("id_token", b'"eyJ"'),
                     ("instance_url", raw(m.case.truth.base + "/"))]}
    put(m, *m.rng.choice(rows[m.kind]))
    return "same"


@mutation(("userinfo",), 3)
def userinfo_of_another(m):
    put(m, "user_id", m.rng.choice([raw(OTHER_USER), b"null", b'""', raw(ORG), raw([USER])]))
    return "other"


@mutation(("userinfo",), 4)
def integration_user(m):
    put(m, "is_salesforce_integration_user", m.rng.choice([b"true", b'"false"', b"0", b"[]", b"{}", b'""']))
    return "other"


@mutation(("poll", "refresh"), 8)
def odd_token(m):
    rest = word(m.rng, 90)
    m.case.truth.secrets.add(rest)
    fine = m.kind == "refresh"
    value, verdict = m.rng.choice(
        [(f"{OTHER_ORG[:15]}!{rest}", "open" if fine else "other"), (f"{ORG[:15]}! {rest}", "other"),
         (f"{ORG[:15]}!{rest}\n", "other"), (f"{ORG[:15]}!{rest}\r\nX-Evil: 1", "other"), ("", "other"),
         (f"{ORG[:15]}!{rest}\u00e9", "other"), (f"{ORG[:15]}!{rest}" + "x" * 8192, "other"),
         (f"{ORG[:15]}!{rest}" + "x" * 8000, "same"), (rest, "same"), (f"{ORG[:15]}!{rest}\x7f", "other"),
         ([rest], "other"), ({"access_token": rest}, "other"), (f"{ORG}!{rest}", "open"),
         (f"{ORG[:15]}!{rest}&x=%00", "same")])
    put(m, "access_token", raw(value))
    return verdict


@mutation(("poll", "refresh"), 5)
def odd_extras(m):
    key, value = m.rng.choice(
        [("token_type", b'"MAC"'), ("token_type", b"1"), ("token_type", b'"Bearer "'), ("token_type", b'["Bearer"]'),
         ("issued_at", b'"soon"'), ("issued_at", b"-1"), ("issued_at", b"1e300"), ("issued_at", b'"99999999999999999999"'),
         ("expires_in", b"-1"), ("expires_in", b'"never"'), ("scope", raw("a\nb")), ("scope", raw("\u00e9t\u00e9")),
         ("scope", raw("x" * 512)), ("scope", raw("a\\b")), ("refresh_token", b"true"), ("refresh_token", raw("x" * 2049)),
         ("sfdc_community_id", b'"0DB5f0000008OIA"'), ("sfdc_community_url", b'"https://x"'),
         ("sfdc_community_id", b"false"), ("scope", b"[]"), ("scope", raw("\x00")), ("scope", raw("\u202e"))])
    put(m, key, value)
    return "open"
