#!/usr/bin/python3
"""What a person does in a real Chromium: chromium.py ADDRESS [--deny] [--dark] [--shot FILE] [--user NICK]

Signs in at ADDRESS, allows or denies, and prints the page that it ends at as JSON: address, title,
words, colours, whatever else it loaded, and what the console says. Chromium is headless and forgets
everything; the driver is Debian's, spoken to by its own protocol (W3C WebDriver).
"""
import argparse
import base64
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

PORT = 9515
LOOK = """
const style = (what) => getComputedStyle(document.querySelector(what));
return {
  address: location.href.split('?')[0],
  title: document.title,
  heading: document.querySelector('h1')?.textContent,
  words: [...document.querySelectorAll('p')].map((p) => p.textContent),
  paper: style('body').backgroundColor,
  ink: style('body').color,
  width: document.documentElement.scrollWidth - innerWidth,
  loaded: performance.getEntriesByType('resource').map((entry) => entry.name),
  scripts: document.scripts.length,
};
"""


def call(method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)["value"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"chromium.py: {path}: {error.read().decode()[:500]}") from error


class Chromium:
    def __init__(self, dark):
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                     "--disable-dev-shm-usage", "--no-proxy-server", "--window-size=1000,700"]
        always = {"browserName": "chrome", "acceptInsecureCerts": True,
                  "goog:loggingPrefs": {"browser": "ALL"},
                  "goog:chromeOptions": {"args": arguments, "binary": "/usr/bin/chromium"}}
        self.session = "/session/" + call(
            "POST", "/session", {"capabilities": {"alwaysMatch": always}})["sessionId"]
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.post("/goog/cdp/execute",
                  {"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}})

    def post(self, path, body):
        return call("POST", self.session + path, body)

    def find(self, what):
        found = self.post("/elements", {"using": "css selector", "value": what})
        return list(found[0].values())[0] if found else None

    def type(self, what, text):
        element = self.find(what)
        self.post(f"/element/{element}/clear", {})
        self.post(f"/element/{element}/value", {"text": text})

    def click(self, what):
        self.post(f"/element/{self.find(what)}/click", {})

    def sign_in(self, args):
        """Do what each page asks for, until the browser is sent away from https."""
        self.post("/url", {"url": args.address})
        deadline = time.monotonic() + 40
        typed = decided = False
        while call("GET", self.session + "/url").startswith("https:"):
            if time.monotonic() > deadline:
                raise SystemExit("chromium.py: Salesforce did not send the browser back")
            if not typed and self.find("[name=username]") and self.find("[value='Log In']"):
                typed = True
                self.type("[name=username]", args.user)
                self.type("[name=pw]", "pass-" + args.user)
                self.click("[value='Log In']")
            elif not decided and self.find("[value=Allow]"):
                decided = True
                self.click("[value=Deny]" if args.deny else "[value=Allow]")
            else:
                time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--user", default="ada")
    parser.add_argument("--deny", action="store_true")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--shot")
    args = parser.parse_args()
    driver = subprocess.Popen(["/usr/bin/chromedriver", f"--port={PORT}", "--log-level=OFF"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True)
    try:
        for _ in range(100):
            try:
                call("GET", "/status")
                break
            except OSError:
                time.sleep(0.1)
        browser = Chromium(args.dark)
        browser.sign_in(args)
        page = browser.post("/execute/sync", {"script": LOOK, "args": []})
        page["console"] = [
            row["message"] for row in browser.post("/se/log", {"type": "browser"})
            if "acme.my.salesforce.com" not in row["message"]]
        if args.shot:
            with open(args.shot, "wb") as file:
                file.write(base64.b64decode(call("GET", browser.session + "/screenshot")))
        call("DELETE", browser.session)
        print(json.dumps(page))
        return 0
    finally:
        driver.terminate()
        driver.wait()


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
