"""How Salesforce words its answers: shuffled keys, keys nobody knows, errors in their shapes."""
import json
import urllib.parse
import xml.sax.saxutils

import errors
from wire import Reply


def document(world, value, status=200, extra=True):
    """A JSON object, its keys in any order, with one that is new this release."""
    value = dict(value)
    if extra and world.settings["extra_keys"]:
        value["x_sfdc_release_notes"] = {"hint": ["tolerate", 1, None, {"error": "not an error"}]}
    items = list(value.items())
    if world.settings["shuffle"]:
        world.random.shuffle(items)
    return Reply(status, json.dumps(dict(items)))


def oauth(world, request, value, status=200):
    """The token endpoint answers in the format that was asked for."""
    wanted = request.arg("format") or ""
    accept = request.headers.get("Accept", "")
    if wanted == "urlencoded" or (not wanted and "x-www-form-urlencoded" in accept):
        return Reply(
            status, urllib.parse.urlencode(value), "application/x-www-form-urlencoded;charset=UTF-8"
        )
    if wanted == "xml" or (not wanted and accept.startswith("application/xml")):
        rows = "".join(f"<{k}>{xml.sax.saxutils.escape(str(v))}</{k}>" for k, v in value.items())
        return Reply(
            status,
            f'<?xml version="1.0" encoding="UTF-8"?><OAuth>{rows}</OAuth>',
            "application/xml;charset=UTF-8",
        )
    return document(world, value, status, extra=status == 200)


def refuse(world, request, name):
    """The row of errors.py, in the format that was asked for where the shape is JSON."""
    row = errors.ROWS[name]
    if row["shape"] == "json":
        pair = {k: row[k] for k in ("error", "error_description")}
        return oauth(world, request, pair, row["status"])
    return errors.render(
        request, row["status"], row["error"], row["error_description"], row["shape"]
    )


def rest_error(status, code, message):
    return Reply(status, json.dumps([{"message": message, "errorCode": code}]))


def bad_token(word="Bad_OAuth_Token", status=403):
    return Reply(status, word, "text/plain;charset=UTF-8")


def redirect(to, headers=()):
    return Reply(302, b"", "text/html;charset=UTF-8", [("Location", to), *headers])
