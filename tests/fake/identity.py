"""Who is it: identity document, userinfo, discovery, keys."""
import json

import data
import signing
from answers import bad_token, document
from wire import Reply

IDENTITY_SCOPES = {"id", "openid", "profile", "email", "address", "phone", "full"}
API_URLS = {
    "enterprise": "/services/Soap/c/{version}/ORG",
    "metadata": "/services/Soap/m/{version}/ORG",
    "partner": "/services/Soap/u/{version}/ORG",
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/",
    "recent": "/services/data/v{version}/recent/",
    "tooling_soap": "/services/Soap/T/{version}/ORG",
    "tooling_rest": "/services/data/v{version}/tooling/",
    "profile": "/USER",
    "feeds": "/services/data/v{version}/chatter/feeds",
    "groups": "/services/data/v{version}/chatter/groups",
    "users": "/services/data/v{version}/chatter/users",
}


def holder(world, request):
    """The live token a request carries, or the refusal in plain text."""
    text = request.bearer()
    if not text:
        return None, bad_token("Missing_OAuth_Token")
    row = world.live_access(text)
    return (row, None) if row else (None, bad_token())


def urls(world, request, user, scopes):
    org = world.orgs[user["org"]]
    base = world.instance_url(user, request.host)
    version = request.arg("version")
    fill = {"latest": "68.0", None: "{version}"}.get(version, version)
    out = {}
    if {"api", "full"} & set(scopes):
        for key, path in API_URLS.items():
            path = path.replace("ORG", org["id"][:15]).replace("USER", user["id"])
            out[key] = base + path.replace("{version}", fill)
    out["custom_domain"] = world.base(org["domain"], request.host)
    return out


def override(value, user, add):
    """What a test set for this user; "__absent__" takes a key away."""
    for key, entry in user["over"].items():
        if entry == "__absent__":
            value.pop(key, None)
        elif add or key in value:
            value[key] = entry
    return value


def attributes(value, user, scopes):
    if {"custom_permissions", "full"} & set(scopes):
        value["custom_permissions"] = dict(user["permissions"])
    if user["custom_attributes"]:
        value["custom_attributes"] = dict(user["custom_attributes"])


def identity_of(world, request, user, scopes, own):
    org = world.orgs[user["org"]]
    photo = world.base(org["domain"], request.host) + "/profilephoto/005/"
    value = {
        "id": world.id_url(user, request.host),
        "asserted_user": own,
        "user_id": user["id"],
        "organization_id": org["id"],
        "username": user["username"],
        "nick_name": user["nick"],
        "display_name": f"{user['first_name']} {user['last_name']}",
        "email": user["email"],
        "email_verified": user["email_verified"],
        "first_name": user["first_name"],
        "last_name": user["last_name"],
        "timezone": "Europe/Helsinki",
        "photos": {"picture": photo + "F", "thumbnail": photo + "T"},
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": urls(world, request, user, scopes),
        "active": user["active"],
        "user_type": user["user_type"],
        "language": "en_US",
        "locale": "fi_FI",
        "utcOffset": 7200000,
        "last_modified_date": "2026-11-20T08:15:30Z",
        "is_app_installed": True,
    }
    if user["community_id"]:
        value["sfdc_community_id"], value["sfdc_community_url"] = (
            user["community_id"],
            user["community_url"],
        )
    attributes(value, user, scopes)
    return override(value, user, add=True)


def identity(world, request, org_id, user_id):
    """Another user's document is readable with api or full, and then says asserted_user false."""
    row, refusal = holder(world, request)
    if refusal:
        return refusal
    user = world.users[row["user"]]
    org = world.orgs[user["org"]]
    if org_id not in (org["id"], org["id"][:15]):
        return bad_token("Wrong_Org")
    asked = world.user_by_id(org_id, user_id)
    if not asked:
        return bad_token("Bad_Id", 404)
    if not IDENTITY_SCOPES & set(row["scopes"]) and "api" not in row["scopes"]:
        return bad_token()
    if asked is not user and not {"api", "full"} & set(row["scopes"]):
        return bad_token("No_Access")
    reply = document(world, identity_of(world, request, asked, row["scopes"], asked is user))
    if request.arg("format") == "jsonp" or request.arg("callback"):
        name = (request.arg("callback") or "callback").encode()
        return Reply(200, name + b"(" + reply.body + b");", "text/javascript;charset=UTF-8")
    return reply


def userinfo(world, request):
    """Lenient about scopes: the vendor's own command line asks with `refresh_token web api`."""
    row, refusal = holder(world, request)
    if refusal:
        return refusal
    user = world.users[row["user"]]
    value = identity_of(world, request, user, row["scopes"], True)
    value = {
        "sub": value.get("id"),
        "user_id": user["id"],
        "organization_id": world.orgs[user["org"]]["id"],
        "preferred_username": user["username"],
        "nickname": user["nick"],
        "name": f"{user['first_name']} {user['last_name']}",
        "email": user["email"],
        "email_verified": user["email_verified"],
        "given_name": user["first_name"],
        "family_name": user["last_name"],
        "zoneinfo": "Europe/Helsinki",
        "photos": value.get("photos"),
        "profile": world.base(world.orgs[user["org"]]["domain"], request.host) + "/" + user["id"],
        "picture": (value.get("photos") or {}).get("picture"),
        "address": {},
        "phone_number": None,
        "phone_number_verified": False,
        "is_salesforce_integration_user": user["integration_user"],
        "urls": value.get("urls"),
        "active": user["active"],
        "user_type": user["user_type"],
        "language": "en_US",
        "locale": "fi_FI",
        "utcOffset": 7200000,
        "updated_at": "2026-11-20T08:15:30Z",
        "is_app_installed": True,
    }
    attributes(value, user, row["scopes"])
    return document(world, override(value, user, add=False))


def discovery(world, request):
    base = f"https://{request.host}"
    claims = (
        "active address email email_verified family_name given_name is_app_installed language "
        "locale name nickname organization_id phone_number phone_number_verified photos picture "
        "preferred_username "
        "profile sub updated_at urls user_id user_type zoneinfo"
    ).split()
    value = {"issuer": base, "jwks_uri": base + "/id/keys"}
    for key, name in (
        ("authorization", "authorize"),
        ("token", "token"),
        ("revocation", "revoke"),
        ("userinfo", "userinfo"),
        ("registration", "register"),
        ("introspection", "introspect"),
    ):
        value[f"{key}_endpoint"] = f"{base}/services/oauth2/{name}"
    value.update(
        {
            "scopes_supported": data.ALL_SCOPES,
            "response_types_supported": ["code", "token", "token id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "display_values_supported": ["page", "popup", "touch"],
            "claims_supported": claims,
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "client_secret_basic",
                "private_key_jwt",
            ],
        }
    )
    return document(world, value)


def auth_configuration(world, request):
    """What a My Domain tells everybody; login.salesforce.com is no org's."""
    org = world.org_of_host(request.host)
    if not org:
        return bad_token("Not Found", 404)
    value = {
        "OrgId": org["id"][:15],
        "Url": f"https://{request.host}",
        "MobileSDK": {"UseAndroidNativeBrowserForAuthentication": False},
        "LoginPage": None,
        "SamlProviders": [],
        "AuthProviders": [],
        "LoginPageType": "standard",
    }
    return document(world, value)


def keys(world, _request):
    other = world.keys[0] ^ (1 << 1000)
    return Reply(200, json.dumps(signing.jwks(world.keys, other)))
