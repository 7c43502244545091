"""What a person sees: /setup/connect, sign-in, Allow or Deny, and /services/oauth2/authorize.
Plain HTML forms that work without JavaScript; a cookie and a hidden token carry the session."""
import html
import secrets
import urllib.parse

import grants
from answers import redirect, refuse
from errors import callback
from wire import Reply

CONNECT = "/setup/connect"
LOGIN = "/secur/login"
APPROVE = "/setup/secur/RemoteAccessAuthorizationPage.apexp"


def page(title, body, status=200, headers=()):
    name = html.escape(title)
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{name} | Salesforce</title></head><body><h1>{name}</h1>\n{body}\n</body></html>\n"
    )
    return Reply(status, text, "text/html;charset=UTF-8", headers)


def form(action, fields, buttons):
    rows = []
    for name, value, kind, label in fields:
        box = f'<input type="{kind}" name="{name}" value="{html.escape(value)}">'
        rows.append(box if kind == "hidden" else f"<p><label>{label} {box}</label></p>")
    rows += [f'<input type="submit" name="save" value="{b}">' for b in buttons]
    return f'<form method="post" action="{html.escape(action)}">\n' + "\n".join(rows) + "\n</form>"


LOGIN_FIELDS = [("username", "", "text", "Username"), ("pw", "", "password", "Password")]


def session_of(world, request):
    """The browser's session: signed-in user (or none yet) and the token its forms must carry."""
    return world.sessions.get(request.cookie("sid") or "")


def new_session(world):
    sid = world.secret("browser_session", secrets.token_urlsafe(24))
    world.sessions[sid] = {"sid": sid, "user": None, "csrf": secrets.token_urlsafe(16)}
    return world.sessions[sid]


def cookie(session):
    return [("Set-Cookie", f"sid={session['sid']}; path=/; secure; HttpOnly; SameSite=Lax")]


def sign_in(world, request, session):
    """Checks the login fields; a wrong word of why, or None."""
    if session["user"] and not request.arg("username"):
        return None
    user = world.find_user(request.arg("username") or "", request.host)
    if not user or request.arg("pw") != user["password"]:
        return "Please check your username and password."
    if not user["active"]:
        return "Your account is inactive. Contact your administrator."
    session["user"] = user["key"]
    return None


def connect_page(session, message="", code=""):
    fields = [
        ("confirmationToken", session["csrf"], "hidden", ""),
        ("user_code", code, "text", "Code"),
    ]
    note = f'<p role="alert">{html.escape(message)}</p>' if message else ""
    if not session["user"]:
        fields += LOGIN_FIELDS
    body = (
        note + "<p>Enter the code that the device shows.</p>" + form(CONNECT, fields, ["Connect"])
    )
    return page("Connect Your Device", body, headers=cookie(session))


def ask_approval(world, session, subject):
    """subject: what an Allow means; kept here, the form carries its number."""
    user = world.users[session["user"]]
    ticket = secrets.token_urlsafe(12)
    world.pending[ticket] = {**subject, "sid": session["sid"]}
    wanted = "".join(f"<li>{html.escape(s)}</li>" for s in subject["scopes"])
    fields = [
        ("confirmationToken", session["csrf"], "hidden", ""),
        ("ticket", ticket, "hidden", ""),
    ]
    body = (
        f"<p>{html.escape(subject['client'])} wants to</p><ul>{wanted}</ul>"
        f"<p>You are {html.escape(user['username'])}. Only allow what you started yourself.</p>"
        + form(APPROVE, fields, ["Allow", "Deny"])
    )
    return page("Allow Access?", body, headers=cookie(session))


def connect(world, request):
    if request.method == "GET":
        if request.arg("status") in ("connected", "denied"):
            done = request.arg("status") == "connected"
            return page(
                "You're connected" if done else "Access denied",
                "<p>You can close this window and go back to the device.</p>",
            )
        session = session_of(world, request) or new_session(world)
        return connect_page(session, code=request.arg("user_code", ""))
    session = session_of(world, request)
    if (
        not session
        or request.arg("confirmationToken") != session["csrf"]
        or request.arg("save") != "Connect"
    ):
        return connect_page(session or new_session(world), "Your session has ended. Try again.")
    code = request.arg("user_code", "")
    wrong = sign_in(world, request, session)
    if wrong:
        return connect_page(session, wrong, code)
    row = world.device_by_user_code(code) if code.strip() not in ("", "latest") else None
    if not row or row["state"] != "pending" or world.expired(row):
        return connect_page(session, "The code is invalid or has expired.", code)
    if world.clients[row["client"]]["preapproved"]:
        return finish_device(world, row, session, True)
    return ask_approval(
        world,
        session,
        {"device": row["device_code"], "client": row["client"], "scopes": row["scopes"]},
    )


def finish_device(world, row, session, allow):
    world.decide(row, world.users[session["user"]], allow)
    return redirect(f"{CONNECT}?status={'connected' if allow else 'denied'}")


def approve(world, request):
    session = session_of(world, request)
    subject = world.pending.pop(request.arg("ticket") or "", None)
    if (
        request.method != "POST"
        or not session
        or not session["user"]
        or not subject
        or subject["sid"] != session["sid"]
        or request.arg("confirmationToken") != session["csrf"]
    ):
        return page("Problem", "<p>This page has expired.</p>", 400)
    allow = request.arg("save") == "Allow"
    if "device" not in subject:
        return finish_code(world, session, subject, allow)
    row = world.devices.get(subject["device"])
    if not row or row["state"] != "pending" or world.expired(row):
        return page("Problem", "<p>The code is invalid or has expired.</p>", 400)
    return finish_device(world, row, session, allow)


def back(subject, **values):
    return callback(subject["redirect_uri"], values, subject["state"])


def finish_code(world, session, subject, allow):
    if not allow:
        return back(
            subject, error="access_denied", error_description="end-user denied authorization"
        )
    code = world.secret("code", f"aPrx{secrets.token_urlsafe(60)}==")
    world.auth_codes[code] = {
        **subject,
        "user": session["user"],
        "created": world.now(),
        "used": False,
    }
    return back(subject, code=code)


def authorize(world, request):
    """Most failures stop here in the browser, as a body without a Content-Type; few reach the
    callback."""
    client = world.clients.get(request.arg("client_id") or "")
    if not client:
        return refuse(world, request, "authorize_unknown_client")
    uri = request.arg("redirect_uri")
    if uri not in client["callbacks"]:
        return refuse(world, request, "authorize_mismatch")
    challenge = request.arg("code_challenge")
    if client["pkce"] and not challenge:
        return refuse(world, request, "missing_challenge")
    subject = {
        "client": client["id"],
        "redirect_uri": uri,
        "challenge": challenge,
        "state": request.arg("state"),
        "scopes": grants.scopes_of(client, request.arg("scope")),
    }
    if request.arg("code_challenge_method", "S256") != "S256":
        return refuse(world, request, "wrong_challenge_method")
    if request.arg("response_type") != "code":
        return back(
            subject,
            error="unsupported_response_type",
            error_description="response type not supported",
        )
    if subject["scopes"] is None:
        return back(
            subject, error="invalid_scope", error_description="the requested scope is not allowed"
        )
    session = session_of(world, request) or new_session(world)
    if session["user"] and "login" not in (request.arg("prompt") or "").split():
        return after_login(world, session, subject)
    return login_page(world, session, subject, request.arg("login_hint", ""))


def login_page(world, session, subject, hint="", message=""):
    ticket = secrets.token_urlsafe(12)
    world.pending[ticket] = {**subject, "sid": session["sid"]}
    fields = [
        ("confirmationToken", session["csrf"], "hidden", ""),
        ("ticket", ticket, "hidden", ""),
        ("username", hint, "text", "Username"),
        LOGIN_FIELDS[1],
    ]
    note = f'<p role="alert">{html.escape(message)}</p>' if message else ""
    return page("Login", note + form(LOGIN, fields, ["Log In"]), headers=cookie(session))


def after_login(world, session, subject):
    if world.clients[subject["client"]]["preapproved"]:
        return finish_code(world, session, subject, True)
    return ask_approval(world, session, subject)


def login(world, request):
    session = session_of(world, request)
    subject = world.pending.pop(request.arg("ticket") or "", None)
    if (
        request.method != "POST"
        or not session
        or not subject
        or subject["sid"] != session["sid"]
        or request.arg("confirmationToken") != session["csrf"]
    ):
        return page("Problem", "<p>This page has expired.</p>", 400)
    session["user"] = None
    wrong = sign_in(world, request, session)
    if wrong:
        return login_page(world, session, subject, request.arg("username", ""), wrong)
    return after_login(world, session, subject)


def error_page(_world, request):
    return page(
        "Problem", f"<p>{html.escape(request.arg('error_description') or 'An error occurred.')}</p>"
    )
