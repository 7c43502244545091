"""Self-check of the fake: the browser's way, and sites."""
import base64
import hashlib
import html.parser
import subprocess
import os
import urllib.parse

import data
import errors
from client import APP, HOST, TOKEN, check, error_of

HERE = os.path.dirname(os.path.abspath(__file__))
CALLBACK = "http://localhost:1717/OauthRedirect"
AUTHORIZE = "/services/oauth2/authorize"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SITE_HOST = "acme.my.site.com"


class Forms(html.parser.HTMLParser):
    """All forms of a page: [action, fields, buttons]."""

    def __init__(self, answer):
        super().__init__()
        self.forms, self.text = [], answer.body.decode()
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs["action"], {}, []))
        elif tag == "input" and attrs["type"] == "submit":
            self.forms[-1][2].append(attrs["value"])
        elif tag == "input":
            self.forms[-1][1][attrs["name"]] = attrs["value"]


class Tab:
    """A browser with one cookie that does not follow redirects."""

    def __init__(self, world, host=HOST):
        self.world, self.host, self.cookie, self.page = world, host, "", None

    def take(self, answer):
        for value in answer.headers.get_all("Set-Cookie") or ():
            if value.startswith("sid="):
                self.cookie = value.partition(";")[0]
        self.page = answer
        return answer

    def authorize(self, **fields):
        query = {
            "response_type": "code",
            "client_id": APP,
            "redirect_uri": CALLBACK,
            "code_challenge": CHALLENGE,
            "state": "a b&=%",
            **fields,
        }
        query = urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        headers = {"Cookie": self.cookie}
        return self.take(
            self.world.request("GET", f"{AUTHORIZE}?{query}", None, headers, self.host)
        )

    def press(self, button, **values):
        form = next(f for f in Forms(self.page).forms if button in f[2])
        fields = {**form[1], **values, "save": button}
        answer = self.world.post(form[0], fields, self.host, Cookie=self.cookie)
        return self.take(answer)

    def log_in(self, nick="ada"):
        return self.press("Log In", username=f"{nick}@acme.example", pw=f"pass-{nick}")

    def buttons(self):
        return [b for f in Forms(self.page).forms for b in f[2]]

    def target(self):
        """-> (where the browser is sent, its query)."""
        assert self.page.status == 302, self.page.body
        to = urllib.parse.urlsplit(self.page.headers["Location"])
        query = dict(urllib.parse.parse_qsl(to.query, keep_blank_values=True))
        return urllib.parse.urlunsplit(to._replace(query="")), query


def exchange(world, code, **fields):
    base = {
        "grant_type": "authorization_code",
        "client_id": APP,
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": VERIFIER,
    }
    return world.post(TOKEN, {k: v for k, v in {**base, **fields}.items() if v is not None})


def code_for(world, **fields):
    tab = Tab(world)
    tab.authorize(**fields)
    tab.log_in()
    if tab.page.status == 200:
        tab.press("Allow")
    return tab.target()[1]["code"]


@check("a browser logs in, allows, and goes to the callback with a code and its state")
def _(world):
    tab = Tab(world)
    assert tab.authorize().status == 200 and tab.buttons() == ["Log In"]
    assert b'id="username"' in tab.page.body and b'id="password"' in tab.page.body
    tab.press("Log In", username="ada@acme.example", pw="wrong")
    assert b"check your username and password" in tab.page.body
    tab.log_in()
    assert tab.buttons() == ["Allow", "Deny"]
    tab.press("Allow")
    where, query = tab.target()
    assert where == CALLBACK and query["state"] == "a b&=%" and query["code"].endswith("==")
    value = exchange(world, query["code"]).json
    assert value["access_token"] and value["refresh_token"]


@check("Deny goes to the callback too, with access_denied")
def _(world):
    tab = Tab(world)
    tab.authorize()
    tab.log_in()
    tab.press("Deny")
    where, query = tab.target()
    assert where == CALLBACK and query["error"] == "access_denied" and query["state"] == "a b&=%"


@check("any error can stand in for the person's answer, at the callback or on a page")
def _(world):
    for name, where, error in (
        ("denied_hyphen", CALLBACK, "access-denied"),
        ("app_blocked", errors.ERROR_PAGE, "OAUTH_APP_BLOCKED"),
    ):
        world.tell("/script", {"kind": "approve", "preset": name})
        tab = Tab(world)
        tab.authorize()
        tab.log_in()
        tab.press("Allow")
        to, query = tab.target()
        assert (to, query["error"], query["state"]) == (where, error, "a b&=%")


@check("a code is good once, for fifteen minutes, for its app, callback and verifier")
def _(world):
    code = code_for(world)
    for fields, error in (
        ({"client_id": data.NO_DEVICE_APP}, "invalid_grant"),
        ({"redirect_uri": CALLBACK.replace("1717", "1718")}, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, "redirect_uri_mismatch"),
        ({"code_verifier": VERIFIER[::-1]}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code": "aPrxRubbish=="}, "invalid_grant"),
    ):
        assert error_of(exchange(world, **{"code": code, **fields})) == (400, error), fields
    world.tell("/set", {"pkce_wrong_as": "invalid_request"})
    assert error_of(exchange(world, code, code_verifier="x")) == (400, "invalid_request")
    assert error_of(exchange(world, code, code_verifier=None)) == (400, "invalid_grant")
    world.tell("/set", {"pkce_missing_as": "invalid_request"})
    assert error_of(exchange(world, code, code_verifier=None)) == (400, "invalid_request")
    assert exchange(world, code).status == 200
    assert exchange(world, code).json["error_description"] == "expired authorization code"
    assert world.ask("/counts")["codes_reused"] == 1
    code = code_for(world)
    world.tell("/pass", {"seconds": 901})
    assert exchange(world, code).json["error_description"] == "expired authorization code"


@check("what is wrong with the request never reaches the callback: port, path, challenge, method")
def _(world):
    tab = Tab(world)
    for fields, error in (
        ({"client_id": "3MVG9nobody"}, "invalid_client_id"),
        ({"redirect_uri": CALLBACK.replace("1717", "1720")}, "redirect_uri_mismatch"),
        ({"redirect_uri": CALLBACK + "/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": CALLBACK.replace("localhost", "127.0.0.1")}, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, "redirect_uri_mismatch"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ):
        answer = tab.authorize(**fields)
        assert (answer.status, answer.type) == (400, None), fields
        assert answer.body.startswith(f"error={error}&".encode()), fields
    assert tab.authorize(code_challenge_method="S256").status == 200


@check("scope, response type and immediate are refused at the callback")
def _(world):
    tab = Tab(world)
    for fields, error in (
        ({"scope": "openid root"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"immediate": "true"}, "immediate_unsuccessful"),
    ):
        tab.authorize(**fields)
        where, query = tab.target()
        assert (where, query["error"], query["state"]) == (CALLBACK, error, "a b&=%")


@check("who is signed in and has allowed goes straight through; prompt and login_hint stop that")
def _(world):
    tab = Tab(world)
    tab.authorize(login_hint="ada@acme.example")
    assert Forms(tab.page).forms[0][1]["username"] == "ada@acme.example"
    tab.log_in()
    tab.press("Allow")
    assert "code" in (tab.authorize() and tab.target()[1])
    assert "code" in (tab.authorize(immediate="true") and tab.target()[1])
    tab.authorize(prompt="consent")
    assert tab.buttons() == ["Allow", "Deny"]
    tab.authorize(prompt="login")
    assert tab.buttons() == ["Log In"]
    assert "code" in (tab.log_in() and tab.target()[1])
    tab.authorize(prompt="select_account")
    assert tab.buttons() == ["Continue", "Log In"]
    assert "code" in (tab.press("Continue") and tab.target()[1])
    tab.authorize(prompt="login consent")
    tab.log_in()
    assert tab.buttons() == ["Allow", "Deny"]
    tab.authorize(login_hint="kim@acme.example")
    assert tab.buttons() == ["Log In"]
    world.tell("/set", {"remember_approval": False})
    tab.authorize()
    assert tab.buttons() == ["Allow", "Deny"]


@check("obstacles of the app end on a page that never calls back")
def _(world):
    for change, wrong, error in (
        ({"home": "evil"}, {"home": None}, "OAUTH_EC_APP_NOT_FOUND"),
        ({"blocked": True}, {"blocked": False}, "OAUTH_APP_BLOCKED"),
        ({"installed": False}, {"installed": True}, "invalid_client"),
        ({"admin_approved": ["kim"]}, {"admin_approved": None}, "invalid_app_access"),
    ):
        world.tell("/set", {"client": APP, **change})
        tab = Tab(world)
        tab.authorize()
        tab.log_in()
        where, query = tab.target()
        assert (where, query["error"], query["state"]) == (errors.ERROR_PAGE, error, "a b&=%")
        answer = world.get(tab.page.headers["Location"])
        assert answer.status == 200 and query["error_description"] in answer.body.decode()
        world.tell("/set", {"client": APP, **wrong})
    assert Tab(world).authorize().status == 200


@check("forms are the session's own; a second press of the same button does nothing")
def _(world):
    tab = Tab(world)
    tab.authorize()
    stranger = Tab(world)
    stranger.page = tab.page
    assert stranger.log_in().status == 400
    tab.authorize()
    tab.log_in()
    asked = tab.page
    assert tab.press("Allow").status == 302
    tab.page = asked
    assert tab.press("Allow").status == 400


@check("the callback can be a page of Salesforce; approve.py prints where the browser was sent")
def _(world):
    callback = f"https://{HOST}/services/oauth2/success"
    query = {
        "response_type": "code",
        "client_id": APP,
        "redirect_uri": callback,
        "code_challenge": CHALLENGE,
        "nonce": "n1",
    }
    done = subprocess.run(
        [
            f"{HERE}/approve.py",
            "--ca",
            world.ca,
            "--connect",
            f"127.0.0.1:{world.port}",
            "--address",
            f"https://{HOST}{AUTHORIZE}?{urllib.parse.urlencode(query)}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    to = urllib.parse.urlsplit(done.stdout.strip())
    code = dict(urllib.parse.parse_qsl(to.query))["code"]
    value = exchange(world, code, redirect_uri=callback).json
    claims = value["id_token"].split(".")[1]
    assert b'"nonce": "n1"' in base64.urlsafe_b64decode(claims + "==")
    assert world.get("/services/oauth2/success?code=x").status == 200


def headless(world, user="sue", word=None, path="/help", app=data.SITE_APP, **more):
    """The first half of Authorization Code and Credentials."""
    fields = {
        "response_type": "code_credentials",
        "client_id": app,
        "redirect_uri": data.SITE + "/services/oauth2/echo",
        "code_challenge": CHALLENGE,
    }
    raw = f"{user}@acme.example:{word or 'pass-' + user}".encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Auth-Request-Type": "Named-User",
        "Authorization": "Basic " + base64.b64encode(raw).decode(),
    }
    host = more.pop("host", SITE_HOST)
    headers.update(more.pop("headers", {}))
    headers = {k: v for k, v in headers.items() if v is not None}
    body = urllib.parse.urlencode({**fields, **more})
    return world.request("POST", path + AUTHORIZE, body, headers, host)


def finish(world, code, path="/help", host=SITE_HOST, **more):
    fields = {
        "grant_type": "authorization_code",
        "client_id": data.SITE_APP,
        "redirect_uri": data.SITE + "/services/oauth2/echo",
        "code": code,
        "code_verifier": VERIFIER,
        **more,
    }
    return world.post(path + TOKEN, fields, host)


@check("a site signs its people in with credentials in the header, in both alphabets of base64")
def _(world):
    world.tell("/set", {"user": "sue", "password": "p\u00fcss??>>~~"})
    raw = "sue@acme.example:p\u00fcss??>>~~".encode()
    for text in (base64.b64encode(raw), base64.urlsafe_b64encode(raw).rstrip(b"=")):
        first = headless(world, headers={"Authorization": "Basic " + text.decode()})
        assert first.status == 200 and first.json["sfdc_community_url"] == data.SITE
        value = finish(world, first.json["code"]).json
        assert value["access_token"] and value["refresh_token"] and value["sfdc_community_id"]
    assert headless(world, path="/helpvforcesite", word="x").status == 400
    log = str(world.ask("/log"))
    assert "??>>" not in log and "<password #" in log and "/help/services" in log


@check("the code is the site's: My Domain does not take it, nor another verifier")
def _(world):
    code = headless(world).json["code"]
    assert error_of(finish(world, code, path="", host=HOST)) == (400, "invalid_grant")
    assert finish(world, code, path="", host=SITE_HOST).status == 404
    assert error_of(finish(world, code, code_verifier="x" * 43)) == (400, "invalid_grant")
    assert finish(world, code, path="/helpvforcesite").status == 200


@check("credentials in the body are for apps that want them there, and Basic is then ignored")
def _(world):
    body = {"username": "sue@acme.example", "password": "pass-sue"}
    no_basic = {"Authorization": None}
    assert error_of(headless(world, headers=no_basic, **body)) == (400, "invalid_grant")
    world.tell("/set", {"client": data.SITE_APP, "code_credentials_post_only": True})
    assert headless(world, headers=no_basic, **body).status == 200
    assert error_of(headless(world)) == (400, "invalid_grant")


@check("employees, wrong words, unassigned people and apps without the flow are refused as JSON")
def _(world):
    assert error_of(headless(world, user="ada")) == (400, "invalid_grant")
    assert error_of(headless(world, word="wrong")) == (400, "invalid_grant")
    assert error_of(headless(world, app=APP)) == (400, "unsupported_response_type")
    assert error_of(headless(world, app="3MVG9x")) == (400, "invalid_client_id")
    assert error_of(headless(world, redirect_uri=CALLBACK)) == (400, "redirect_uri_mismatch")
    assert error_of(headless(world, code_challenge="")) == (400, "invalid_request")
    world.tell("/set", {"client": data.SITE_APP, "admin_approved": ["kim"]})
    assert error_of(headless(world)) == (400, "invalid_app_access")
    world.tell("/set", {"client": data.SITE_APP, "admin_approved": None})
    world.tell("/set", {"client": data.SITE_APP, "preapproved": False})
    assert headless(world).json["error_description"] == "user hasn't approved this consumer"
    world.tell("/set", {"code_credentials": False})
    assert error_of(headless(world)) == (400, "unsupported_response_type")


@check("without the header, and on My Domain, the answer is a page with 200, or a redirect")
def _(world):
    bare = {"Auth-Request-Type": None}
    for answer in (headless(world, headers=bare), headless(world, path="", host=HOST)):
        assert answer.status == 200 and answer.type.startswith("text/html")
    world.tell("/set", {"headless_unknown_as": "redirect"})
    assert headless(world, headers=bare).status == 302


assert hashlib.sha256(VERIFIER.encode()).digest() == base64.urlsafe_b64decode(CHALLENGE + "=")
