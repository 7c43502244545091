"""RS256 in a few lines: made with an RSA key from make-ca.sh's signing.der (PKCS#1) for id_token
and /id/keys, verified with what an app has registered for its assertions."""
import base64
import functools
import hashlib
import hmac
import json
import math
import ssl
import subprocess
import typing

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
KID = "188"


class PublicKey(typing.NamedTuple):
    n: int
    e: int
    until: float  # epoch seconds; where it came as a bare key, for ever


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def mac(secret, text):
    """The `signature` of a token answer (Salesforce help: remoteaccess_oauth_web_server_flow)."""
    return base64.b64encode(
        hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    ).decode()


def integers(der):
    """The integers of a PKCS#1 key: version, n, e, d, ... or, public, n, e."""

    def length(at):
        if der[at] < 0x80:
            return der[at], at + 1
        count = der[at] & 0x7F
        return int.from_bytes(der[at + 1 : at + 1 + count], "big"), at + 1 + count

    out, at = [], length(1)[1]
    while at < len(der):
        size, at = length(at + 1)
        out.append(int.from_bytes(der[at : at + size], "big"))
        at += size
    return out


def load(path):
    """(n, e, d); without the file a fresh key."""
    try:
        with open(path, "rb") as file:
            der = file.read()
    except FileNotFoundError:
        pem = subprocess.run(
            ["openssl", "genrsa", "-traditional", "2048"], check=True, capture_output=True
        ).stdout
        der = subprocess.run(
            ["openssl", "rsa", "-traditional", "-outform", "DER"],
            input=pem,
            check=True,
            capture_output=True,
        ).stdout
    return tuple(integers(der)[1:4])


def jwks(key, other):
    def entry(n, e, kid):
        return {
            "kty": "RSA",
            "n": b64(n.to_bytes((n.bit_length() + 7) // 8, "big")),
            "e": b64(e.to_bytes(3, "big")),
            "alg": "RS256",
            "use": "sig",
            "kid": kid,
        }

    return {"keys": [entry(other, 65537, "186"), entry(key[0], key[1], KID)]}


def jwt(key, claims):
    n, _, d = key
    size = (n.bit_length() + 7) // 8
    text = (
        b64(json.dumps({"alg": "RS256", "typ": "JWT", "kid": KID}).encode())
        + "."
        + b64(json.dumps(claims).encode())
    )
    signed = pow(int.from_bytes(padded(text, size), "big"), d, n)
    return text + "." + b64(signed.to_bytes(size, "big"))


def padded(text, size):
    """What is signed (RFC 8017, EMSA-PKCS1-v1_5)."""
    tail = SHA256_PREFIX + hashlib.sha256(text.encode()).digest()
    return b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail


def openssl(text, *words):
    done = subprocess.run(["openssl", *words], input=text, check=False, capture_output=True)
    if done.returncode != 0:
        raise ValueError(f"openssl {words[0]} does not take this PEM text")
    return done.stdout


@functools.lru_cache(maxsize=32)
def public_key(pem):
    """A certificate or a public key, as PEM text. Fails with ValueError."""
    text, until = pem.encode(), math.inf
    if "BEGIN CERTIFICATE" in pem:
        end = openssl(text, "x509", "-noout", "-enddate").decode().strip().partition("=")[2]
        until = ssl.cert_time_to_seconds(end)
        text = openssl(text, "x509", "-noout", "-pubkey")
    der = openssl(text, "rsa", "-pubin", "-RSAPublicKey_out", "-outform", "DER")
    return PublicKey(*integers(der), until)


def claims(text):
    """The claims of what may be a JWT with RS256, not yet verified; None if it is none."""
    try:
        head, body, _ = text.split(".")
        value = json.loads(unb64(body))
        return (
            value if json.loads(unb64(head))["alg"] == "RS256" and isinstance(value, dict) else None
        )
    except (ValueError, KeyError, TypeError):
        return None


def verify(key, text):
    head_and_body, _, signature = text.rpartition(".")
    try:
        raw = unb64(signature)
    except ValueError:
        return False
    size = (key.n.bit_length() + 7) // 8
    back = pow(int.from_bytes(raw, "big"), key.e, key.n).to_bytes(size, "big")
    return len(raw) == size and back == padded(head_and_body, size)
