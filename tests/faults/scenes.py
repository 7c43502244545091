"""What ada does while something fails: each scene puts her tokens in place, names one command and
the programs in it, and judges what the command said and left."""
import os

import world as w

PATH = "/services/data/v60.0/"
REQUEST = "protocol=https\nhost=acme.my.salesforce.com\n"
FRONT = "/usr/local/bin/git-credential-sfoauth"
SFOAUTH = "/usr/local/bin/sfoauth"


def output(outcome, wanted):
    """Whole or nothing."""
    if outcome.out == wanted:
        return []
    if outcome.out == "" and outcome.status != 0:
        return []
    return [f"status {outcome.status} with the output {outcome.out[:80]!r}"]


class Scene:
    """One command. `is_lost` is set by judge where a refresh token has gone."""

    name = ""
    argv = ()
    data = b""
    programs = ("sfoauth",)
    also = ()  # how it may end besides, whatever failed

    def __init__(self):
        self.is_lost = False
        self.before = {}

    def prepare(self):
        w.clear_items()
        w.clear_keys()

    def fault(self, program, calls, n, how):
        return w.at(program, calls, n, how, list(self.argv), self.data)

    def judge(self, outcome, left):
        raise NotImplementedError

    def put(self, text, hot=False):
        w.put_item(text)
        self.before = w.parse(text)
        w.SPENT.update(self.before.get(k, "") for k in ("access_token", "refresh_token"))
        if hot:
            bare = "".join(x + "\n" for x in text.splitlines() if not x.startswith("refresh_"))
            w.put_hot(bare)

    def refresh_token_stays(self, left):
        """One item, whole, with the refresh token from before."""
        item = left.item()
        if item is None:
            return ["the item is gone"]
        if item.get("refresh_token") != self.before["refresh_token"]:
            return ["the refresh token has changed"]
        return []


class Token(Scene):
    name = "a token from the desktop keyring"
    argv = (SFOAUTH, "token")
    programs = ("sfoauth", "sfoauth-keyring")

    def prepare(self):
        super().prepare()
        self.put(w.record())

    def judge(self, outcome, left):
        return output(outcome, self.before["access_token"] + "\n") + self.refresh_token_stays(left)


class Refresh(Scene):
    name = "a refresh with rotation"
    argv = (SFOAUTH, "token")
    programs = ("sfoauth", "sfoauth-worker", "sfoauth-keyring", "tree")

    def prepare(self):
        super().prepare()
        self.put(w.record(life_s=-60))

    def printed(self, outcome):
        """The access token of the output, "" if there is none."""
        return outcome.out.rstrip("\n")

    def judge(self, outcome, left):
        if left.item() is None:
            return ["the item is gone"]
        item = left.newest()
        if "refresh_token" not in item:
            return ["the item has lost its refresh token"]
        self.is_lost = not left.known.get(item["refresh_token"], False)
        out = self.printed(outcome)
        if outcome.status == 0 and not left.known.get(out, False):
            return [f"status 0 with the output {out[:80]!r}"]
        # Killed behind the answer.
        if out and not (outcome.out[-1] == "\n" and left.known.get(out, False)):
            return [f"status {outcome.status} with the output {out[:80]!r}"]
        return []


class Git(Scene):
    def ask(self, token, operation):
        self.argv = (FRONT, operation)
        words = f"username={w.USER}\npassword={token['access_token']}\n"
        self.data = (REQUEST + words * (operation != "get") + "\n").encode()


class GitGet(Git):
    name = "git's get, from the desktop keyring"
    programs = ("git-credential-sfoauth", "sfoauth", "sfoauth-keyring")
    has_hot = False

    def prepare(self):
        super().prepare()
        self.put(w.record(), hot=self.has_hot)
        self.ask(self.before, "get")

    def judge(self, outcome, left):
        wrong = self.refresh_token_stays(left)
        if outcome.out == "":
            return wrong + ["silence, as if the host were not ours"] * (outcome.status == 0)
        rows = dict(line.split("=", 1) for line in outcome.out.splitlines() if "=" in line)
        if rows.get("password") != self.before["access_token"] or outcome.out[-1] != "\n":
            wrong.append(f"git is given {outcome.out[:80]!r}")
        return wrong


class GitRefresh(Refresh):
    name = "git's get, by a refresh with rotation"
    argv = (FRONT, "get")
    data = (REQUEST + "\n").encode()
    programs = ("git-credential-sfoauth", "sfoauth", "tree")

    def printed(self, outcome):
        found = [x for x in outcome.out.splitlines() if x.startswith("password=")]
        return found[0].split("=", 1)[1] if found else outcome.out


class GitGetHot(GitGet):
    name = "git's get, from the kernel"
    programs = ("git-credential-sfoauth",)
    has_hot = True


class GitStore(Git):
    name = "git's store"
    programs = ("git-credential-sfoauth", "sfoauth", "sfoauth-keyring")

    def prepare(self):
        super().prepare()
        text = w.record(refresh=False)
        self.before = w.parse(text)
        w.put_hot(text)
        self.ask(self.before, "store")

    def judge(self, outcome, left):
        item = left.item()
        if left.items and (item is None or item["access_token"] != self.before["access_token"]):
            return ["what was stored is not the token"]
        return output(outcome, "")


class GitErase(Git):
    name = "git's erase"
    programs = ("git-credential-sfoauth", "sfoauth", "sfoauth-keyring")

    def prepare(self):
        super().prepare()
        self.put(w.record(), hot=True)
        self.ask(self.before, "erase")

    def judge(self, outcome, left):
        return output(outcome, "") + self.refresh_token_stays(left)


class Api(Scene):
    name = "a GET"
    argv = (SFOAUTH, "api", PATH)
    programs = ("sfoauth", "sfoauth-worker")

    def prepare(self):
        super().prepare()
        self.put(w.record(), hot=True)

    def judge(self, outcome, left):
        wrong = self.refresh_token_stays(left)
        if outcome.status == 0 and not outcome.out.rstrip().endswith(("}", "]")):
            wrong.append(f"status 0 with the body {outcome.out[-80:]!r}")
        return wrong


class Status(Scene):
    name = "status"
    argv = (SFOAUTH, "status", "--json")
    programs = ("sfoauth", "sfoauth-keyring")

    def prepare(self):
        super().prepare()
        self.put(w.record(), hot=True)

    def judge(self, outcome, left):
        return self.refresh_token_stays(left)


class Logout(Scene):
    name = "a sign-out"
    also = ("NOT_REVOKED",)  # erased, and said that it is not revoked
    argv = (SFOAUTH, "logout")
    programs = ("sfoauth", "sfoauth-worker", "sfoauth-keyring")

    def prepare(self):
        super().prepare()
        self.put(w.record(), hot=True)

    def judge(self, outcome, left):
        is_live = left.known[self.before["refresh_token"]]
        if outcome.status == 0 and (left.items or left.keys or is_live):
            return ["signed out, and something is left"]
        if not left.items and is_live and outcome.status in (0, 137):
            return ["erased before it was revoked"]
        return []


class Login(Scene):
    name = "a sign-in"
    argv = (SFOAUTH, "login")
    programs = ("sfoauth", "sfoauth-worker", "sfoauth-keyring")

    def prepare(self):
        super().prepare()
        self.live = {r["token"] for r in w.fake("tokens") if r["live"] and r["kind"] == "refresh"}
        w.fake("set", "auto_approve=ada")

    def judge(self, outcome, left):
        item = left.item()
        is_told = "could not be stored in the desktop keyring" in outcome.err
        if outcome.status == 0 and item is None and not (is_told and left.keys):
            return ["signed in, and nothing is stored"]
        item = left.newest()
        if item is not None and not left.known.get(item.get("refresh_token"), False):
            return ["what is stored does not work"]
        rows = w.fake("tokens")
        new = {r["token"] for r in rows if r["live"] and r["kind"] == "refresh"} - self.live
        # Issued, and neither stored nor given back.
        self.is_lost = bool(new - {item["refresh_token"] if item else ""})
        return []


class Keep(Scene):
    name = "what an ssh login leaves, over an older one"
    also = (None,)  # it says nothing; status 1
    programs = ("sfoauth-keep",)

    def prepare(self):
        super().prepare()
        self.put(w.record(), hot=True)
        self.new = w.record(refresh=False)

    def fault(self, program, calls, n, how):
        return w.at(program, calls, n, how, [w.LIBEXEC + "sfoauth-keep"], record=self.new)

    def judge(self, outcome, left):
        got = w.ADA.run([FRONT, "get"], (REQUEST + "\n").encode()).stdout.decode()
        tokens = [self.before["access_token"], w.parse(self.new)["access_token"]]
        wanted = tokens if outcome.status != 0 else tokens[1:]
        if not any(f"password={token}\n" in got for token in wanted):
            return [f"status {outcome.status}, and git gets {got[:80]!r}"]
        return self.refresh_token_stays(left)


class Handoff(Scene):
    """Root's: a login through PAM, from the first prompt to the open session."""

    name = "the hand-off of a login"
    argv = ("/usr/bin/pamtester", "sshd", "ada", "authenticate", "setcred(PAM_ESTABLISH_CRED)")
    argv += ("open_session",)
    programs = ("sfoauth-worker", "sfoauth-keep", "pamtester")
    records = "/run/sfoauth/handoff"

    def prepare(self):
        super().prepare()
        w.fake("set", "auto_approve=ada")
        for name in self.names():
            os.unlink(f"{self.records}/{name}")

    def names(self):
        return os.listdir(self.records) if os.path.isdir(self.records) else []

    def fault(self, program, calls, n, how):
        self.attacked = program
        return w.at(program, calls, n, how, list(self.argv), b"\n\n\n", uid=0)

    def judge(self, outcome, left):
        names, wrong = self.names(), []
        tokens = [w.parse(text) for name, _, text, _ in left.keys if ":token:" in name]
        works = any(left.known.get(token["access_token"]) for token in tokens if token)
        # Only where the host itself dies is there nobody to clear up: the next login does, later.
        if len(names) > (self.attacked == "pamtester"):
            wrong.append(f"records are left: {names}")
        if self.attacked == "sfoauth-keep" and outcome.status != 0:
            wrong.append(f"the session does not open: {outcome.err[:200]!r}")
        if self.attacked == "sfoauth-worker" and outcome.hit and outcome.status == 0 and not works:
            wrong.append("let in without a token, by a worker that was killed")
        if not outcome.hit and not works:
            wrong.append("nothing was kept")
        return wrong


ALL = (Token, Refresh, GitRefresh, GitGet, GitGetHot, GitStore, GitErase, Api, Status, Logout, Login, Keep)
ALL += (Handoff,)
