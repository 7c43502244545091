"""TLS for hostile.py: certificates of every kind, and servers that are none."""
import os
import ssl
import subprocess

RAW = {
    "plain": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "garbage": bytes(range(256)) * 40,
    "shut": b"",
    "alert": b"\x15\x03\x03\x00\x02\x02\x28",
    "half-hello": b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + b"\x11" * 40,
    "huge-record": b"\x16\x03\x03\xff\xff" + b"\x02" * 70000,
    "stalled": None,
}


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdin=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make(where, hosts):
    """A CA in where/ca.pem and X.pem with X.key for everything below."""
    names = ",".join(f"DNS:{h}" for h in hosts)
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    os.makedirs(where, exist_ok=True)
    # openssl x509 refuses to sign for the past; its own ca command does not.
    config = (f"[ca]\ndefault_ca=c\n[c]\ndatabase={where}/index\nnew_certs_dir={where}\nrand_serial=yes\n"
              "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n")
    for name, text in (("ca.cnf", config), ("index", "")):
        with open(f"{where}/{name}", "w", encoding="ascii") as file:
            file.write(text)
    for ca in ("ca", "other-root"):
        openssl("req", "-x509", *ec, "-keyout", f"{where}/{ca}.key", "-out", f"{where}/{ca}.pem", "-days", "3",
                "-subj", "/CN=sfoauth hostile CA", "-addext", "basicConstraints=critical,CA:TRUE")

    def leaf(stem, san, ca="ca", subject="/CN=server", more="", until="20400101000000Z", new=ec):
        with open(f"{where}/ext", "w", encoding="latin-1") as file:
            file.write((f"subjectAltName={san}\n" if san else "") + "basicConstraints=critical,CA:FALSE\n" + more)
        openssl("req", "-new", *new, "-keyout", f"{where}/{stem}.key", "-out", f"{where}/csr", "-subj", subject,
                "-multivalue-rdn", "-utf8")
        openssl("ca", "-batch", "-config", f"{where}/ca.cnf", "-cert", f"{where}/{ca}.pem", "-keyfile",
                f"{where}/{ca}.key", "-startdate", "20200101000000Z", "-enddate", until, "-notext", "-extfile",
                f"{where}/ext", "-in", f"{where}/csr", "-out", f"{where}/{stem}.pem")

    leaf("good", names)
    leaf("wildcard", "DNS:*.my.salesforce.com")
    leaf("too-wide", "DNS:*.salesforce.com,DNS:*.com,DNS:*")
    leaf("wrong-name", "DNS:evil.my.salesforce.com,IP:127.0.0.1", subject=f"/CN={hosts[0]}")
    leaf("cn-only", "", subject="/CN=\x1b[31mevil\u202e.example")
    leaf("odd-name", "DNS:" + "%s%n" * 40, subject="/CN=" + "x" * 64)
    # As in the certificates of 2009: the name goes on after a NUL.
    leaf("nul-name", "DER:" + nul_name(hosts[0]))
    leaf("expired", names, until="20210101000000Z")
    leaf("other-ca", names, ca="other-root")
    leaf("not-server", names, more="extendedKeyUsage=critical,clientAuth\n")
    leaf("weak-key", names, new=("-newkey", "rsa:1024", "-nodes"))
    openssl("req", "-x509", *ec, "-keyout", f"{where}/self-signed.key", "-out", f"{where}/self-signed.pem",
            "-days", "3", "-subj", "/CN=sfoauth hostile CA", "-addext", f"subjectAltName={names}")
    for name in os.listdir(where):
        os.chmod(f"{where}/{name}", 0o644)


def nul_name(host):
    name = host.encode() + b"\0.evil.example"
    value = b"\x82" + bytes([len(name)]) + name
    return ":".join(f"{b:02x}" for b in b"\x30" + bytes([len(value)]) + value)


def contexts(where):
    """name -> SSLContext; names in RAW and "after" are servers of another kind."""
    found = {}
    stems = {"after": "good", "tls12": "good", "tls13": "good", "tls11": "good", "asks-client": "good",
             "needs-client": "good", "h2": "good", "other-name-chain": "wrong-name"}
    for name in list(stems) + ["good", "wildcard", "too-wide", "wrong-name", "cn-only", "odd-name", "nul-name",
                               "expired", "other-ca", "not-server", "weak-key", "self-signed"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if name in ("weak-key", "tls11"):
            context.set_ciphers("ALL:@SECLEVEL=0")
        stem = f"{where}/{stems.get(name, name)}"
        context.load_cert_chain(stem + ".pem", stem + ".key")
        if name in ("tls12", "tls11"):
            context.maximum_version = ssl.TLSVersion.TLSv1_1 if name == "tls11" else ssl.TLSVersion.TLSv1_2
        if name == "tls11":
            context.minimum_version = ssl.TLSVersion.TLSv1
        if name == "tls13":
            context.minimum_version = ssl.TLSVersion.TLSv1_3
        if name.endswith("-client"):
            context.load_verify_locations(f"{where}/ca.pem")
            context.verify_mode = ssl.CERT_REQUIRED if name == "needs-client" else ssl.CERT_OPTIONAL
        if name == "h2":
            context.set_alpn_protocols(["h2", "http/1.1"])
        found[name] = context
    return found
