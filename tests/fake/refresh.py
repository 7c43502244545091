"""Refresh tokens after they were handed out: used, rotated, raced for, revoked, introspected."""
import time

import grants
import policy
from answers import document, refuse
from wire import Reply


def find(world, token, client):
    """-> (grant, None) or (None, why not). A spent token that comes back ends its whole family
    where rotation is on."""
    if token in world.spent:
        world.tally["spent_presented"] += 1
        grant = world.grants[world.spent[token]]
        if world.settings["rotation"] and not grant["dead"]:
            world.kill_grant(grant)
            world.tally["families_killed"] += 1
        return None, "refresh_expired"
    grant = world.grant_by_refresh(token)
    if not grant or grant["dead"] or grant["client"] != client["id"]:
        return None, "refresh_expired"
    life, now = world.settings["refresh_life"], world.now()
    idle = now - grant["last_used"] > world.settings["idle_life"]
    if idle or (life is not None and now - grant["created"] >= life):
        world.kill_grant(grant)
        world.tally["idle_expired"] += idle
        return None, "refresh_expired"
    return grant, None


def be_processed(world, grant, seconds):
    """Time passes; another request with the same grant would meet this one."""
    world.refreshing.add(grant["no"])
    world.lock.release()
    try:
        time.sleep(seconds)
    finally:
        world.lock.acquire()
        world.refreshing.discard(grant["no"])
        world.changed.notify_all()


def refresh(world, request, client):
    token = request.arg("refresh_token") or ""
    grant, wrong = find(world, token, client)
    if wrong:
        return refuse(world, request, wrong)
    if grant["no"] in world.refreshing:
        world.tally["races"] += 1
        if world.settings["race_as"] != "queue":
            return refuse(world, request, world.settings["race_as"])
        while grant["no"] in world.refreshing:
            world.changed.wait()
        grant, wrong = find(world, token, client)
        if wrong:
            return refuse(world, request, wrong)
    user = world.users[grant["user"]]
    refusal = policy.refusal(world, request, user, client)
    if refusal:
        return refusal
    seconds = world.delay_of("refresh")
    if seconds:
        be_processed(world, grant, seconds)
        grant, wrong = find(world, token, client)
        if wrong:
            return refuse(world, request, wrong)
    return renew(world, request, client, grant, user)


def renew(world, request, client, grant, user):
    grant["last_used"] = world.now()
    old = [
        t for t, row in world.access.items() if row["grant"] == grant["no"] and world.live_access(t)
    ]
    access = old[-1] if old and world.settings["same_access"] else None
    if world.settings["rotation"]:
        for row in (world.access[t] for t in old if t != access):
            row["dead"] = True
        world.rotate(grant)
    return grants.token_answer(
        world, request, user, client, grant["scopes"], grant, world.settings["rotation"], access
    )


def revoke(world, request):
    """A refresh token takes its access tokens along; an access token goes alone."""
    text = request.arg("token") or ""
    grant = world.grant_by_refresh(text)
    row = world.access.get(text)
    if grant and not grant["dead"]:
        world.kill_grant(grant)
    elif row and world.live_access(text):
        row["dead"] = True
    else:
        return refuse(world, request, "revoke_invalid" if text else "revoke_unsupported")
    world.tally["revoked"] += 1
    return Reply(200, b"", None)


def introspect(world, request):
    """For apps that can say who they are, or have the option to ask about their own tokens; about
    those of others only with the option `all`."""
    client, refusal = policy.client_of(world, request)
    if refusal or not (client["introspect"] or policy.method_of(request) != "none"):
        return refuse(world, request, "introspect_refused")
    text = request.arg("token") or ""
    row, grant = world.live_access(text), world.grant_by_refresh(text)
    if grant and not grant["dead"]:
        row, life, kind = grant, world.settings["idle_life"], "refresh_token"
    elif row:
        life, kind = world.settings["access_life"], "access_token"
    if not row or (row["client"] != client["id"] and client["introspect"] != "all"):
        return document(world, {"active": False}, extra=False)
    user, start = world.users[row["user"]], int(row.get("last_used", row["created"]))
    return document(
        world,
        {
            "active": True,
            "scope": " ".join(row["scopes"]),
            "client_id": row["client"],
            "username": user["username"],
            "sub": world.id_url(user, request.host),
            "token_type": kind,
            "exp": start + int(life),
            "iat": start,
            "nbf": start,
        },
    )
