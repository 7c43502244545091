"""One case of hostile.py: the plan of all answers, and the judgement of what came of them."""
import random
import re

import hostile_http  # fills the registry
from hostile_model import (JSON_KINDS, Answer, ORG, Truth, USER, USERNAME, allows_get,
                           allows_login, allows_refresh, allows_revoke, is_token_answer, parse)
from hostile_mutate import REGISTRY

FORMS = ("login", "login, nothing kept", "login by PAM", "refresh", "get", "revoke")
KINDS = {"login": ("start", "poll", "identity", "userinfo"),
         "login, nothing kept": ("poll", "identity", "revoke", "revoke", "revoke"),
         "login by PAM": ("start", "poll", "identity", "userinfo"),
         "refresh": ("refresh",), "get": ("get",), "revoke": ("revoke",)}
PLAN = FORMS[:1] * 6 + FORMS[1:2] * 2 + FORMS[2:3] * 2 + FORMS[3:4] * 3 + FORMS[4:5] * 2 + FORMS[5:]
# A server cannot make these true.
OURS = ("bug", "protocol", "worker", "system", "nomem", "sandbox", "store", "config", "usage")
# As sf_text_is_clean: what could forge a line or turn it round.
UNCLEAN = re.compile("[\\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
SHOWN = re.compile(r"Sign in with Salesforce \(acme\) ?\nas 'ada' on [\w.-]+\. ?\n.*", re.DOTALL)
REFUSED = re.compile(r"(?:[A-Z][\w .-]+\. ?\n)?Not let in\. Reference [2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\.")
assert hostile_http


NEEDS_JSON = [f for f, kinds, _ in REGISTRY if set(kinds) <= set(JSON_KINDS)]


class Mutation:
    """What a mutation may look at and change."""

    def __init__(self, case, kind):
        self.case, self.kind, self.rng = case, kind, case.rng
        self.answer = case.answers[kind]
        self.path = "/services/oauth2/" + kind


class Case:
    def __init__(self, seed, number, again=""):
        self.number = number
        self.rng = random.Random(f"{seed}/{number}")
        self.form = PLAN[number % len(PLAN)]
        self.rhost = f"hostile-{number}{again}"
        self.plan = random.Random(f"{seed}/{number}/plan")
        self.truth = self.answers = None
        self.tls, self.names, self.verdicts = {}, [], {}
        self.kind = self.rng.choice(KINDS[self.form])
        self.once = self.kind == "poll" and self.rng.random() < 0.3
        # Every 25th is not spoilt at all.
        self.count = 0 if number % 25 == 24 else self.rng.choice([1, 1, 1, 1, 2, 3])
        self.choices = [self.choose(i) for i in range(self.count)]
        self.is_slow = any(f.__name__ in ("drip", "stall", "tls_stalled", "odd_status", "old_version")
                           for _, f in self.choices)
        self.seen, self.served, self.faults, self.is_late = [], [], [], True
        self.out, self.record, self.body = {}, b"", b""
        self.is_yes, self.outcome = False, "?"
        self.title = f"{self.form.replace(', nothing kept', '').replace('login by PAM', 'PAM')} {self.kind}"

    def choose(self, index):
        kind = self.kind if index == 0 or self.rng.random() < 0.4 else self.rng.choice(KINDS[self.form])
        fitting = [(f, w) for f, kinds, w in REGISTRY if kind in kinds]
        function = self.rng.choices([f for f, _ in fitting], [w for _, w in fitting])[0]
        return kind, function

    def prepare(self, host):
        """All answers, now that it is known who is asked."""
        self.truth = Truth(self.plan, host)
        kinds = JSON_KINDS + ("revoke", "get")
        self.good = {k: Answer(k, self.truth) for k in kinds}
        self.answers = {k: Answer(k, self.truth) for k in kinds}
        for kind, function in self.choices:
            if self.answers[kind].pairs is None and function in NEEDS_JSON:
                continue  # it is no JSON any more
            self.names.append(f"{kind} {function.__name__}")
            self.verdicts.setdefault(kind, []).append(function(Mutation(self, kind)))

    def verdict(self):
        """What the whole must come to: same, other, open."""
        found = []
        for kind, verdicts in self.verdicts.items():
            one = verdicts[0] if len(verdicts) == 1 else "open"
            one = "other" if one == "slow" else "open" if one == "any" else one
            if kind == "poll" and self.once and one == "other":
                one = "open"
            if self.form == "login, nothing kept" and kind == "revoke":
                one = "same"  # the sign-in does not depend on it
            found.append(one)
        # The short life of slow cases may be over on a busy machine.
        is_open = "open" in found or self.is_slow
        return "other" if "other" in found else "open" if is_open else "same"

    def answer_for(self, kind):
        """The next answer to such a request."""
        before = sum(k == kind for k, _ in self.served)
        good = kind == "poll" and self.once and before > 0
        answer = (self.good if good else self.answers)[kind]
        self.served.append((kind, answer))
        return answer

    # ---- Judgement

    def fault(self, words):
        self.faults.append(words)
        self.is_late = False

    def late(self, words):
        """What a busy machine may bring about as well: counts if it is so again, alone."""
        self.faults.append(words)

    def judge(self, log):
        if self.faults:
            return
        if self.form == "login by PAM":
            self.judge_pam([line for line in log.splitlines() if f" rhost={self.rhost} " in line])
        else:
            self.judge_worker()
        allowed = self.model()
        wanted = self.verdict()
        if self.is_yes and wanted == "other":
            self.fault("a wrongful yes: the answers were spoilt")
        if self.is_yes and not allowed:
            self.fault("a wrongful yes: the answers do not say so")
        if not self.is_yes and wanted == "same":
            self.late("a wrongful no: the answers mean the truth")
        if any(not ok for ok in self.seen_hosts()):
            self.fault("a request went to another host")

    def seen_hosts(self):
        return [request.host == self.truth.host for request in self.seen]

    def model(self):
        last = {}
        for kind, answer in self.served:
            last[kind] = answer
        if self.form.startswith("login"):
            return allows_login(last, self.truth)
        if self.form == "refresh":
            return allows_refresh(last.get("refresh"), self.truth)
        if self.form == "revoke":
            return allows_revoke(last.get("revoke"))
        return allows_get(last.get("get"))

    def text(self, name):
        return bytes.fromhex(self.out.get(name, [""])[-1]).decode("utf-8", "surrogateescape")

    def look_for_secrets(self, where, text):
        for secret in self.truth.secrets:
            if any(secret[i : i + 16] in text for i in range(0, max(1, len(secret) - 15))):
                self.fault(f"a secret in {where}: {text!r}")
                return

    def judge_worker(self):
        err, rule = self.out.get("err", ["?"])[-1], self.out.get("rule", ["ok"])[-1]
        token = self.out.get("token", ["?"])[-1]
        self.is_yes = err == "ok" and rule == "ok"
        self.outcome = "yes" if self.is_yes else err if err != "ok" else "rule"
        if self.out.get("end") != ["exit 0"]:
            self.fault(f"the worker ended with {self.out.get('end')}")
        if int(self.out.get("left_ms", ["-99999"])[0]) < -1500:
            self.late("the worker ended after its deadline")
        if err in OURS and not (err == "usage" and self.form == "get"):
            self.fault(f"a server made it report {err}: {self.text('detail')}")
        if self.out.get("unlawful") != ["0"]:
            self.fault("the worker sent what it may not")
        if self.out.get("trapped", ["0"]) != ["0"]:
            self.fault(f"system call {int(self.out['trapped'][0]) - 1} was denied")
        for name in ("detail", "row", "said"):
            for value in self.out.get(name, []):
                text = bytes.fromhex(value).decode("utf-8", "surrogateescape")
                self.look_for_secrets(name, text)
                if UNCLEAN.search(text):
                    self.fault(f"unprintable {name}: {text!r}")
        self.judge_token(token)

    def judge_token(self, token):
        revoked = [r for r in self.seen if r.kind == "revoke"]
        last = dict(self.served)
        granted = is_token_answer(last.get("poll"), self.truth)
        if self.form == "get":
            if self.is_yes and self.body != self.served[-1][1].body() and self.verdict() != "open":
                self.fault("another body than was sent")
            return
        if self.form == "revoke":
            if self.is_yes != (token == "revoked"):
                self.fault(f"err {self.outcome}, but the token is {token}")
            return
        if self.form == "refresh" or token == "kept":
            self.judge_record()
            return
        if token == "revoked" and not (revoked and allows_revoke(last.get("revoke"))):
            self.fault("revoked, it says, and the server did not see it")
        if token == "none" and granted and not self.is_slow and not {"poll", "start"} & self.verdicts.keys():
            self.late("a token was granted and is none to the worker")
        plain = not self.tls and not self.is_slow and self.verdicts.keys() <= {"identity", "userinfo"}
        if granted and plain and token != "revoked" and not self.is_yes:
            self.late(f"the token was not revoked but {token}")

    def judge_saved(self):
        """A reply to a refresh that is refused: its new refresh token is all that is kept of it."""
        kept = re.findall(rb"(?m)^(\w+_token)=(.*)$", self.record or b"")
        reply = dict(self.served).get("refresh")
        new = (reply and parse(reply.body()) or {}).get("refresh_token")
        if kept and kept != [(b"refresh_token", str(new).encode())]:
            self.fault(f"a refused reply left {kept}")

    def judge_record(self):
        if not self.is_yes and self.form == "refresh":
            self.judge_saved()
            return
        if not self.is_yes:
            if self.record:
                self.fault("a record without a yes")
            return
        lines = [line.split("=", 1) for line in self.record.decode("ascii", "replace").splitlines()]
        record = dict(line for line in lines if len(line) == 2)
        last = dict(self.served)
        answer = parse(last["refresh" if self.form == "refresh" else "poll"].body()) or {}
        wanted = {"sfoauth": "1", "origin": self.truth.base + ":443", "org_id": ORG, "user_id": USER,
                  "access_token": answer.get("access_token")}
        if self.form == "refresh":
            wanted["refresh_token"] = answer.get("refresh_token") or self.truth.refresh
        for key, value in wanted.items():
            if record.get(key) != value:
                self.fault(f"{key} of the record is another")
        if (record.get("username") or "").lower() != USERNAME:
            self.fault("the record is somebody else's")
        for key, value in (line for line in lines if len(line) == 2):
            if key == "also" and not re.fullmatch(r"https://[a-z0-9.-]+\.my\.salesforce\.(com|mil):443", value):
                self.fault(f"the token may go to {value}")

    def judge_pam(self, lines):
        code = self.out.get("code", ["?"])[0]
        self.is_yes = code == "0"
        audit = lines[0] if lines else ""
        self.outcome = "yes" if self.is_yes else "".join(re.findall(r" reason=(\S+)", audit)[:1])
        if len(lines) != 1:
            self.fault(f"{len(lines)} audit lines")
            return
        if self.outcome in OURS:
            self.fault(f"a server made it report {audit}")
        if ("result=allowed" in audit.split(" why=")[0]) != self.is_yes:
            self.fault(f"PAM answered {code}: {audit}")
        if UNCLEAN.search(audit) or "was denied" in audit:
            self.fault(f"an odd audit line: {audit!r}")
        if self.out.get("children") != ["0"] or (self.out.get("handoff") != ["0"] and not self.is_yes):
            self.fault("a child or a record was left")
        if int(self.out.get("took_ms", ["99999"])[0]) > 24000:
            self.late("it took too long")
        self.look_for_secrets("the audit line", audit)
        for value in self.out.get("shown", []):
            text = bytes.fromhex(value).decode("utf-8", "surrogateescape")
            self.look_for_secrets("a message", text)
            if not (SHOWN.fullmatch(text) or REFUSED.fullmatch(text)) or re.search("[^\n -~]", text):
                self.fault(f"an odd message: {text!r}")

    def tell(self):
        spoilt = ", ".join(self.names) or "nothing"
        yield f"case {self.number} ({self.form}): spoilt {spoilt}{' once' if self.once else ''}; " \
              f"wanted {self.verdict() if self.answers else '?'}, got {self.outcome}"
        for fault in self.faults:
            yield f"    {fault}"
        yield f"    requests {[r.kind for r in self.seen]}; {self.text('detail')!r}"
        for kind in self.verdicts:
            answer = self.answers[kind]
            yield f"    {kind}: tls {self.tls.get(kind, 'good')}; {answer.bytes()[:1500]!r} then {answer.end}"
