"""RS256 with an RSA key from make-ca.sh's signing.der (PKCS#1), in a few lines: id_token and
/id/keys."""
import base64
import hashlib
import json
import subprocess

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
KID = "188"


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def integers(der):
    """The integers of a PKCS#1 RSAPrivateKey: version, n, e, d, ..."""

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
    tail = SHA256_PREFIX + hashlib.sha256(text.encode()).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
    return text + "." + b64(pow(int.from_bytes(padded, "big"), d, n).to_bytes(size, "big"))
