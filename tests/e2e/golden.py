#!/usr/bin/python3
"""Drive the fake to an error, run sfoauth, and write down what it said: golden/*.txt once more.

  golden.py CONTROL HOMES RECORD OUTPUT FILE...

A file of golden/ begins with lines "# ..."; then each case:
    == TITLE
    -- KEY=VALUE...            what the fake is told (tests/fake/faults.py); callback=QUERY is pasted
    ROW: exit N, retry yes|no[, after S s]; keeps STORES
    words on standard error, from the first that begins with "sfoauth: "
The name of the file says what is run, and on what: see LANES. What happened goes to OUTPUT/FILE in
the same form. Files of one user run one after the other, users at the same time. RECORD is ada's
stored sign-in, HOMES where the homes are.
"""
import fcntl
import json
import os
import pty
import re
import shlex
import subprocess
import sys
import termios
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fake"))
import control  # noqa: E402

HOMES = sys.argv[2]
ORIGIN = "https://acme.my.salesforce.com:443"
KEEP = "/usr/local/libexec/sfoauth/sfoauth-keep"
API = ["api", "/services/data/v60.0/query?q=SELECT+Id+FROM+User"]

# File: who runs it (scripts are of kinds that no other user's requests have), what, and what is
# stored before: nothing, an access token in the kernel, or in the keyring one that is over with a
# refresh token that is not.
BY_CODE = ["login", "--flow=device"]
BY_PASSWORD = ["login", "--flow=password", "--username=ada@acme.example", "--password-stdin"]
BY_PASTE = ["login", "--flow=paste"]
CALLBACK = "http://localhost:1717/OauthRedirect"
LANES = {
    "start.txt": ("kim", BY_CODE, "nothing"),
    "poll.txt": ("kim", BY_CODE, "nothing"),
    "identity.txt": ("kim", BY_CODE, "nothing"),
    # kim's refused sign-ins revoke as well, so kim signs out too.
    "logout.txt": ("kim", ["logout"], "kernel"),
    "api.txt": ("ina", API, "kernel"),
    "whoami.txt": ("kim", ["whoami"], "kernel"),
    "refresh.txt": ("ada", ["token"], "keyring"),
    "password.txt": ("bot", BY_PASSWORD, "nothing"),
    "paste.txt": ("sue", BY_PASTE, "nothing"),
    "client.txt": ("zoe", ["login", "--org=client"], "nothing"),
    "jwt.txt": ("zoe", ["login", "--org=jwt"], "nothing"),
}


def as_user(user, argv):
    """-> what Popen takes for the user, with the environment of a session; ada has a desktop."""
    home = f"{HOMES}/{user}"
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "USER": user, "LOGNAME": user}
    env.update({"LANG": "C.UTF-8", "TERM": "dumb"})
    uid = subprocess.check_output(["id", "-u", user], text=True).strip()
    if user == "ada":
        env["XDG_RUNTIME_DIR"] = f"/run/user/{uid}"
    argv = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *argv]
    return {"args": argv, "env": env, "cwd": home, "text": True}


def run(user, argv, text=""):
    return subprocess.run(input=text, capture_output=True, check=False, **as_user(user, argv))


def paste(user, argv, query):
    """At a terminal of its own, where the callback is pasted that the address shown leads to."""
    here, there = pty.openpty()
    with subprocess.Popen(
        stdin=there,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        **as_user(user, argv),
    ) as process:
        os.close(there)
        seen, state = "", None
        while not state:
            seen += os.read(here, 4096).decode()
            state = re.search(r"[?&]state=([A-Za-z0-9_-]{43})&", seen)
        line = f"{CALLBACK}?{query}&state={state[1]}\n" if query else "no address\n" * 9
        os.write(here, line.encode())
        out, err = process.communicate(timeout=30)
    os.close(here)
    return subprocess.CompletedProcess(argv, process.returncode, out, err)


def store(user, what, record):
    """Begin with what is stored before."""
    run(user, ["keyctl", "clear", "@u"])
    # A pause that the case before was asked for (49-retry-after.sh).
    run(user, ["sh", "-c", "rm -f .local/state/sfoauth/*.later"])
    if what == "kernel":
        lines = [x for x in record.splitlines(True) if not x.startswith("refresh_token=")]
        made = run(user, ["sh", "-c", f"exec {KEEP} 4<&0"], "".join(lines))
        assert made.returncode == 0, "no token in the kernel"
    if what == "keyring":
        lines = [
            "expires_at=1\n" if x.startswith("expires_at=") else x for x in record.splitlines(True)
        ]
        words = ["secret-tool", "store", "--label=test", "application", "sfoauth"]
        app = next(x.removeprefix("app=").strip() for x in lines if x.startswith("app="))
        words += ["origin", ORIGIN, "app", app, "user", "ada@acme.example"]
        made = run(user, words, "".join(lines))
        assert made.returncode == 0, made.stderr


def kept(user):
    """What is stored afterwards."""
    orgs = json.loads(run(user, ["sfoauth", "status", "--json"]).stdout)["orgs"]
    rows = orgs[0].get("tokens", [])
    names = [r["store"] + (" with refresh token" if r["has_refresh_token"] else "") for r in rows]
    return " and ".join(names) or "nothing"


def told(done):
    """The failure's words, and what JSON says of it where that is not the same."""
    out = json.loads(done.stdout.splitlines()[-1])
    if done.returncode == 0:
        return "done: exit 0", "", []
    at = done.stderr.find("sfoauth: ")
    words = done.stderr[at:] if at >= 0 else done.stderr
    line = f"{out['row'] or 'no row'}: exit {done.returncode}, retry {'yes' if out['retry'] else 'no'}"
    if "retry_after" in out:
        line += f", after {out['retry_after']} s"
    flaws = []
    if out["exit"] != done.returncode or out["status"] != "error":
        flaws.append("another exit status in JSON")
    if not words.startswith(f"sfoauth: {out['message']}\n"):
        flaws.append("another message in JSON")
    if (out["setup"] or "nothing in Setup") not in words and out["setup"] is not None:
        flaws.append("another setup in JSON")
    return line, words, flaws


def one(where, lane, words, record):
    user, argv, before = lane
    store(user, before, record)
    script = control.pairs(shlex.split(words))
    query = script.pop("callback", None)
    if script:
        control.call(where, "POST", "/script", script)
    command = ["sfoauth", *argv, "--json"]
    if query is None:
        done = run(user, command, "pass-ada\n" if argv == BY_PASSWORD else "")
    else:
        done = paste(user, command, query)
    line, said, flaws = told(done)
    # A line that is cut: what the TLS library has to say of it is its own, and of its version.
    said = re.sub(r"OpenSSL SSL_read: .*unexpected eof while reading[^)]*", "Empty reply from server", said)
    text = f"{line}; keeps {kept(user)}\n{said}"
    return text + "".join(f"({flaw})\n" for flaw in flaws)


def cases(path):
    """-> head of the file, [(title, words)]"""
    head, rows = "", []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("# "):
                head += line
            elif line.startswith("== "):
                rows.append([line[3:-1], ""])
            elif line.startswith("-- "):
                rows[-1][1] = line[3:-1]
    return head, rows


def run_files(where, record, output, paths):
    for path in paths:
        name = os.path.basename(path)
        head, rows = cases(path)
        with open(os.path.join(output, name), "w", encoding="utf-8") as file:
            file.write(head)
            for title, words in rows:
                try:
                    got = one(where, LANES[name], words, record)
                except (AssertionError, ValueError, KeyError, IndexError, control.Refused) as error:
                    got = f"no failure that can be read: {error!r}\n"
                file.write(f"== {title}\n" + (f"-- {words}\n" if words else "") + got)
                file.flush()


def main():
    where, _, record_path, output, *paths = sys.argv[1:]
    with open(record_path, encoding="utf-8") as file:
        record = file.read()
    by_user = {}
    for path in paths:
        by_user.setdefault(LANES[os.path.basename(path)][0], []).append(path)
    threads = [
        threading.Thread(target=run_files, args=(where, record, output, mine))
        for mine in by_user.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
