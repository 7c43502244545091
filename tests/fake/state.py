"""The fake's memory: who exists, which codes and tokens live, what was asked, every secret that
passed."""
import base64
import random
import secrets
import threading
import time

import data

TOKEN_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"
USER_CODE_CHARS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def chars(alphabet, count):
    return "".join(secrets.choice(alphabet) for _ in range(count))


class World:
    """All state. Handlers run under `lock`; only waiting happens outside it."""

    def __init__(self):
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.port = 443
        self.base_settings = {}
        self.secrets = []
        self.secret_index = {}
        self.random = random.Random()
        self.conn_no = 0
        self.keys = None
        self.reset()

    def reset(self):
        """As freshly started; secrets are remembered, since a test greps for those of the whole
        run."""
        with self.lock:
            self.orgs, self.users, self.clients = data.orgs(), data.users(), data.clients()
            self.contacts, self.cursors = data.contacts(), []
            self.permission_sets = data.permission_sets()
            self.settings = {**data.settings(), **self.base_settings}
            self.log, self.scripts = [], []
            self.devices, self.auth_codes, self.access, self.grants = {}, {}, {}, {}
            self.spent = {}
            self.refreshing, self.used_jti = set(), set()
            self.approvals, self.logins = {}, {}
            self.sessions, self.pending = {}, {}
            self.tally = dict.fromkeys(
                (
                    "connections",
                    "handshakes",
                    "handshake_failures",
                    "polls",
                    "polls_early",
                    "slow_downs",
                    "codes",
                    "approved",
                    "denied",
                    "access_issued",
                    "refresh_issued",
                    "revoked",
                    "spent_presented",
                    "families_killed",
                    "evicted",
                    "idle_expired",
                    "races",
                    "codes_reused",
                ),
                0,
            )

    def now(self):
        return time.time() + self.settings["clock"] + self.moved()

    def moved(self):
        """How far a test has moved the clocks of others; see tests/e2e/clock.c."""
        try:
            with open(self.settings["clock_file"], encoding="ascii") as file:
                return float(file.read() or 0)
        except (OSError, TypeError, ValueError):
            return 0

    def client(self, client_id):
        """The app with this consumer key; None as long as Salesforce does not know it."""
        client = self.clients.get(client_id or "")
        return client if client and client["known_from"] <= self.now() else None

    def delay_of(self, kind):
        """How long a request of this kind takes: seconds, or [from, to] by chance."""
        wanted = self.settings["delay"].get(kind, self.settings["delay"].get("any", 0))
        if kind == "refresh" and not wanted:
            wanted = self.settings["refresh_delay"]
        return self.random.uniform(*wanted) if isinstance(wanted, list) else wanted

    def count(self, what):
        with self.lock:
            self.tally[what] += 1

    # Secrets

    def secret(self, kind, value, way="out"):
        """Remember a secret handed out or received; gives it back."""
        with self.lock:
            if value and value not in self.secret_index:
                self.secrets.append(
                    {"no": len(self.secrets) + 1, "kind": kind, "way": way, "value": value}
                )
                self.secret_index[value] = self.secrets[-1]
        return value

    def mark(self, value):
        """How a secret is written in the log."""
        row = self.secret_index.get(value)
        return f"<{row['kind']} #{row['no']}>" if row else f"<secret of {len(value)} characters>"

    # People, organizations

    def org_of_host(self, host):
        name = host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host
        return next((o for o in self.orgs.values() if o["domain"] == name), None)

    def find_user(self, text, host=""):
        """By org:nick, username or nick, first in the org whose host was called."""
        if text in self.users:
            return self.users[text]
        org = self.org_of_host(host) or self.orgs["acme"]
        rows = sorted(self.users.values(), key=lambda u: u["org"] != org["name"])
        for user in rows:
            if text.lower() == user["username"].lower():
                return user
        return next((u for u in rows if u["nick"] == text), None)

    def user_by_id(self, org_id, user_id):
        for user in self.users.values():
            org = self.orgs[user["org"]]
            if org_id in (org["id"], org["id"][:15]) and user_id in (user["id"], user["id"][:15]):
                return user
        return None

    # Addresses, as seen by who called `host`

    def is_local(self, host):
        return not host.split(":")[0].endswith(("salesforce.com", ".my.site.com"))

    def base(self, name, host):
        if self.is_local(host):
            return f"https://{host}"
        return f"https://{name}" if self.port == 443 else f"https://{name}:{self.port}"

    def instance_url(self, user, host):
        return self.settings["instance_url"] or self.base(self.orgs[user["org"]]["domain"], host)

    def id_url(self, user, host):
        org = self.orgs[user["org"]]
        if self.settings["id_url"]:
            return self.settings["id_url"].replace("{org}", org["id"]).replace("{user}", user["id"])
        return f"{self.base(org['login'], host)}/id/{org['id']}/{user['id']}"

    # Device codes

    def new_device(self, client, scopes, host, peer):
        user_code = chars(USER_CODE_CHARS, 8)
        now = self.now()
        text = f"{client['id']};{peer};{int(now * 1000)};{user_code}"
        code = base64.b64encode(text.encode()).decode()
        row = {
            "device_code": self.secret("device_code", code),
            "user_code": user_code,
            "client": client["id"],
            "scopes": scopes,
            "created": now,
            "state": "pending",
            "user": None,
            "host": host,
            "last_poll": None,
            "polls": 0,
            "interval": self.settings["interval"],
        }
        self.devices[code] = row
        self.tally["codes"] += 1
        self.changed.notify_all()
        return row

    def device_by_user_code(self, user_code):
        if user_code in (None, "", "latest"):
            rows = [d for d in self.devices.values() if d["state"] == "pending"]
            return rows[-1] if rows else None
        wanted = user_code.strip().upper()
        return next((d for d in self.devices.values() if d["user_code"] == wanted), None)

    def expired(self, device):
        return self.now() - device["created"] > self.settings["code_life"]

    def decide(self, device, user, allow):
        device["state"] = "approved" if allow else "denied"
        device["user"] = user["key"] if user else None
        if allow:
            self.remember(user, device["client"], device["scopes"])
        self.tally["approved" if allow else "denied"] += 1
        self.changed.notify_all()

    def remember(self, user, client_id, scopes):
        self.approvals.setdefault((user["key"], client_id), set()).update(scopes)

    # Tokens

    def new_access(self, user, client, scopes, grant=None):
        org = self.orgs[user["org"]]
        token = f"{org['id'][:15]}!AQ{chars(TOKEN_CHARS, 94)}"
        self.access[token] = {
            "user": user["key"],
            "client": client["id"],
            "scopes": scopes,
            "grant": grant,
            "created": self.now(),
            "dead": False,
        }
        self.tally["access_issued"] += 1
        return self.secret("access_token", token)

    def new_grant(self, user, client, scopes):
        """A refresh grant. Five a user and app: the sixth silently puts the oldest to death."""
        mine = [
            g
            for g in self.grants.values()
            if g["user"] == user["key"] and g["client"] == client["id"] and not g["dead"]
        ]
        for old in sorted(mine, key=lambda g: g["created"])[
            : max(0, len(mine) + 1 - self.settings["grants_max"])
        ]:
            self.kill_grant(old)
            self.tally["evicted"] += 1
        no = len(self.grants) + 1
        grant = {
            "no": no,
            "user": user["key"],
            "client": client["id"],
            "scopes": scopes,
            "dead": False,
            "created": self.now(),
            "last_used": self.now(),
            "refresh": None,
        }
        self.grants[no] = grant
        self.rotate(grant)
        return grant

    def rotate(self, grant):
        if grant["refresh"]:
            self.spent[grant["refresh"]] = grant["no"]
        grant["refresh"] = self.secret("refresh_token", f"5Aep861{chars(TOKEN_CHARS, 80)}")
        self.tally["refresh_issued"] += 1

    def kill_grant(self, grant):
        grant["dead"] = True
        for row in self.access.values():
            if row["grant"] == grant["no"]:
                row["dead"] = True

    def grant_by_refresh(self, token):
        return next((g for g in self.grants.values() if g["refresh"] == token), None)

    def live_access(self, token):
        row = self.access.get(token)
        if not row or row["dead"] or self.now() - row["created"] > self.settings["access_life"]:
            return None
        return row

    def counts(self):
        with self.lock:
            out = dict(self.tally)
            out["requests"] = len(self.log)
            out["access_live"] = sum(1 for t in self.access if self.live_access(t))
            out["refresh_live"] = sum(1 for g in self.grants.values() if not g["dead"])
            out["token_posts"] = sum(1 for e in self.log if e["path"].endswith("/services/oauth2/token"))
            kinds = {}
            for entry in self.log:
                kinds[entry["kind"]] = kinds.get(entry["kind"], 0) + 1
            out["by_kind"] = kinds
            out["answers"] = {}
            for entry in self.log:
                seen = out["answers"].setdefault(entry["kind"], {})
                seen[str(entry["status"])] = seen.get(str(entry["status"]), 0) + 1
            agents = {}
            for entry in self.log:
                agents.setdefault(entry["user_agent"] or "-", set()).add(entry["conn"])
            out["conns_by_agent"] = {agent: len(conns) for agent, conns in agents.items()}
            return out
