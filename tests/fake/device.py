"""The device flow, Salesforce's own: everything on the token endpoint, no expires_in,
grant_type=device."""
import grants
from answers import oauth, refuse


def refused_for_app(world, client, step):
    off = not client["device"] or not world.settings["device_flow"]
    return off and world.settings["device_flow_refused_at"] == step


def start(world, request, client):
    if refused_for_app(world, client, "start"):
        return refuse(world, request, "device_off")
    scopes = grants.scopes_of(client, request.arg("scope"))
    if scopes is None:
        return refuse(world, request, "wrong_scope")
    row = world.new_device(client, scopes, request.host, request.peer)
    uri = world.settings["verification_uri"] or f"https://{request.host}/setup/connect"
    return oauth(
        world,
        request,
        {
            "device_code": row["device_code"],
            "user_code": row["user_code"],
            "verification_uri": uri,
            "interval": world.settings["interval"],
        },
    )


def too_fast(world, row):
    """Counts a poll before its time; a second one in a row too fast gets slow_down (the first
    poll may come at once, the vendor's own client sends it so)."""
    now = world.now()
    since = now - (row["last_poll"] if row["last_poll"] is not None else row["created"])
    first, row["last_poll"] = row["last_poll"] is None, now
    row["polls"] += 1
    world.tally["polls"] += 1
    early = since < row["interval"] - 0.02
    if early:
        world.tally["polls_early"] += 1
    return early and not first


def auto_approve(world, row):
    if (
        row["state"] == "pending"
        and world.settings["auto_approve"]
        and row["polls"] > world.settings["auto_after"]
    ):
        user = world.find_user(world.settings["auto_approve"], row["host"])
        world.decide(row, user, user is not None)


def poll(world, request, client):
    def no(name):
        return refuse(world, request, name)

    if refused_for_app(world, client, "poll"):
        return no("device_off")
    row = world.devices.get(request.arg("code") or "")
    if not row or row["client"] != client["id"]:
        return no("device_unknown")
    if row["state"] == "used" or world.expired(row):
        as_request = world.settings["expired_as"] == "invalid_request"
        return no("device_expired_request" if as_request else "device_expired")
    if too_fast(world, row):
        row["interval"] += world.settings["slow_down_step"]
        world.tally["slow_downs"] += 1
        return no("slow_down")
    auto_approve(world, row)
    if row["state"] == "pending":
        return no("authorization_pending")
    if row["state"] == "denied":
        return no("device_denied")
    row["state"] = "used"
    user = world.users[row["user"]]
    return grants.token_answer(
        world,
        request,
        user,
        client,
        row["scopes"],
        grants.grant_for(world, user, client, row["scopes"]),
    )
