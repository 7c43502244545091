"""The small world the fake starts with: organizations, people, apps, records.

Ids are Salesforce's: 15 case-sensitive characters, or 18 with a checksum. The id of org `evil`
differs from that of `acme` in the case of two letters only, and `evil` has a person with ada's
username. A sandbox copies production's user ids. Everybody's password is "pass-" and the short
name.
"""
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
PERMISSION = "Linux_Login"
SITE = "https://acme.my.site.com/help"
SECRET = "0123456789ABCDEF0123456789ABCDEF"

PUBLIC_APP = "3MVG9acme.Local_App"
SECRET_APP = "3MVG9acme.Secret_App"
SITE_APP = "3MVG9acme.Site_App"
HOST_APP = "3MVG9acme.Host_App"
NO_DEVICE_APP = "3MVG9acme.NoDevice_App"
PREAPPROVED_APP = "3MVG9acme.Preapproved_App"

ALL_SCOPES = (
    "id profile email address phone openid refresh_token offline_access api full web "
    "chatter_api visualforce lightning content custom_permissions"
).split()


def to18(short):
    """15 characters -> 18: one letter per group of five says which of them are capitals."""
    tail = ""
    for start in (0, 5, 10):
        bits = sum(1 << j for j, c in enumerate(short[start : start + 5]) if "A" <= c <= "Z")
        tail += ALPHABET[bits]
    return short + tail


def person(org, nick, short, **more):
    """One user. Keys that the rest of the fake does not know end up in the identity document as
    they are."""
    user = {
        "key": f"{org}:{nick}",
        "org": org,
        "nick": nick,
        "id": to18(short),
        "username": f"{nick}@acme.example",
        "password": f"pass-{nick}",
        "first_name": nick.capitalize(),
        "last_name": "Example",
        "email": f"{nick}@acme.example",
        "email_verified": True,
        "active": True,
        "user_type": "STANDARD",
        "integration_user": False,
        "community_id": None,
        "community_url": None,
        "permissions": {PERMISSION: True},
        "custom_attributes": {},
        "api_enabled": True,
        "security_token": "TOKEN",
        "mfa_only": False,
        "sso_only": False,
        "ip_restricted": False,
        "over": {},
    }
    user.update(more)
    return user


def orgs():
    def org(name, short, domain, login="login.salesforce.com"):
        return {
            "name": name,
            "id": to18(short),
            "domain": domain,
            "login": login,
            "active": True,
        }

    return {
        o["name"]: o
        for o in (
            org("acme", "00D5f000000Abcd", "acme.my.salesforce.com"),
            org("evil", "00D5f000000aBcd", "evil.my.salesforce.com"),
            org(
                "sandbox",
                "00D5f000000AbSb",
                "acme--sb.sandbox.my.salesforce.com",
                "test.salesforce.com",
            ),
        )
    }


def users():
    rows = (
        person("acme", "ada", "0055f00000EfGhi"),
        person("acme", "kim", "0055f00000EfKim"),
        person("acme", "ina", "0055f00000EfIna", active=False),
        person(
            "acme",
            "sue",
            "0055f00000EfSue",
            user_type="CSP_LITE_PORTAL",
            community_id=to18("0DB5f0000008OIA"),
            community_url=SITE,
        ),
        person("acme", "bot", "0055f00000EfBot", integration_user=True),
        person("acme", "pat", "0055f00000EfPat", permissions={}),
        person("acme", "root", "0055f00000EfRoo"),
        person("evil", "ada", "0055f00000EvAda"),
        person(
            "sandbox",
            "ada",
            "0055f00000EfGhi",
            username="ada@acme.example.sb",
            email="ada@acme.example.invalid",
            email_verified=False,
        ),
    )
    return {u["key"]: u for u in rows}


def clients():
    callbacks = [f"http://localhost:{p}/OauthRedirect" for p in (1717, 1718, 1719)]
    callbacks.append("https://acme.my.salesforce.com/services/oauth2/success")

    def app(client_id, **more):
        row = {
            "id": client_id,
            "secret": None,
            "require_secret": False,
            "secret_for": None,  # kinds of request that need it; None: all
            "certificate": None,  # PEM, for assertions; or a public key
            "password_flow": True,
            "run_as": None,  # whose tokens client_credentials brings
            "admin_approved": None,  # the nicks that may use it; None: all
            "blocked": False,
            "installed": True,
            "known_from": 0,  # when it is known to the login servers, s since the epoch
            "home": None,  # the org of a local app: nobody else's people get in
            "code_credentials": False,  # Authorization Code and Credentials, on sites only
            "code_credentials_post_only": False,  # isCodeCredPostOnly
            "device": True,
            "pkce": True,
            "preapproved": False,
            "introspect": False,  # True: without a secret too; "all": tokens of others too
            "scopes": list(ALL_SCOPES),
            "callbacks": list(callbacks),
        }
        row.update(more)
        return row

    return {
        c["id"]: c
        for c in (
            app(PUBLIC_APP),
            app(SECRET_APP, secret=SECRET, require_secret=True, introspect=True),
            app(NO_DEVICE_APP, device=False),
            app(PREAPPROVED_APP, preapproved=True),
            app(
                SITE_APP,
                preapproved=True,
                device=False,
                code_credentials=True,
                callbacks=[SITE + "/services/oauth2/echo"],
            ),
            app(HOST_APP, secret=SECRET, preapproved=True, run_as="bot"),
        )
    }


def permission_sets():
    """One for each custom permission that people have."""
    return [
        {
            "org": org,
            "id": to18(f"0PS5f00000{org[:3].capitalize()}Li"[:15]),
            "permission": PERMISSION,
            "permission_id": to18(f"0CP5f00000{org[:3].capitalize()}Li"[:15]),
        }
        for org in ("acme", "evil", "sandbox")
    ]


def contacts():
    names = (
        "Grace Hopper, Alan Turing, Barbara Liskov, Edsger Dijkstra, Frances Allen, Ken Thompson, "
        "Radia Perlman, Niklaus Wirth, Adele Goldberg, Donald Knuth, Jean Bartik, Tony Hoare"
    ).split(", ")
    return [
        {"Id": to18(f"0035f0000000{i:03d}"), "Name": name, "Email": f"c{i}@customer.example"}
        for i, name in enumerate(names, 1)
    ]


def settings():
    """What `control.py SOCK set KEY=VALUE` may change."""
    return {
        "query_page": 0,  # records of a query in one answer; 0: all
        "interval": 5,  # seconds between polls; slow_down for who is faster
        "slow_down_step": 5,  # what each slow_down adds to the server's own idea of the interval
        "code_life": 600,  # of a device code
        "auth_code_life": 900,
        "access_life": 7200,
        "idle_life": 30 * 86400,  # of an unused refresh token
        "rotation": False,  # refresh token rotation, with reuse detection
        "same_access": False,  # a refresh answers with the access token that still lives
        "refresh_delay": 0,  # seconds a refresh is "being processed"
        "delay": {},  # seconds by kind of request (or any): 0.1, or [0.05, 0.8] by chance
        "race_as": "being_processed",  # or being_processed_old, or queue: the second one waits
        "refresh_life": None,  # of a refresh token since its birth; 0: expires immediately
        "grants_max": 5,  # of one person and app
        "inactive_as": "inactive_user",  # or invalid_grant
        "ip_restricted_as": "ip_restricted",  # or ip_restricted_short
        "login_rate": None,  # logins of one person in an hour
        "expired_as": "invalid_grant",  # or invalid_request
        "device_flow": True,  # the org's switch
        "device_flow_refused_at": "start",  # or poll
        "password_flow": True,
        "trusted_ip": True,  # False: the password needs the security token behind it
        "jwt_aud_my_domain": True,
        "signature": "good",  # or wrong, absent, any text
        "pkce_wrong_as": "invalid_grant",  # or invalid_request
        "pkce_missing_as": "invalid_grant",
        "remember_approval": True,  # who allowed an app once is not asked again in a browser
        "code_credentials": True,  # the org's switch
        "headless_unknown_as": "html",  # or redirect: what is not recognised as headless
        "scope_in_answer": True,
        "id_token": True,
        "token_extra": {},  # merged into every token answer
        "instance_url": None,  # None: the truth
        "id_url": None,  # whole, may hold {org} and {user}
        "verification_uri": None,
        "shuffle": True,  # key order of JSON answers
        "extra_keys": True,  # keys nobody knows
        "auto_approve": None,  # who approves every device code
        "auto_after": 1,  # polls answered "pending" before that
        "clock": 0,  # seconds the server's clock is ahead
        "clock_file": None,  # a file with further seconds
        "cert": None,  # stem of another certificate beside --cert
        "tls_delay": 0,  # seconds before the handshake
    }
