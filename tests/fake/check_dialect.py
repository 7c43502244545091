"""Self-check of the fake: is it as strange as Salesforce?"""
import base64
import os
import subprocess
import urllib.parse

import data
from client import APP, HOST, TOKEN, check, error_of

HERE = os.path.dirname(os.path.abspath(__file__))
ID = "/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF"


@check("ids carry the right checksum")
def _(_world):
    for short, full in (
        ("005B0000005V71X", "005B0000005V71XIAS"),
        ("00DB0000000ToZ3", "00DB0000000ToZ3MAK"),
        ("00DD00000008Uw2", "00DD00000008Uw2MAE"),
        ("00D5f000000Abcd", "00D5f000000AbcdEAC"),
        ("00D5f000000aBcd", "00D5f000000aBcdEAE"),
        ("00Dxx0000001gPL", "00Dxx0000001gPLEAY"),
    ):
        assert data.to18(short) == full, short


@check("a device flow starts in Salesforce's dialect: no expires_in, no complete address")
def _(world):
    answer = world.start()
    value = answer.json
    assert answer.status == 200 and answer.type == "application/json;charset=UTF-8"
    assert value["verification_uri"] == f"https://{HOST}/setup/connect" and value["interval"] == 5
    assert "expires_in" not in value and "verification_uri_complete" not in value
    assert len(value["user_code"]) == 8 and value["user_code"].isalnum()
    parts = base64.b64decode(value["device_code"]).decode().split(";")
    assert parts[0] == APP and parts[3] == value["user_code"]


@check("the device grant of RFC 8628 and other unknown grants are refused")
def _(world):
    for grant in ("urn:ietf:params:oauth:grant-type:device_code", "implicit", ""):
        answer = world.post(TOKEN, {"grant_type": grant, "client_id": APP})
        assert error_of(answer) == (400, "unsupported_grant_type"), grant
    assert world.get(TOKEN).status == 400


@check("urlencoded, chunked and multipart forms mean the same")
def _(world):
    body = urllib.parse.urlencode({"response_type": "device_code", "client_id": APP}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert world.request("POST", TOKEN, iter([body[:5], body[5:]]), form).status == 200
    multi = (
        "".join(
            f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
            for k, v in (("response_type", "device_code"), ("client_id", APP))
        )
        + "--b--\r\n"
    )
    assert (
        world.request(
            "POST", TOKEN, multi, {"Content-Type": "multipart/form-data; boundary=b"}
        ).status
        == 200
    )
    one, two = world.ask("/log")
    assert (
        one["chunked"] and one["form"] == two["form"] and two["encoding"] == "multipart/form-data"
    )


@check("pending, then slow_down for who polls too fast, and the interval grows by five seconds")
def _(world):
    code = world.start().json["device_code"]
    assert error_of(world.poll(code)) == (400, "authorization_pending")
    assert error_of(world.poll(code)) == (400, "slow_down")
    world.tell("/set", {"clock": 7})
    assert error_of(world.poll(code)) == (400, "slow_down")
    world.tell("/set", {"clock": 7 + 16})
    assert error_of(world.poll(code)) == (400, "authorization_pending")
    counts = world.ask("/counts")
    assert counts["slow_downs"] == 2 and counts["polls_early"] == 3 and counts["polls"] == 4


@check("a token answer: issued_at is a string, expires_in and refresh_token are not there")
def _(world):
    value = world.login()
    assert isinstance(value["issued_at"], str) and len(value["issued_at"]) == 13
    assert "expires_in" not in value and "refresh_token" not in value
    assert value["access_token"].startswith("00D5f000000Abcd!")
    assert value["instance_url"].startswith(f"https://{HOST}") and value["id"].endswith(ID)
    assert value["id_token"].count(".") == 2 and sorted(value["scope"].split()) == ["id", "openid"]


@check("the keys come in another order each time, with one that nobody knows")
def _(world):
    orders = {tuple(world.start().json) for _ in range(12)}
    assert len(orders) > 1 and all("x_sfdc_release_notes" in order for order in orders)
    world.tell("/set", {"shuffle": False, "extra_keys": False})
    assert len({tuple(world.start().json) for _ in range(5)}) == 1


@check("a device code is good once; denied and expired (both spellings) end it")
def _(world):
    code = world.start().json["device_code"]
    world.tell("/approve", {"user": "ada"})
    assert world.poll(code).status == 200 and error_of(world.poll(code)) == (400, "invalid_grant")
    code = world.start().json["device_code"]
    world.tell("/approve", {"user": "kim", "deny": True})
    assert error_of(world.poll(code)) == (400, "access_denied")
    code = world.start().json["device_code"]
    world.tell("/set", {"clock": 601})
    assert error_of(world.poll(code)) == (400, "invalid_grant")
    world.tell("/set", {"expired_as": "invalid_request"})
    assert error_of(world.poll(code)) == (400, "invalid_request")
    assert error_of(world.poll("rubbish")) == (400, "invalid_request")


@check("the device flow can be off: at the start or only when polling")
def _(world):
    assert error_of(world.start(app="3MVG9acme.NoDevice_App")) == (400, "invalid_grant")
    code = world.start().json["device_code"]
    world.tell("/set", {"device_flow": False, "device_flow_refused_at": "poll"})
    answer = world.poll(code)
    assert answer.json["error_description"] == "device flow is not enabled for the app"


@check("unknown app, wrong secret, missing secret and a scope too many have their own errors")
def _(world):
    assert error_of(world.start(app="3MVG9nobody")) == (400, "invalid_client_id")
    assert error_of(world.start(client_secret="x")) == (400, "invalid_client")
    assert error_of(world.start(app=data.SECRET_APP)) == (400, "invalid_client")
    assert world.start(app=data.SECRET_APP, client_secret=data.SECRET).status == 200
    assert error_of(world.start(scope="openid root")) == (400, "invalid_scope")


@check("a person approves through the HTML forms; wrong codes and passwords do not get through")
def _(world):
    value = world.start().json

    def person(*more):
        return subprocess.run(
            [
                f"{HERE}/approve.py",
                "--ca",
                world.ca,
                "--connect",
                f"127.0.0.1:{world.port}",
                "--address",
                value["verification_uri"],
                *more,
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    assert "invalid or has expired" in person("--code", "NOTACODE").stdout
    assert "check your username" in person("--code", value["user_code"], "--password", "x").stdout
    assert "inactive" in person("--code", value["user_code"], "--user", "ina").stdout
    assert world.ask("/codes")[0]["state"] == "pending"
    done = person("--code", value["user_code"].lower(), "--user", "kim")
    assert done.returncode == 0 and done.stdout == "You're connected\n", done
    assert world.poll(value["device_code"]).json["id"].endswith(data.to18("0055f00000EfKim"))


@check("the forms need their session: a bare POST connects nothing")
def _(world):
    code = world.start().json["user_code"]
    world.post(
        "/setup/connect",
        {"user_code": code, "username": "ada", "pw": "pass-ada", "save": "Connect"},
    )
    assert world.ask("/codes")[0]["state"] == "pending"


@check("the same name in another org, an inactive, a site and an integration user can be had")
def _(world):
    evil = world.login(user="evil:ada")
    assert evil["access_token"].startswith("00D5f000000aBcd!") and "evil.my" in evil["instance_url"]
    who = world.get(urllib.parse.urlsplit(evil["id"]).path, evil["access_token"]).json
    assert who["username"] == "ada@acme.example" and who["organization_id"] == "00D5f000000aBcdEAE"
    site = world.login(user="sue")
    assert site["sfdc_community_id"].startswith("0DB")
    for nick, key, value in (
        ("ina", "active", False),
        ("sue", "user_type", "CSP_LITE_PORTAL"),
        ("bot", "is_salesforce_integration_user", True),
    ):
        token = world.login(user=nick)["access_token"]
        assert world.get("/services/oauth2/userinfo", token).json[key] == value, nick


@check("identity: templates in addresses, permissions only with their scope, nulls")
def _(world):
    token = world.login("openid id api custom_permissions")["access_token"]
    who = world.get(ID, token).json
    assert "{version}" in who["urls"]["rest"] and who["custom_permissions"] == {"Linux_Login": True}
    assert (
        who["addr_street"] is None and who["utcOffset"] == 7200000 and who["asserted_user"] is True
    )
    assert "{version}" not in world.get(ID + "?version=latest", token).json["urls"]["rest"]
    token = world.login()["access_token"]
    who = world.get(ID, token, host="login.salesforce.com").json
    assert "custom_permissions" not in who and "rest" not in who["urls"]


@check("identity of another user says asserted_user false, of another org Wrong_Org")
def _(world):
    kim = ID.replace("0055f00000EfGhiAAF", data.to18("0055f00000EfKim"))
    token = world.login("openid id api")["access_token"]
    assert world.get(kim, token).json["asserted_user"] is False
    assert world.get(ID.replace("AbcdEAC", "aBcdEAE"), token).body == b"Wrong_Org"
    assert world.get(kim, world.login()["access_token"]).body == b"No_Access"


@check("a dead token gets 403 and plain Bad_OAuth_Token, not JSON")
def _(world):
    for path in (ID, "/services/oauth2/userinfo"):
        answer = world.get(path, "00D5f000000Abcd!dead")
        assert (
            answer.status == 403
            and answer.body == b"Bad_OAuth_Token"
            and answer.type.startswith("text/plain")
        )
    assert world.get(ID).body == b"Missing_OAuth_Token"


@check("a test can set anything in the documents")
def _(world):
    world.tell(
        "/set",
        {
            "user": "ada",
            "asserted_user": False,
            "user_id": "0055f00000ZZZZZAAA",
            "active": False,
            "addr_zip": "__absent__",
            "email": None,
        },
    )
    token = world.login()["access_token"]
    who, info = world.get(ID, token).json, world.get("/services/oauth2/userinfo", token).json
    assert (
        who["asserted_user"] is False and who["user_id"] == "0055f00000ZZZZZAAA" == info["user_id"]
    )
    assert "addr_zip" not in who and who["email"] is None and info["active"] is False
    world.tell(
        "/set",
        {
            "instance_url": "https://ACME.my.salesforce.com.:443",
            "verification_uri": "https://x/",
            "id_url": "https://evil.example/id/{org}/{user}",
            "interval": 30,
        },
    )
    assert world.start().json["verification_uri"] == "https://x/"
    value = world.login()
    assert value["instance_url"].endswith(".:443") and value["id"] == "https://evil.example" + ID


@check("data wants the scope api: 403 without, 401 for the dead, both as arrays")
def _(world):
    path = "/services/data/v60.0/query?q=SELECT+Name+FROM+Contact+LIMIT+10"
    narrow, wide = world.login()["access_token"], world.login("openid id api")["access_token"]
    assert (world.get(path, narrow).status, world.get(path, "x").status) == (403, 401)
    assert (
        world.get(path, narrow).json[0]["errorCode"]
        and world.get("/services/data/", narrow).status == 403
    )
    assert world.get(path, wide).json["totalSize"] == 10
    assert world.get("/services/data/").json[-1]["label"] == "Winter '27"
    assert world.get("/services/data/v60.0/sobjects/User/0055f00000EfGhi", wide).json["Username"]
    assert world.get("/services/data/v99.0/query", wide).json[0]["errorCode"] == "NOT_FOUND"
    assert world.get("/services/data/v60.0/query?q=rubbish", wide).status == 400


@check("revoke: 200 and nothing, then 400 as a form; a refresh token takes its access tokens along")
def _(world):
    value = world.login("openid id api refresh_token")
    answer = world.post("/services/oauth2/revoke", {"token": value["refresh_token"]})
    assert (answer.status, answer.body, answer.type) == (200, b"", None)
    assert world.get("/services/oauth2/userinfo", value["access_token"]).status == 403
    answer = world.post("/services/oauth2/revoke", {"token": value["access_token"]})
    assert (
        answer.status == 400
        and dict(urllib.parse.parse_qsl(answer.body.decode()))["error"] == "invalid_token"
    )


@check("authorize fails as a body without a Content-Type; discovery names no device endpoint")
def _(world):
    path = f"/services/oauth2/authorize?response_type=code&client_id={APP}"
    answer = world.get(path + "&redirect_uri=http://localhost:1717/elsewhere")
    assert (
        answer.status == 400
        and answer.type is None
        and answer.body.startswith(b"error=redirect_uri_mismatch")
    )
    answer = world.get(path + "&redirect_uri=http://localhost:1717/OauthRedirect")
    assert answer.body.endswith(b"missing required code challenge")
    value = world.get("/.well-known/openid-configuration").json
    assert value["issuer"] == f"https://{HOST}" and "device_authorization_endpoint" not in value
    assert "grant_types_supported" not in value and len(world.get("/id/keys").json["keys"]) == 2
