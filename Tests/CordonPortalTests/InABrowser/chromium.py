"""A headless Chromium of the person's side, over its debugging pipe. Standard library only."""
import base64, fcntl, json, os, shutil, subprocess, tempfile, time

USER = 64_203


class Chromium:
    def __init__(self, key_digest):
        self.profile = tempfile.mkdtemp(prefix="cordon-person-")
        os.chmod(self.profile, 0o700)
        as_root = os.geteuid() == 0
        if as_root:
            os.chown(self.profile, USER, USER)
        commands, self.writing = os.pipe()
        self.reading, replies = os.pipe()
        # Numbers that 3 and 4 are not, so that each can be put in its place.
        commands, replies = (fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (commands, replies))

        def become():
            os.dup2(commands, 3)
            os.dup2(replies, 4)
            if as_root:
                os.setgroups([])
                os.setgid(USER)
                os.setuid(USER)

        self.process = subprocess.Popen(
            ["/usr/lib/chromium/chromium", "--remote-debugging-pipe", "--headless=new", "--disable-gpu",
             "--no-first-run", "--hide-scrollbars", f"--user-data-dir={self.profile}/profile",
             f"--ignore-certificate-errors-spki-list={key_digest}", "--disable-background-networking",
             "--disable-component-update", "--disable-dev-shm-usage", "--no-proxy-server", "--lang=en-GB"],
            preexec_fn=become, pass_fds=(3, 4, commands, replies), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=open(f"{self.profile}.log", "wb"),
            env={"HOME": self.profile, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "Europe/Zurich"})
        os.close(commands)
        os.close(replies)
        self.buffer, self.number, self.events = b"", 0, []

    def message(self, deadline):
        while b"\0" not in self.buffer:
            if time.monotonic() > deadline:
                raise TimeoutError("Chromium does not answer")
            piece = os.read(self.reading, 1 << 20)
            if not piece:
                raise EOFError("Chromium ended: " + open(f"{self.profile}.log").read()[-2000:])
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def tell(self, method, session=None, **parameters):
        """Says something whose answer nobody waits for: the next call passes over it."""
        self.number += 1
        body = {"id": self.number, "method": method, "params": parameters}
        if session:
            body["sessionId"] = session
        data = json.dumps(body).encode() + b"\0"
        while data:
            data = data[os.write(self.writing, data):]

    def call(self, method, session=None, seconds=60, **parameters):
        self.tell(method, session, **parameters)
        deadline = time.monotonic() + seconds
        while True:
            message = self.message(deadline)
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def page(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        return page

    def end(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
        os.unlink(f"{self.profile}.log")


class Page:
    def __init__(self, browser, session, target):
        self.browser, self.session, self.target = browser, session, target

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def tell(self, method, **parameters):
        self.browser.tell(method, self.session, **parameters)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"])[:1500])
        return result["result"].get("value")

    def settle(self, condition="true", seconds=20):
        """Waits until the page is loaded and the condition holds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.run(f"document.readyState === 'complete' && !!({condition})"):
                    return
            except RuntimeError:
                pass
            time.sleep(0.03)
        raise TimeoutError(f"never: {condition}; at {self.run('location.href')}: {self.run('document.body.innerText')[:300]}")

    def go(self, address, condition="true"):
        self.call("Page.navigate", url=address)
        self.settle(f"location.href.startsWith({json.dumps(address)}) && ({condition})")

    def submits(self, script, condition, seconds=20):
        """Does something that leads to another document."""
        self.run("window.isBefore = true")
        self.run(script)
        self.settle(f"!window.isBefore && ({condition})", seconds=seconds)

    def look(self, width, height, scheme, motion="no-preference"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}])
        time.sleep(0.15)
        # Colours that are on their way are nobody's; asking for them brings the style up to date first.
        self.run("""Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition)
          .map((one) => one.finished.catch(() => 0))).then(() => 0)""")

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def key(self, key, code, number, modifiers=0, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code, windowsVirtualKeyCode=number,
                      modifiers=modifiers, **({"text": text} if text and kind == "keyDown" else {}))

    def complaints(self):
        """What the browser said against the page since last asked: refused scripts, styles, connections; thrown errors."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            if event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                found.append(event["params"]["entry"]["text"])
            if event["method"] == "Runtime.exceptionThrown":
                found.append(str(event["params"]["exceptionDetails"].get("exception", {}).get("description")))
        self.browser.events = []
        return found
