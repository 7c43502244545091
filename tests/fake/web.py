"""Authorization code with PKCE, in a browser: /services/oauth2/authorize, sign-in, approval,
callback. Most failures stop on a page or as a body without a Content-Type; few reach the callback.
"""
import html
import secrets

import errors
import grants
import pages
import policy
from answers import refuse
from errors import callback

LOGIN = "/secur/login"


def back(subject, **values):
    return callback(subject["redirect_uri"], values, subject["state"])


def refused_before_pages(request, client):
    """What is wrong with the request itself; the browser stays where it is."""
    if not client:
        return "authorize_unknown_client"
    if request.arg("redirect_uri") not in client["callbacks"]:
        return "authorize_mismatch"
    if client["pkce"] and not request.arg("code_challenge"):
        return "missing_challenge"
    if request.arg("code_challenge_method", "S256") != "S256":
        return "wrong_challenge_method"
    return None


def authorize(world, request):
    client = world.client(request.arg("client_id"))
    wrong = refused_before_pages(request, client)
    if wrong:
        return refuse(world, request, wrong)
    subject = {
        "client": client["id"],
        "redirect_uri": request.arg("redirect_uri"),
        "challenge": request.arg("code_challenge"),
        "state": request.arg("state"),
        "nonce": request.arg("nonce"),
        "scopes": grants.scopes_of(client, request.arg("scope")),
        "prompt": (request.arg("prompt") or "").split(),
        "site": request.site,
    }
    if request.arg("response_type") != "code":
        return refuse(world, request, "response_type")
    if subject["scopes"] is None:
        return refuse(world, request, "scope_refused")
    session = pages.session_of(world, request) or pages.new_session(world)
    hint = request.arg("login_hint", "")
    user = world.users.get(session["user"])
    if request.arg("immediate") == "true":
        if not user or not policy.has_approved(world, client, user, subject["scopes"]):
            return refuse(world, request, "immediate")
        return finish(world, session, subject, True)
    known = user and hint in ("", user["username"])
    if known and not {"login", "select_account"} & set(subject["prompt"]):
        return after_login(world, session, subject)
    return login_page(world, session, subject, hint)


def login_page(world, session, subject, hint="", message=""):
    """Username and password; where an account may be chosen, also a button for the one that is
    signed in."""
    ticket = secrets.token_urlsafe(12)
    world.pending[ticket] = {**subject, "sid": session["sid"]}
    hidden = [
        ("confirmationToken", session["csrf"], "hidden", ""),
        ("ticket", ticket, "hidden", ""),
    ]
    name, word = pages.LOGIN_FIELDS
    body = f'<p role="alert">{html.escape(message)}</p>' if message else ""
    user = world.users.get(session["user"])
    if user and "select_account" in subject["prompt"] and "login" not in subject["prompt"]:
        body += f"<p>You are signed in as {html.escape(user['username'])}.</p>"
        body += pages.form(LOGIN, hidden, ["Continue"])
    body += pages.form(LOGIN, [*hidden, (name[0], hint, *name[2:]), word], ["Log In"])
    return pages.page("Login", body, headers=pages.cookie(session))


def login(world, request):
    session = pages.session_of(world, request)
    subject = world.pending.pop(request.arg("ticket") or "", None)
    if (
        request.method != "POST"
        or not session
        or not subject
        or subject["sid"] != session["sid"]
        or request.arg("confirmationToken") != session["csrf"]
    ):
        return pages.page("Problem", "<p>This page has expired.</p>", 400)
    chosen = "select_account" in subject["prompt"] and "login" not in subject["prompt"]
    if not (request.arg("save") == "Continue" and chosen):
        session["user"] = None
        wrong = pages.sign_in(world, request, session)
        if wrong:
            return login_page(world, session, subject, request.arg("username", ""), wrong)
    return after_login(world, session, subject)


def after_login(world, session, subject):
    """The app's own obstacles, approval where there was none, then back."""
    client, user = world.clients[subject["client"]], world.users[session["user"]]
    stop = policy.stopped(client, user)
    if stop:
        return stop_page(subject, stop)
    asked_before = world.settings["remember_approval"] or client["preapproved"]
    if (
        asked_before
        and policy.has_approved(world, client, user, subject["scopes"])
        and "consent" not in subject["prompt"]
    ):
        return finish(world, session, subject, True)
    return pages.ask_approval(world, session, subject)


def stop_page(subject, name):
    row = errors.ROWS[name]
    pair = {k: row[k] for k in ("error", "error_description")}
    return callback(errors.ERROR_PAGE, pair, subject["state"])


def finish(world, session, subject, allow):
    if not allow:
        row = errors.ROWS["denied"]
        return back(subject, error=row["error"], error_description=row["error_description"])
    user = world.users[session["user"]]
    world.remember(user, subject["client"], subject["scopes"])
    code = new_code(world, user, subject)
    extra = {}
    if user["community_id"]:
        extra = {
            "sfdc_community_url": user["community_url"],
            "sfdc_community_id": user["community_id"],
        }
    return back(subject, code=code, **extra)


def new_code(world, user, subject):
    code = world.secret("code", f"aPrx{secrets.token_urlsafe(60)}==")
    world.auth_codes[code] = {
        **subject,
        "user": user["key"],
        "created": world.now(),
        "used": False,
    }
    return code


def error_page(_world, request):
    """Where the browser ends when an administrator has to change something."""
    words = html.escape(request.arg("error_description") or "An error occurred.")
    code = html.escape(request.arg("error") or "")
    body = f'<p role="alert">{words}</p><p>{code}</p>'
    return pages.page("We can't authorize you because of an OAuth error", body)


def success(_world, _request):
    """The page that stands for a callback where no program listens."""
    return pages.page("Success", "<p>Copy the address of this page.</p>")
