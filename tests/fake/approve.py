#!/usr/bin/env python3
"""Approve a device code as a person's browser would: through the HTML forms, with a cookie jar,
over HTTPS.

    approve.py --ca CA.pem --address https://acme.my.salesforce.com/setup/connect --code K7P2QW4Z
               --user ada [--password pass-ada] [--deny] [--connect 127.0.0.1:8443]

--connect goes there instead of where the name points, which is still checked against the
certificate. --address may also be an authorize address (then no --code); the callback the
browser would be sent to is printed, not followed. Prints the title of the last page. Exit 0 when
the page says what was asked for, else 1.
"""
import argparse
import html.parser
import http.client
import http.cookiejar
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request


class Page(html.parser.HTMLParser):
    """The heading, the alert and the first form: action, fields, submit buttons."""

    def __init__(self, url, text):
        super().__init__()
        self.url, self.title, self.alert, self.action = url, "", "", None
        self.fields, self.buttons, self.inside = {}, [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.inside = "alert" if attrs.get("role") == "alert" else tag
        if tag == "form":
            self.action = urllib.parse.urljoin(self.url, attrs.get("action", ""))
        elif tag == "input" and attrs.get("type") == "submit":
            self.buttons.append((attrs.get("name"), attrs.get("value")))
        elif tag == "input" and attrs.get("name"):
            self.fields[attrs["name"]] = attrs.get("value", "")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "h1":
            self.title += data
        elif self.inside == "alert":
            self.alert += data


class Elsewhere(urllib.request.HTTPSHandler):
    """HTTPS to a fixed address under the name of the URL."""

    def __init__(self, context, where):
        super().__init__(context=context)
        self.context, self.where = context, where

    def https_open(self, req):
        where, context = self.where, self.context

        class Connection(http.client.HTTPSConnection):
            def connect(self):
                name, address = self.host, self.host
                if where:
                    address, _, port = where.rpartition(":")
                    self.port = int(port)
                self.sock = context.wrap_socket(
                    self._create_connection((address, self.port), self.timeout),
                    server_hostname=name,
                )

        return self.do_open(Connection, req)


class StayHome(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https, but not to the callback: there the browser leaves."""

    callback = None

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if newurl.startswith("https:") and newurl.partition("?")[0] != self.callback:
            return super().redirect_request(req, fp, code, msg, headers, newurl)
        raise Left(newurl)


class Left(Exception):
    pass


class Browser:
    def __init__(self, ca, where):
        context = ssl.create_default_context(cafile=ca)
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), jar, StayHome, Elsewhere(context, where)
        )

    def get(self, url, data=None):
        body = None if data is None else urllib.parse.urlencode(data).encode()
        try:
            reply = self.opener.open(url, body, timeout=20)
        except urllib.error.HTTPError as error:
            reply = error
        return Page(reply.geturl(), reply.read().decode("utf-8", "replace"))

    def press(self, page, button, **values):
        """Fill in what the form has of `values`, press the button."""
        name = next((n for n, v in page.buttons if v == button), None)
        if not name:
            raise SystemExit(
                f"approve.py: no button {button} on the page '{page.title}' {page.alert}"
            )
        fields = {k: values.get(k, v) for k, v in page.fields.items()}
        return self.get(page.action, {**fields, name: button})


def walk(browser, args):
    """-> the last page."""
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(args.address).query))
    StayHome.callback = asked.get("redirect_uri")
    person = {
        "username": args.user,
        "pw": args.password or "pass-" + args.user.rpartition(":")[2].split("@")[0],
    }
    page = browser.get(args.address)
    first = "Connect" if args.code else "Log In"
    page = browser.press(page, first, user_code=args.code or "", **person)
    if not page.alert and any(value == "Allow" for _, value in page.buttons):
        page = browser.press(page, "Deny" if args.deny else "Allow")
    return page


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ca", required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--code")
    parser.add_argument("--user", default="ada")
    parser.add_argument("--password")
    parser.add_argument("--deny", action="store_true")
    parser.add_argument("--connect", metavar="ADDRESS:PORT")
    args = parser.parse_args()
    try:
        page = walk(Browser(args.ca, args.connect), args)
    except Left as left:
        print(left)
        return 0
    except (OSError, urllib.error.URLError) as error:
        print(f"approve.py: {error}", file=sys.stderr)
        return 1
    print(" ".join(filter(None, (page.title, page.alert))))
    return 0 if page.title == ("Access denied" if args.deny else "You're connected") else 1


if __name__ == "__main__":
    sys.exit(main())
