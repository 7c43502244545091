"""What a test wants answered instead of the truth: a queue of overrides, matched in order.

A script is one flat object. Which requests (all that are given must fit):
    kind    start poll code refresh password jwt client_credentials token (other grants) revoke
            introspect userinfo identity data connect authorize headless login approve error_page
            success discovery keys other
    path, method, host, user_agent (the last: a part of it)
    skip N  let N fitting requests pass first;  times N  then act N times (1; 0: for ever)
What happens; the true handler runs (and hands out, spends, revokes) unless this is a whole answer:
    patch {..}, remove [..]     change the true JSON answer's keys
    status, headers {..}, content_type (null: none), chunked true   change any answer
    body TEXT | json VALUE | html TEXT | big BYTES | redirect URL
    error CODE [error_description TEXT] [shape json|form|none|array|text|html|page|callback]
                                a whole answer; for the shapes see errors.py
    close | reset | garbage TEXT    no answer
    delay S, truncate N, close_after true
    drip S                      a byte every S seconds; drip_head true: the head too
    run true                    run the true handler all the same: its tokens are orphaned
    preset NAME                 one of PRESETS, or an error that errors.py has by name
"""
import json

import errors
from wire import Reply

MATCH = ("kind", "path", "method", "host", "user_agent")
WHOLE = ("body", "json", "html", "big", "error", "shape", "redirect", "close", "reset", "garbage")
WIRE = ("delay", "drip", "drip_head", "truncate", "close", "reset", "garbage", "close_after")
PAGE = errors.HTML

PRESETS = {
    **errors.ROWS,
    "login_page": {"status": 200, "html": PAGE.format("Login | Salesforce")},
    "to_login_page": {"redirect": "https://acme.my.site.com/help/login"},
    "html": {"status": 200, "html": PAGE.format("Salesforce is down for maintenance")},
    "html503": {
        "status": 503,
        "html": PAGE.format("Service Unavailable"),
        "headers": {"Retry-After": "30"},
    },
    "maintenance": {"status": 503, "html": PAGE.format("Maintenance"), "content_type": "text/html"},
    "s420": {"status": 420, "html": PAGE.format("Deleted organization")},
    "s429": {
        "status": 429,
        "json": [
            {"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}
        ],
        "headers": {"Retry-After": "7"},
    },
    "s500": {"status": 500, "body": "", "content_type": "text/plain"},
    "s502": {"status": 502, "html": PAGE.format("Bad Gateway")},
    "s503": {"status": 503, "json": {"error": "temporarily_unavailable"}},
    "s504": {"status": 504, "html": PAGE.format("Gateway Timeout")},
    "redirect": {"redirect": "https://evil.my.salesforce.com/steal"},
    "big": {"big": 10 << 20},
    "drip": {"drip": 1},
    "truncated": {"truncate": 20},
    "close": {"close": True},
    "reset": {"reset": True},
    "garbage": {"garbage": "SSH-2.0-OpenSSH_9.2\r\n"},
    "array": {
        "status": 401,
        "json": [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}],
    },
    "form": {
        "status": 400,
        "body": "error=invalid_grant&error_description=in+a+form",
        "content_type": "application/x-www-form-urlencoded",
    },
    "empty": {"status": 200, "body": ""},
    "not_json": {"status": 200, "body": '{"access_token": '},
    "nul": {
        "status": 200,
        "body": '{"access_token":"00D5f\\u0000x","username":"ada\\u0000@acme.example"}',
    },
    "surrogate": {"status": 200, "body": '{"error":"\\ud800","username":"\\udfff"}'},
    "deep": {"status": 200, "body": "[" * 20000 + "]" * 20000},
    "duplicate": {
        "status": 200,
        "body": '{"active":false,"active":true,"user_id":"1","user_id":"2"}',
    },
}


class Script:
    def __init__(self, no, wanted):
        wanted = dict(wanted)
        name = wanted.pop("preset", None)
        if name is not None:
            if name not in PRESETS:
                raise ValueError(f"no preset {name}; there are: {' '.join(PRESETS)}")
            wanted = {**PRESETS[name], **wanted}
        self.no, self.match = no, {k: wanted.pop(k) for k in MATCH if k in wanted}
        self.skip, self.times = int(wanted.pop("skip", 0)), int(wanted.pop("times", 1))
        self.action, self.used = wanted, 0
        known = (
            WHOLE
            + WIRE
            + (
                "patch",
                "remove",
                "status",
                "headers",
                "content_type",
                "chunked",
                "run",
                "error_description",
            )
        )
        unknown = [k for k in wanted if k not in known]
        if unknown:
            raise ValueError(f"unknown key {unknown[0]}")
        if wanted.get("shape", "json") not in errors.SHAPES:
            raise ValueError(f"no such shape; there are: {' '.join(errors.SHAPES)}")

    def fits(self, kind, request):
        seen = {"kind": kind, "path": request.path, "method": request.method, "host": request.host}
        agent = self.match.get("user_agent")
        if agent and agent not in request.headers.get("User-Agent", ""):
            return False
        return all(seen[k] == v for k, v in self.match.items() if k != "user_agent")

    def show(self):
        return {
            "no": self.no,
            **self.match,
            "skip": self.skip,
            "times": self.times,
            "used": self.used,
            **{k: v if len(str(v)) < 80 else f"{str(v)[:60]}..." for k, v in self.action.items()},
        }


def take(world, kind, request):
    """The script for this request, used up by one; None if the truth is wanted."""
    for script in world.scripts:
        if not script.fits(kind, request) or (script.times and script.used >= script.times):
            continue
        if script.skip:
            script.skip -= 1
            return None
        script.used += 1
        return script
    return None


def replaces(script):
    return script and any(k in script.action for k in WHOLE) and not script.action.get("run")


def whole(action, request):
    status = action.get("status")
    if "error" in action or "shape" in action:
        words, shape = action.get("error_description", "scripted"), action.get("shape", "json")
        error = action.get("error") or words
        leaves = shape in ("page", "callback")
        return errors.render(request, status or (302 if leaves else 400), error, words, shape)
    if "json" in action:
        return Reply(status or 200, json.dumps(action["json"]))
    if "html" in action:
        return Reply(status or 200, action["html"], "text/html;charset=UTF-8")
    if "redirect" in action:
        return Reply(status or 302, b"", "text/html", [("Location", action["redirect"])])
    if "big" in action:
        return Reply(status or 200, b'{"padding":"' + b"x" * int(action["big"]) + b'"}')
    return Reply(status or 200, action.get("body", ""))


def apply(script, reply, request):
    """The answer as scripted, and what the wire shall do to it."""
    if not script:
        return reply, {}
    action = script.action
    if any(k in action for k in WHOLE):
        reply = whole(action, request)
    if ("patch" in action or "remove" in action) and reply.body.startswith(b"{"):
        value = {**json.loads(reply.body), **action.get("patch", {})}
        for key in action.get("remove", ()):
            value.pop(key, None)
        reply.body = json.dumps(value).encode()
    reply.status = action.get("status", reply.status)
    reply.ctype = action.get("content_type", reply.ctype)
    reply.headers += list(action.get("headers", {}).items())
    reply.chunked = bool(action.get("chunked"))
    return reply, {k: action[k] for k in WIRE if k in action and action[k] is not False}
