"""ada's tokens, as a test of faults sees them: put them in place, run one command with one fault in
one of its programs, look at what is left. Used inside the house of tests/e2e."""
import ctypes
import fcntl
import glob
import json
import os
import re
import secrets
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fake"))
import control  # noqa: E402

W = "/run/e2e"
LIBEXEC = "/usr/local/libexec/sfoauth/"
ORIGIN = "https://acme.my.salesforce.com:443"
APP = "3MVG9acme.Local_App"  # client_id of lib.sh
USER = "ada@acme.example"
LIMIT_S = 40  # a refresh has 30 seconds, and 3 to say that they are over
PROGRAMS = ["sfoauth", "git-credential-sfoauth"]
PROGRAMS += ["sfoauth-worker", "sfoauth-keyring", "sfoauth-keep"]
KEYS = (
    "origin also app org_id user_id username scope issued_at_ms expires_at generation"
    " access_token refresh_token"
)
LINE = re.compile(r"^(%s)=\S[^\n]*$" % "|".join(KEYS.split()))
LIBC = ctypes.CDLL(None, use_errno=True)


def sentences():
    """name in err.def -> (exit status, sentence); and the one of a sign-out"""
    text = open(os.path.join(HERE, "../../common/base/err.def"), encoding="utf-8").read()
    row = re.compile(r'SF_ERR\((\w+),\s*"\w+",\s*\w+,\s*(\d+),\s*\w+,\s*"([^"]*)"\)')
    out = {name: (int(code), words) for name, code, words in row.findall(text)}
    text = open(os.path.join(HERE, "../../credhelper/cli/ui/advice.def"), encoding="utf-8").read()
    out["NOT_REVOKED"] = (5, re.search(r'SF_ADVICE\(not_revoked, "([^"]*)"', text)[1])
    return out


def calls_of_system():
    """name -> number, of this machine"""
    ask = ["cc", "-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"]
    text = subprocess.run(ask, check=True, capture_output=True, text=True).stdout
    return {n: int(v) for n, v in re.findall(r"#define __NR_(\w+) (\d+)\n", text)}


ERRORS = sentences()
CALLS = calls_of_system()
CALL_NAMES = {number: name for name, number in CALLS.items()}


def fake(command, *words):
    control.AS_JSON = True
    return control.run(W + "/fake.sock", command, list(words))


class Ada:
    """Her account, desktop and environment."""

    def __init__(self):
        rows = [line.split(":") for line in open("/etc/passwd", encoding="utf-8")]
        self.uid = next(int(row[2]) for row in rows if row[0] == "ada")
        self.home = W + "/home/ada"
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": self.home,
            "USER": "ada",
            "LOGNAME": "ada",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "XDG_RUNTIME_DIR": f"/run/user/{self.uid}",
        }

    def run(self, argv, data=b"", **more):
        """-> subprocess.CompletedProcess, as ada, with her bus"""
        return subprocess.run(
            argv, input=data, capture_output=True, check=False, user=self.uid, group=self.uid,
            extra_groups=[], env=self.environment, cwd=self.home, timeout=LIMIT_S, **more,
        )


ADA = Ada()


# ---- What is stored


def record(refresh=True, access=True, life_s=7000):
    """A token that the fake has just made, in stored form."""
    made = fake("mint", "user=ada", *([] if refresh else ["scopes=openid id api"]))
    now = int(time.time())
    user_id = made["id"].split("/")
    rows = [
        ("origin", ORIGIN), ("app", APP), ("org_id", user_id[-2]), ("user_id", user_id[-1]), ("username", USER),
        ("scope", "openid id api" + " refresh_token" * refresh),
        ("issued_at_ms", (now - 100) * 1000), ("expires_at", now + life_s),
        ("generation", secrets.token_hex(8)),
    ]  # fmt: skip
    if access:
        rows.append(("access_token", made["access_token"]))
    if refresh:
        rows.append(("refresh_token", made["refresh_token"]))
    return "sfoauth=1\n" + "".join(f"{k}={v}\n" for k, v in rows)


def parse(text):
    """Stored form -> dict, or None where any line is not whole."""
    lines = text.split("\n")
    if lines[0] != "sfoauth=1" or lines[-1] != "" or not all(map(LINE.match, lines[1:-1])):
        return None
    rows = dict(line.split("=", 1) for line in lines[1:-1])
    order = [k for k in KEYS.split() if k in rows]
    if [line.split("=")[0] for line in lines[1:-1]] != order or "generation" not in rows:
        return None
    return rows


def put_item(text):
    attributes = ["application", "sfoauth", "origin", ORIGIN, "app", APP, "user", USER]
    # Else a service would take ours for another item.
    attributes += ["xdg:schema", "com.github.sfoauth.Token"]
    ADA.run(["secret-tool", "store", "--label=test", *attributes], text.encode()).check_returncode()


def clear_items():
    ADA.run(["secret-tool", "clear", "application", "sfoauth"])


def items():
    """The secrets of all our items in her keyring."""
    found = ADA.run(["secret-tool", "search", "--all", "application", "sfoauth"])
    text = found.stdout.decode()
    return re.findall(r"^secret = (.*?)\n(?=created = )", text, re.M | re.S)


def _as_ada(job):
    """Run job() in a child with her uid; what it returns, by JSON."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(ADA.uid, ADA.uid, ADA.uid)
            os.setresuid(ADA.uid, ADA.uid, ADA.uid)
            os.write(write_end, json.dumps(job()).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def _keyctl(operation, *rest):
    words = [ctypes.c_long(w) if isinstance(w, int) else w for w in rest]
    return LIBC.syscall(ctypes.c_long(CALLS["keyctl"]), ctypes.c_long(operation), *words)


def _keys():
    out, ring = [], ctypes.create_string_buffer(4096)
    size = _keyctl(11, -4, ring, 4096)  # KEYCTL_READ of the user keyring
    for (serial,) in struct.iter_unpack("i", ring.raw[: max(size, 0)]):
        text, held = ctypes.create_string_buffer(4096), ctypes.create_string_buffer(65536)
        _keyctl(6, serial, text, 4096)  # KEYCTL_DESCRIBE: type;uid;gid;perm;name
        kind, _, _, permission, name = text.value.decode().split(";", 4)
        got = _keyctl(11, serial, held, 65536)
        if kind == "user" and name.startswith("sfoauth:"):
            out.append([name, permission, held.raw[: max(got, 0)].decode(), serial])
    return out


def keys():
    """[name, permission, payload, serial] of each of our keys in her user keyring."""
    return _as_ada(_keys)


def clear_keys():
    _as_ada(lambda: _keyctl(7, -4))


def put_hot(text):
    """As after an ssh login: by the program that does it."""
    done = at("none", "all", 1, "kill", [LIBEXEC + "sfoauth-keep"], record=text)
    if done.status != 0:
        raise RuntimeError(f"sfoauth-keep ends with {done.status}")


# ---- What must be true whatever happened


def running():
    """Our programs that are still there, of ada."""
    out = []
    for path in glob.glob("/proc/[0-9]*"):
        try:
            if os.stat(path).st_uid != ADA.uid and "sfoauth" not in os.readlink(path + "/exe"):
                continue
            name = os.path.basename(os.readlink(path + "/exe"))
        except OSError:
            continue
        if name in PROGRAMS:
            out.append(name)
    return out


def locks_held():
    held = []
    for path in glob.glob(ADA.home + "/.local/state/sfoauth/*.lock"):
        with open(path, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                held.append(path)
    return held


class Left:
    """What is stored after a run."""

    def __init__(self):
        self.items, self.keys = items(), keys()
        rows = fake("tokens")
        self.known = {row["token"]: row["live"] for row in rows}

    def item(self):
        return parse(self.items[0]) if len(self.items) == 1 else None

    def parked(self):
        """What waits in the kernel for the keyring, whole."""
        found = [payload for name, _, payload, _ in self.keys if name.startswith(PARKED)]
        return parse(found[0]) if len(found) == 1 else None

    def newest(self):
        """What the next call goes by."""
        return self.parked() or self.item()

    def wrongs(self):
        """Sentences about what may never be, whatever failed."""
        out = []
        if len(self.items) > 1:
            out.append(f"{len(self.items)} items for one sign-in")
        stored = [(text, parse(text)) for text in self.items]
        names = {name for name, _, _, _ in self.keys}
        for name, permission, payload, _ in self.keys:
            if permission != "3f0b0000":
                out.append(f"{name} has the permission {permission}")
            if name.startswith("sfoauth:token:"):
                stored.append((payload, parse(payload)))
                if "refresh_token=" in payload:
                    out.append("a refresh token in the kernel")
            elif name.startswith(PARKED):
                stored.append((payload, parse(payload)))
                if "refresh_token=" not in payload:
                    out.append("a parked token without a refresh token")
            elif payload not in names and not payload.startswith("sfoauth:token:"):
                out.append(f"{name} names {payload!r}")
        for text, token in stored:
            if token is None:
                out.append(f"a half-written token: {text[:60]!r}...")
                continue
            for kind in ("access_token", "refresh_token"):
                if kind in token and token[kind] not in self.known and token[kind] not in SPENT:
                    out.append(f"a stored {kind} that nobody issued")
        if presented() > 0:
            out.append("a spent refresh token was presented")
        out += [f"{name} is still running" for name in running()]
        out += [f"{path} is still locked" for path in locks_held()]
        return out


SPENT = set()  # refresh tokens that were good once
PARKED = "sfoauth:parked:"


def presented():
    """How often a spent refresh token came back to Salesforce: never by a program of ours."""
    return fake("counts")["spent_presented"]


def said_secret(*texts):
    """Is a secret that the fake gave or got in one of the texts?"""
    return any(len(s) > 7 and any(s in text for text in texts) for s in fake("secrets"))


# ---- One command with one fault


class Outcome:
    def __init__(self, status, out, err, calls=0, hit="", seconds=0.0):
        self.status, self.out, self.err = status, out, err
        self.calls, self.hit, self.seconds = calls, hit, seconds

    def reason(self):
        """The row of err.def that it ended with: "OK", a name, or None where there is none."""
        if self.status == 0:
            return "OK"
        for name, (status, words) in ERRORS.items():
            if status == self.status and words in self.err:
                return name
        return None


def at(program, calls, n, how, argv, data=b"", uid=ADA.uid, record=""):
    """argv as ada, with a fault: see at.c. calls: "all", or names with blanks between them. record:
    what stands on descriptor 4."""
    report = W + "/report"
    if os.path.exists(report):
        os.unlink(report)
    names = calls.split()
    numbers = ",".join(str(CALLS[c]) for c in names if c in CALLS) if calls != "all" else calls
    full = [W + "/at", report, str(uid), program, numbers, str(n), str(how), *argv]
    more = {}
    if record:
        handle = os.memfd_create("record")
        os.write(handle, record.encode())
        os.lseek(handle, 0, os.SEEK_SET)
        # In the shell's hands: what is above 9 may be our own.
        full = ["/bin/sh", "-c", f'exec 4<&{handle}; exec "$@"', "sh", *full]
        more = {"pass_fds": [handle]}
    started = time.monotonic()
    process = subprocess.Popen(
        full, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=ADA.environment, cwd=ADA.home, **more,
    )  # fmt: skip
    if record:
        os.close(handle)
    try:
        out, err = process.communicate(data, LIMIT_S)
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        status = "hangs"
    told = open(report, encoding="ascii").read() if os.path.exists(report) else "calls=0 hit=-1"
    count, hit = map(int, re.findall(r"-?\d+", told))
    return Outcome(
        status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), count,
        CALL_NAMES.get(hit, ""), time.monotonic() - started,
    )  # fmt: skip


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def result(self, name, wrongs):
        self.count += 1
        print(f"{'not ok' if wrongs else 'ok'} {self.count} - {name}")
        for line in wrongs[:20]:
            print(f"#   {line}")
        if len(wrongs) > 20:
            print(f"#   ... and {len(wrongs) - 20} more")
        self.failed += bool(wrongs)
        sys.stdout.flush()

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
