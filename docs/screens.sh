#!/usr/bin/env bash
# Screenshots of the console of a running demo, in both languages: docs/screens.sh [http://127.0.0.1:8800] [docs/screens]
# Needs chromedriver, chromium and python3 (Debian: chromium chromium-driver fonts-noto-cjk).
set -euo pipefail
base="${1:-http://127.0.0.1:8800}" out="${2:-$(dirname "$0")/screens}"
mkdir -p "$out"
exec python3 - "$base" "$out" <<'PYTHON'
import base64, json, os, subprocess, sys, tempfile, time, urllib.error, urllib.request

base, out = sys.argv[1:3]
# login, path below the language, file
PAGES = [
    ("", "/login", "login"), ("steward", "/queue", "queue"), ("operator", "/health", "health"),
    ("operator", "/health?view=table", "health-table"), ("operator", "/sources/saramin", "source"),
    ("operator", "/runs", "runs"), ("operator", "/runs/1", "run"), ("viewer", "/trend", "trend"),
    ("partner", "/partner", "partner"), ("steward", "/settings", "settings"), ("lead", "/bulk", "bulk"),
    ("admin", "/audit", "audit"), ("admin", "/people", "people"),
]
PORT = 9517
driver = subprocess.Popen(["chromedriver", f"--port={PORT}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data, {"content-type": "application/json"}, method=method)
    return json.load(urllib.request.urlopen(request, timeout=60))["value"]

for _ in range(100):
    try:
        call("GET", "/status")
        break
    except OSError:
        time.sleep(0.1)
profile = tempfile.mkdtemp()
flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1440,1000", f"--user-data-dir={profile}"]
session = "/session/" + call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": flags}}}})["sessionId"]
cdp = lambda cmd, **params: call("POST", session + "/goog/cdp/execute", {"cmd": cmd, "params": params})
go = lambda path: call("POST", session + "/url", {"url": base + path})
find = lambda css: next(iter(call("POST", session + "/element", {"using": "css selector", "value": css}).values()))

def log_in(name):
    call("DELETE", session + "/cookie")
    go("/ko/login")
    for css, text in (("#name", name), ("#password", "jobhub-demo")):
        call("POST", f"{session}/element/{find(css)}/value", {"text": text})
    call("POST", f"{session}/element/{find('button.main')}/click", {})

try:
    who = ""
    for login, path, name in PAGES:
        if login and login != who:
            log_in(login)
            who = login
        for lang in ("ko", "en"):
            go(f"/{lang}{path}")
            height = call("POST", session + "/execute/sync", {"script": "return document.documentElement.scrollHeight", "args": []})
            cdp("Emulation.setDeviceMetricsOverride", width=1440, height=min(max(900, height), 2400), deviceScaleFactor=1, mobile=False)
            time.sleep(0.2)
            png = cdp("Page.captureScreenshot", format="png")["data"]
            with open(os.path.join(out, f"{name}-{lang}.png"), "wb") as file:
                file.write(base64.b64decode(png))
            cdp("Emulation.clearDeviceMetricsOverride")
            print(f"{name}-{lang}.png")
finally:
    call("DELETE", session)
    driver.terminate()
PYTHON
