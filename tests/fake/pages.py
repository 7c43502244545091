"""What a person sees: what all pages share, Allow or Deny, and /setup/connect. Plain HTML forms
that work without JavaScript; a cookie and a hidden token carry the session."""
import html
import secrets

import policy
import web
from answers import redirect, refuse
from wire import Reply

CONNECT = "/setup/connect"
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
        ident = "" if kind == "hidden" else f' id="{"password" if name == "pw" else name}"'
        box = f'<input type="{kind}" name="{name}"{ident} value="{html.escape(value)}">'
        rows.append(box if kind == "hidden" else f"<p><label>{label} {box}</label></p>")
    for button in buttons:
        ident = button.lower().replace(" ", "-")
        rows.append(f'<input type="submit" name="save" id="{ident}" value="{button}">')
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
    stop = policy.stopped(world.clients[row["client"]], world.users[session["user"]])
    if stop:
        return refuse(world, request, stop)
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
        return web.finish(world, session, subject, allow)
    row = world.devices.get(subject["device"])
    if not row or row["state"] != "pending" or world.expired(row):
        return page("Problem", "<p>The code is invalid or has expired.</p>", 400)
    return finish_device(world, row, session, allow)
