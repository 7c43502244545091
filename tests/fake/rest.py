"""/services/data: versions, a crude SOQL over a dozen records, sobjects/User."""
import json
import re

import data
from answers import rest_error
from wire import Reply

SOQL = re.compile(
    r"^\s*SELECT\s+(?P<fields>[\w.,\s()]+?)\s+FROM\s+(?P<object>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+ORDER\s+BY\s+\w+(?:\s+(?:ASC|DESC))?)?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*$",
    re.I | re.S,
)
CONDITION = re.compile(r"^\s*(\w+)\s*=\s*(?:'([^']*)'|(true|false))\s*$", re.I)
MEMBER = re.compile(r"^\s*(\w+)\s+IN\s+\((.+)\)\s*$", re.I | re.S)
SEMI_JOIN = re.compile(r"^\s*SELECT\s+(\w+)\s+FROM\s", re.I)


def versions():
    """v31.0 to v68.0 with the names of their releases."""
    out = []
    for number in range(31, 69):
        year, season = 14 + (number - 31) // 3, ("Summer", "Winter", "Spring")[(number - 31) % 3]
        year += season != "Summer"
        out.append(
            {
                "label": f"{season} '{year}",
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
        )
    return out


def user_record(user):
    return {
        "Id": user["id"],
        "Username": user["username"],
        "Name": f"{user['first_name']} {user['last_name']}",
        "FirstName": user["first_name"],
        "LastName": user["last_name"],
        "Email": user["email"],
        "IsActive": user["active"],
        "UserType": "Standard",
        "FederationIdentifier": None,
        "ProfileId": "00e5f000000PrfIAAS",
        "LanguageLocaleKey": "en_US",
        "LocaleSidKey": "fi_FI",
        "TimeZoneSidKey": "Europe/Helsinki",
        "EmailEncodingKey": "UTF-8",
    }


def permission_tables(world, org):
    """Each permission set has one custom permission; who has it has that set."""
    sets = [p for p in world.permission_sets if p["org"] == org["name"]]
    own = [u for u in world.users.values() if u["org"] == org["name"]]
    assigned = [
        {"Id": f"0Pa{u['id'][3:]}", "AssigneeId": u["id"], "PermissionSetId": p["id"]}
        for p in sets
        for u in own
        if u["permissions"].get(p["permission"])
    ]
    return {
        "custompermission": (
            "CustomPermission",
            [
                {
                    "Id": p["permission_id"],
                    "DeveloperName": p["permission"],
                    "NamespacePrefix": None,
                }
                for p in sets
            ],
        ),
        "setupentityaccess": (
            "SetupEntityAccess",
            [
                {"Id": f"0J0{p['id'][3:]}", "ParentId": p["id"], "SetupEntityId": p["permission_id"]}
                for p in sets
            ],
        ),
        "permissionsetassignment": ("PermissionSetAssignment", assigned),
    }


def tables(world, org):
    people = [user_record(u) for u in world.users.values() if u["org"] == org["name"]]
    return {
        "contact": ("Contact", world.contacts),
        "user": ("User", people),
        "organization": (
            "Organization",
            [
                {
                    "Id": org["id"],
                    "Name": org["name"],
                    "IsSandbox": False,
                    "TrialExpirationDate": None,
                    "NamespacePrefix": None,
                    "InstanceName": "EU47",
                    "OrganizationType": "Developer Edition",
                }
            ],
        ),
        **permission_tables(world, org),
    }


def conditions(text):
    """Split at AND, but not inside parentheses."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"[()]|\bAND\b", text, re.I):
        if found[0] == "(":
            depth += 1
        elif found[0] == ")":
            depth -= 1
        elif depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    return parts + [text[start:]]


def wanted_values(world, org, text, depth):
    """What stands behind IN: 'A','B', or a SELECT, which may not have another in it. None: neither."""
    join = SEMI_JOIN.match(text)
    if not join:
        found = re.findall(r"'([^']*)'", text)
        return found if re.fullmatch(r"(?:\s*'[^']*'\s*,?)+", text) else None
    if depth > 0:
        return None
    kind, rows = select(world, org, text, depth + 1)
    return None if kind is None else [row[join[1]] for row in rows if join[1] in row]


def select(world, org, text, depth=0):
    """-> (object, its records that WHERE leaves); (None, why) where that cannot be read."""
    found = SOQL.match(text)
    table = tables(world, org).get(found["object"].lower()) if found else None
    if not table:
        return None, "no such SELECT"
    kind, rows = table
    for part in conditions(found["where"]) if found["where"] else ():
        condition, member = CONDITION.match(part), MEMBER.match(part)
        if condition:
            name, text_value, flag = condition.groups()
            wanted = [text_value if flag is None else flag.lower() == "true"]
        elif member:
            name, wanted = member[1], wanted_values(world, org, member[2], depth)
        if not (condition or member) or wanted is None:
            return None, "unexpected token in WHERE"
        rows = [
            r for r in rows if any(k.lower() == name.lower() and v in wanted for k, v in r.items())
        ]
    return kind, rows


def record(kind, row, version, fields=None):
    out = {
        "attributes": {
            "type": kind,
            "url": f"/services/data/v{version}/sobjects/{kind}/{row['Id']}",
        }
    }
    for name in fields or row:
        out[name] = row[name]
    return out


def query(world, org, version, text):
    found = SOQL.match(text or "")
    if not found:
        return rest_error(
            400, "MALFORMED_QUERY", "unexpected token: this fake reads simple SELECTs only"
        )
    table = tables(world, org).get(found["object"].lower())
    if not table:
        return rest_error(
            400, "INVALID_TYPE", f"sObject type '{found['object']}' is not supported."
        )
    kind, rows = select(world, org, text)
    if kind is None:
        return rest_error(400, "MALFORMED_QUERY", rows)
    if re.match(r"^\s*count\(\)\s*$", found["fields"], re.I):
        return Reply(200, json.dumps({"totalSize": len(rows), "done": True, "records": []}))
    names = []
    for field in found["fields"].split(","):
        known = rows[0] if rows else table[1][0]
        name = next((k for k in known if k.lower() == field.strip().lower()), None)
        if not name:
            return rest_error(
                400, "INVALID_FIELD", f"No such column '{field.strip()}' on entity '{kind}'."
            )
        names.append(name)
    if found["limit"]:
        rows = rows[: int(found["limit"])]
    return page(world, version, [record(kind, r, version, names) for r in rows], 0)


def page(world, version, records, start):
    """All records, or `query_page` of them and where the next are."""
    size = world.settings["query_page"] or len(records) or 1
    out = {"totalSize": len(records), "done": start + size >= len(records)}
    if not out["done"]:
        world.cursors.append((records, start + size))
        out["nextRecordsUrl"] = f"/services/data/v{version}/query/01g{len(world.cursors) - 1}"
    out["records"] = records[start : start + size]
    return Reply(200, json.dumps(out))


def one(world, org, version, kind, record_id):
    table = tables(world, org).get(kind.lower())
    for row in table[1] if table else ():
        if record_id in (row["Id"], row["Id"][:15]):
            return Reply(200, json.dumps(record(table[0], row, version)))
    return rest_error(404, "NOT_FOUND", "The requested resource does not exist")


def change(world, request, parts):
    """sobjects/Contact: POST creates one, PATCH and DELETE of sobjects/Contact/ID change it."""
    if not parts or parts[0] != "Contact" or (len(parts) == 1) != (request.method == "POST"):
        return rest_error(404, "NOT_FOUND", "The requested resource does not exist")
    given = {}
    if request.method in ("POST", "PATCH"):
        if request.encoding != "application/json":
            return rest_error(415, "UNSUPPORTED_MEDIA_TYPE", "Content type not supported")
        try:
            given = json.loads(request.body)
        except ValueError as error:
            return rest_error(400, "JSON_PARSER_ERROR", str(error))
    if request.method == "POST":
        row = {"Id": data.to18(f"0035f0000001{len(world.contacts):03d}"), "Name": "", **given}
        world.contacts.append(row)
        return Reply(201, json.dumps({"id": row["Id"], "success": True, "errors": []}))
    row = next((c for c in world.contacts if parts[1] in (c["Id"], c["Id"][:15])), None)
    if not row:
        return rest_error(404, "NOT_FOUND", "Provided external ID field does not exist")
    if request.method == "DELETE":
        world.contacts.remove(row)
    else:
        row.update(given)
    return Reply(204, b"")


def handle(world, request):
    """401 for a dead token, 403 for one without the scope api, both as arrays. The list of
    versions needs no token."""
    text = request.bearer()
    if not text and request.path.rstrip("/") == "/services/data":
        return Reply(200, json.dumps(versions()))
    row = world.live_access(text or "")
    if not row:
        return rest_error(401, "INVALID_SESSION_ID", "Session expired or invalid")
    user = world.users[row["user"]]
    if not {"api", "full"} & set(row["scopes"]):
        return rest_error(
            403, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"
        )
    if not user["api_enabled"]:
        return rest_error(403, "API_CURRENTLY_DISABLED", "API is disabled for this User")
    if request.path.rstrip("/") == "/services/data":
        return Reply(200, json.dumps(versions()))
    found = re.match(r"^/services/data/v(\d+\.0)(?:/(.*))?$", request.path)
    if not found or not 31 <= float(found[1]) <= 68:
        return rest_error(404, "NOT_FOUND", "The requested resource does not exist")
    org, version, rest = world.orgs[user["org"]], found[1], (found[2] or "").strip("/")
    if rest == "":
        names = ("sobjects", "query", "limits")
        out = {n: f"/services/data/v{version}/{n}" for n in names}
        return Reply(200, json.dumps({**out, "identity": world.id_url(user, request.host)}))
    if rest == "query":
        return query(world, org, version, request.arg("q"))
    if re.fullmatch(r"query/01g\d+", rest) and int(rest[9:]) < len(world.cursors):
        return page(world, version, *world.cursors[int(rest[9:])])
    if rest == "limits":
        return Reply(200, json.dumps({"DailyApiRequests": {"Max": 15000, "Remaining": 14998}}))
    parts = rest.split("/")
    if parts[0] == "sobjects" and request.method != "GET":
        return change(world, request, parts[1:])
    if parts[0] == "sobjects" and len(parts) == 3:
        return one(world, org, version, parts[1], parts[2])
    return rest_error(404, "NOT_FOUND", "The requested resource does not exist")
