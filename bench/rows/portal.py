"""A session of the secure browser as a person sees it, beside Xvfb with x11vnc and noVNC.

Both show the same pages in the same person's Chromium, a text field over a long text and JupyterLab's editor; both are
measured in that browser: from the event of the key to the frame in which the canvas has other pixels.
"""
import base64
import contextlib
import hashlib
import hmac
import json
import os
import random
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time

from .figures import Figure, NotMeasured
from .machine import checked, load, memory_of

WIDTH, HEIGHT = 1280, 800
LETTERS = 60
# The wheel: seconds, and turns of it in each.
SCROLLING, TURNS = 4, 60
# Seconds until JupyterLab is drawn and quiet, for which it has no sign outside.
SHOWN = 15
SPEC = """\
cordon: 1
name: bench-portal
organization: {{ id: o-bench1234567, account: "111122223333" }}
region: eu-west-1
people:
  - {{ name: ann, roles: [data-scientist], projects: [lab] }}
portal: {{ listen: "127.0.0.1:{port}" }}
projects:
  - name: lab
    data: [{{ bucket: bench-portal-data }}]
    store: bench-portal-store
    workspaces:
      - {{ name: lab-1, person: ann, notebook: on }}
"""
PAGE = """<!doctype html><title>typing</title><style>body { margin: 0; font: 16px monospace }
input { width: 1100px; font: 16px monospace; caret-color: transparent }</style><input><pre>"""
# Where the field is in JupyterLab's window, and the tab of the editor.
FIELD, EDITOR = (300, 103), (330, 46)
# A page and the editor, nothing else, with carets that stand still: what changes was typed.
SETTINGS = {
    ".jupyter/lab/user-settings/@jupyterlab/codemirror-extension/plugin.jupyterlab-settings":
        {"defaultConfig": {"cursorBlinkRate": 0, "lineWrap": False}},
    ".jupyter/lab/workspaces/default-37a8.jupyterlab-workspace": {
        "data": {
            "layout-restorer:data": {
                "main": {"dock": {"type": "tab-area", "currentIndex": 0, "widgets": ["htmlviewer:typing.html", "editor:typing.txt"]},
                         "current": "htmlviewer:typing.html"},
                "left": {"collapsed": True, "visible": False, "widgets": []},
                "right": {"collapsed": True, "visible": False, "widgets": []}},
            "htmlviewer:typing.html": {"data": {"path": "typing.html", "factory": "HTML Viewer"}},
            "editor:typing.txt": {"data": {"path": "typing.txt", "factory": "Editor"}}},
        "metadata": {"id": "default"}},
}
TEXT = "\n" + "".join(f"{number:5d}  the quick brown fox jumps over the lazy dog, again and again\n" for number in range(4000))

FILES = {"typing.txt": TEXT, "typing.html": PAGE + TEXT + "</pre>",
         **{path: json.dumps(value) for path, value in SETTINGS.items()}}

# Watches what is drawn on the canvas a person looks at. `band` is where letters appear; null means everywhere.
WATCH = """(() => {
  const canvas = [...document.querySelectorAll("canvas")].sort((a, b) => b.width * b.height - a.width * a.height)[0];
  const paper = canvas.getContext("2d");
  const w = window.watch = { band: null, last: 0, awaited: 0, times: [], frames: 0, framed: 0 };
  const box = () => w.band || [0, 0, canvas.width, canvas.height];
  w.sum = () => { const data = new Uint32Array(paper.getImageData(...box()).data.buffer); let sum = 0;
    for (let at = 0; at < data.length; at++) sum = (Math.imul(sum, 31) + data[at]) | 0; return sum; };
  w.keep = () => { w.kept = paper.getImageData(0, 0, canvas.width, canvas.height).data; };
  w.changed = () => { const now = paper.getImageData(0, 0, canvas.width, canvas.height).data; let top = -1, bottom = -1;
    for (let y = 60; y < canvas.height - 40; y++) for (let at = y * canvas.width * 4; at < (y + 1) * canvas.width * 4; at += 4)
      if (Math.abs(now[at] - w.kept[at]) > 60) { if (top < 0) top = y; bottom = y; break; }
    return top < 0 ? null : [top, bottom]; };
  w.drawn = () => {
    if (w.framed !== w.frame) { w.framed = w.frame; w.frames++; }
    if (!w.awaited) return;
    const sum = w.sum();
    if (sum === w.last) return;
    w.last = sum;
    const from = w.awaited;
    w.awaited = 0;
    requestAnimationFrame(() => w.times.push(performance.now() - from));
  };
  const step = () => { w.frame = performance.now(); requestAnimationFrame(step); };
  step();
  for (const name of ["drawImage", "putImageData", "fillRect"]) {
    const real = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...all) {
      const result = real.apply(this, all);
      if (this.canvas === canvas) w.drawn();
      return result;
    };
  }
  addEventListener("keydown", event => { if (event.key.length === 1) { w.last = w.sum(); w.awaited = performance.now(); } }, true);
  const at = canvas.getBoundingClientRect();
  return [at.left, at.top, canvas.width, canvas.height];
})()"""


def rows(bench):
    """One session of ours and one of the peer's, one after the other."""
    sys.path.insert(0, str(bench.root / "Tests/CordonPortalTests/InABrowser"))
    needed("/usr/lib/chromium/chromium", "chromium")
    for program in ("Xvfb", "x11vnc", "websockify"):
        needed(shutil.which(program) or f"/usr/bin/{program}", "xvfb x11vnc novnc")
    needed("/usr/share/novnc/vnc_lite.html", "novnc")
    with bench.folder_for("portal") as folder:
        os.chmod(folder, 0o755)
        ours, notebooks = session_of_ours(bench, folder)
        peer = session_of_the_peer(folder, notebooks)
    return figures(ours, peer)


def needed(path, packages):
    if not os.path.exists(path):
        raise NotMeasured(f"{path} is not there; run: apt-get install -y --no-install-recommends {packages}")


# MARK: the two sessions


def session_of_ours(bench, folder):
    state = folder / "state"
    port = free_port()
    spec = folder / "cordon.yaml"
    spec.write_text(SPEC.format(port=port))
    kept = bench.root / ".build/notebooks"
    kept.mkdir(parents=True, exist_ok=True)
    os.chmod(kept, 0o755)
    state.mkdir(mode=0o700)
    (state / "notebooks").symlink_to(kept)
    origin = f"https://127.0.0.1:{port}"
    with bench.environment(spec, state) as environment, person(key_digest(port)) as browser:
        for path, text in FILES.items():
            checked(environment.command("sh", "-c", 'mkdir -p "$(dirname "$0")" && cat > "$0"', path),
                    "cordon exec", input=text)
        link = bench.run("people", "invite", "ann", "--spec", spec, "--state", state).strip().splitlines()[-1]
        before, _ = memory_of(environment.process)
        page = browser.page()
        page.look(WIDTH, HEIGHT + 100, "light")
        sign_in(page, origin, link)
        ready = [open_session(page, origin)]
        page.settle("document.querySelector('#tabs [role=tab]')?.textContent.includes('JupyterLab')", seconds=90)
        time.sleep(SHOWN)
        bar = page.run("innerHeight - document.getElementById('screen').getBoundingClientRect().height")
        page.look(WIDTH, HEIGHT + int(bar), "light")
        seen = measured(browser, page)
        rss, _ = memory_of(environment.process)
        chromium = sum(memory_of(process)[1] for process in processes_of("/usr/lib/chromium/chromium", browser))
        for _ in range(3):
            end_session(page, origin)
            ready.append(open_session(page, origin))
    seen.update(ready=ready, grown=rss - before, chromium=chromium)
    return seen, next(kept.glob("*/bin/python")).parent.parent


def session_of_the_peer(folder, notebooks):
    """The same browser on the same page, on a screen of Xvfb's that x11vnc shows and noVNC draws."""
    home = folder / "peer"
    for path, text in FILES.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text)
    for path in [home, *home.rglob("*")]:
        os.chown(path, 64_203, 64_203)
    lab, vnc, web = free_port(), free_port(), free_port()
    display = f":{100 + random.randrange(400)}"
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "DISPLAY": display}
    with contextlib.ExitStack() as all_of_it:
        def run(*command):
            process = subprocess.Popen(
                list(map(str, command)), env=environment, cwd=home, user=64_203, group=64_203, extra_groups=[],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            all_of_it.callback(lambda: (os.killpg(process.pid, signal.SIGKILL), process.wait()))
            return process

        run(notebooks / "bin/python", "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={lab}",
            "--IdentityProvider.token=", f"--ServerApp.root_dir={home}")
        screen = run("Xvfb", display, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp")
        answers(lab)
        run("/usr/lib/chromium/chromium", "--no-first-run", "--disable-gpu", f"--user-data-dir={home}/profile",
            "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--kiosk",
            "--window-position=0,0", f"--window-size={WIDTH},{HEIGHT}", f"http://127.0.0.1:{lab}/lab")
        shown = run("x11vnc", "-display", display, "-localhost", "-rfbport", vnc, "-nopw", "-forever", "-quiet")
        answers(vnc)
        bridge = run("websockify", "--web", "/usr/share/novnc", f"127.0.0.1:{web}", f"127.0.0.1:{vnc}")
        answers(web)
        browser = all_of_it.enter_context(person(""))
        page = browser.page()
        page.look(WIDTH, HEIGHT + 60, "light")
        page.go(f"http://127.0.0.1:{web}/vnc_lite.html?path=websockify&scale=false",
                "[...document.querySelectorAll('canvas')].some(one => one.width === %d)" % WIDTH)
        time.sleep(SHOWN)
        seen = measured(browser, page)
        seen["grown"] = sum(memory_of(process.pid)[1] for process in (screen, shown, bridge))
    return seen


def measured(browser, page):
    """Latency, bytes and frames of a session that shows the page, then the editor's latency."""
    page.call("Network.disable")
    place = page.run(WATCH)
    click(page, place[0] + FIELD[0], place[1] + FIELD[1])
    seen = {"times": latencies(page, place)}
    seen.update(traffic(browser, page))
    seen["frames"] = scrolled(page, place)
    click(page, place[0] + EDITOR[0], place[1] + EDITOR[1])
    time.sleep(2)
    click(page, place[0] + WIDTH / 2, place[1] + HEIGHT / 2)
    # The first line of the text is empty.
    page.key("Home", "Home", 36, modifiers=2)
    seen["editor"] = latencies(page, place)
    return seen


def latencies(page, place):
    """Milliseconds of each letter. Where letters appear is found by what the first one changes."""
    time.sleep(1.5)
    page.run("watch.band = null; watch.keep()")
    letter(page, "x")
    time.sleep(1.5)
    lines = page.run("watch.changed()")
    if not lines:
        raise NotMeasured("a letter changed nothing in the picture")
    page.run(f"watch.band = [0, {lines[0] - 4}, {place[2]}, {lines[1] - lines[0] + 9}]; watch.times = []")
    for number in range(LETTERS):
        letter(page, "abcdefghij"[number % 10])
        time.sleep(0.12 + random.random() / 20)
    time.sleep(1)
    times = page.run("watch.times")
    if len(times) < LETTERS * 0.9:
        raise NotMeasured(f"{len(times)} of {LETTERS} letters were seen")
    return times


def traffic(browser, page):
    """Bytes a second to the person, while typing and idle."""
    page.call("Network.enable")
    browser.events = []
    started = time.monotonic()
    for number in range(20):
        letter(page, "klmnopqrst"[number % 10])
        time.sleep(0.12)
    page.run("1")
    typing = received(browser, page) / (time.monotonic() - started)
    time.sleep(2)
    page.run("1")
    browser.events = []
    time.sleep(5)
    page.run("1")
    idle = received(browser, page) / 5
    page.call("Network.disable")
    return {"typing": typing, "idle": idle}


def scrolled(page, place):
    """Frames a second in which the person's browser drew the picture, while the wheel turns.

    A wheel turns when the hand does: who waits for the browser's answer to each turn turns it some twenty times a second, and sees
    no more frames than that, whatever is measured.
    """
    page.run("watch.frames = 0; watch.band = [0, 0, 1, 1]")
    began = time.monotonic()
    for turn in range(SCROLLING * TURNS):
        time.sleep(max(0, began + turn / TURNS - time.monotonic()))
        page.tell("Input.dispatchMouseEvent", type="mouseWheel", x=place[0] + WIDTH / 2, y=place[1] + HEIGHT / 2,
                  deltaX=0, deltaY=60)
    return page.run("watch.frames") / (time.monotonic() - began)


def received(browser, page):
    """Bytes in WebSocket frames since last asked."""
    total = 0
    for event in browser.events:
        if event.get("sessionId") == page.session and event["method"] == "Network.webSocketFrameReceived":
            total += len(event["params"]["response"]["payloadData"]) * 3 // 4
    browser.events = []
    return total


# MARK: a person's hands


@contextlib.contextmanager
def person(key):
    from chromium import Chromium
    browser = Chromium(key)
    try:
        yield browser
    except (TimeoutError, RuntimeError, EOFError) as fault:
        raise NotMeasured(str(fault)) from fault
    finally:
        browser.end()


def click(page, x, y):
    for kind, buttons in (("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)):
        button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        page.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, buttons=buttons, **button)


def letter(page, one):
    page.key(one, f"Key{one.upper()}", ord(one.upper()), text=one)


def code(secret):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 10 ** 6:06d}"


def sign_in(page, origin, link):
    page.go(link)
    secret = page.run("document.body.innerText.match(/into it:\\s+([A-Z2-7 ]+)/)[1]").replace(" ", "")
    words = "glacier mango violin tariff"
    for field, value in {"password": words, "again": words, "code": code(secret)}.items():
        page.run(f"document.getElementById({json.dumps(field)}).value = {json.dumps(value)}")
    page.submits("document.querySelector('main form').requestSubmit()", "document.querySelector('.codes')")
    page.go(f"{origin}/projects")


def open_session(page, origin):
    """Seconds from the click to the first picture."""
    started = time.monotonic()
    page.submits("document.querySelector('.project form').requestSubmit()", "location.pathname.startsWith('/session/')")
    page.settle("!document.getElementById('waiting')", seconds=90)
    return time.monotonic() - started


def end_session(page, origin):
    page.submits("document.getElementById('end').click()", "location.pathname === '/projects'")


# MARK: the machine


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port):
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise NotMeasured(f"nothing listens on port {port} of this machine after a minute")


def key_digest(port):
    """The digest by which the person's Chromium accepts this one key, and no other."""
    return checked(["/bin/sh", "-c", """openssl s_client -connect "$0" </dev/null 2>/dev/null | openssl x509 -noout -pubkey |
        openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64""", f"127.0.0.1:{port}"], "openssl").strip()


def processes_of(program, but):
    """The processes of a program, without the person's own browser."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{entry}").st_uid == 64_203 or os.readlink(f"/proc/{entry}/exe") != program:
                continue
            found.append(int(entry))
    return found


# MARK: the table


def figures(ours, peer):
    def middle(times, share):
        return sorted(times)[min(len(times) - 1, int(len(times) * share))]
    command = "bench/run portal"
    half, most = middle(ours["times"], 0.5), middle(ours["times"], 0.95)
    other_half, other_most = middle(peer["times"], 0.5), middle(peer["times"], 0.95)
    ours_editor, peer_editor = middle(ours["editor"], 0.5), middle(peer["editor"], 0.5)
    ready = statistics.median(ours["ready"][1:])
    return [
        Figure("portal", "key to changed pixel, p50", f"{half:.0f} ms", f"noVNC {other_half:.0f} ms", half / other_half,
               "<= 40 ms", half <= 40, command,
               [f"{len(ours['times'])} letters typed in a page's field at {WIDTH}x{HEIGHT}; {min(ours['times']):.0f} to"
                f" {max(ours['times']):.0f} ms; peer {min(peer['times']):.0f} to {max(peer['times']):.0f} ms",
                "peer: the same Chromium on Xvfb, x11vnc, websockify, noVNC in the same person's browser", load()],
               {"cordon": ours["times"], "peer": peer["times"]}),
        Figure("portal", "key to changed pixel, p95", f"{most:.0f} ms", f"noVNC {other_most:.0f} ms", most / other_most,
               "<= 80 ms", most <= 80, command),
        Figure("portal", "the same in JupyterLab's editor, p50", f"{ours_editor:.0f} ms", f"noVNC {peer_editor:.0f} ms",
               ours_editor / peer_editor, command=command,
               notes=[f"p95 {middle(ours['editor'], 0.95):.0f} ms; peer {middle(peer['editor'], 0.95):.0f} ms; the editor's"
                      " own time is in both"],
               raw={"cordon": ours["editor"], "peer": peer["editor"]}),
        Figure("portal", "bytes while typing", f"{ours['typing'] / 1000:.1f} kB/s", f"noVNC {peer['typing'] / 1000:.1f} kB/s",
               ours["typing"] / max(1, peer["typing"]), "<= 100 kB/s", ours["typing"] <= 100_000, command,
               ["about six letters a second, in WebSocket frames to the person"]),
        Figure("portal", "bytes while idle", f"{ours['idle']:.0f} B/s", f"noVNC {peer['idle']:.0f} B/s", None, "0",
               ours["idle"] == 0, command),
        Figure("portal", "scrolling, frames/s shown", f"{ours['frames']:.0f}", f"noVNC {peer['frames']:.0f}",
               ours["frames"] / max(1, peer["frames"]), ">= 25", ours["frames"] >= 25, command,
               ["frames of the person's browser in which the picture was drawn; the wheel turns for 4 s"]),
        Figure("portal", "session ready, from the click to the first picture", f"{ready:.1f} s", target="< 3 s",
               reached=ready < 3, command=command,
               notes=["the first, with JupyterLab's start beside it: " + f"{ours['ready'][0]:.1f} s; then "
                      + ", ".join(f"{one:.1f}" for one in ours["ready"][1:]), load()]),
        Figure("portal", "memory a session, ours", f"{ours['grown']:.0f} MB", f"noVNC's {peer['grown']:.0f} MB",
               ours["grown"] / max(1, peer["grown"]), "<= 30 MB", ours["grown"] <= 30, command,
               [f"growth of the gateway's RSS with one session; its Chromium beside that: {ours['chromium']:.0f} MB PSS",
                "peer: PSS of Xvfb, x11vnc and websockify"]),
    ]
