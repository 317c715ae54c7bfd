"""What the walks through the portal have in common: signing in, typing, and coming to a cell of JupyterLab."""
import base64, hashlib, hmac, json, os, struct, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../CordonPortalTests/InABrowser"))
from chromium import USER, Chromium

given = json.loads(sys.argv[1])
origin = given["origin"]
TAB = "document.querySelector('#tabs [role=tab]').textContent"
# Where the picture is yellow: its middle, in the person's window.
YELLOW = """(() => { const screen = document.getElementById("screen"), box = screen.getBoundingClientRect();
  const pixels = screen.getContext("2d").getImageData(0, 0, screen.width, screen.height).data; let count = 0, x = 0, y = 0;
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at] > 230 && pixels[at + 1] > 200 && pixels[at + 2] < 60) {
    count++; x += at / 4 % screen.width; y += Math.floor(at / 4 / screen.width); }
  return count > 2000 ? [box.left + x / count * box.width / screen.width, box.top + y / count * box.height / screen.height] : null; })()"""


def code(secret):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 10 ** 6:06d}"


def picture(page, name):
    if given["pictures"]:
        page.picture(f"{given['pictures']}/walk-{name}.png")


def click(page, x, y):
    for kind, buttons in (("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)):
        button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        page.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, buttons=buttons, **button)


def typed(page, text):
    for letter in text:
        if letter == "\n":
            page.key("Enter", "Enter", 13, text="\r")
        else:
            page.key(letter, "", ord(letter.upper()) if letter.isalnum() else 0, text=letter)
        time.sleep(0.04)  # A person's pace: what is quicker is a paste, and pasting in is off.


def sign_in(page, link):
    page.go(link)
    secret = page.run("document.body.innerText.match(/into it:\\s+([A-Z2-7 ]+)/)[1]").replace(" ", "")
    for field, value in {"password": "glacier mango violin tariff", "again": "glacier mango violin tariff", "code": code(secret)}.items():
        page.run(f"document.getElementById({json.dumps(field)}).value = {json.dumps(value)}")
    page.submits("document.querySelector('main form').requestSubmit()", "document.querySelector('.codes')")
    page.go(f"{origin}/projects")


def open_lab(page):
    """Opens the project's session and a new notebook in it, with the keyboard in its first cell."""
    page.submits("document.querySelector('.project form').requestSubmit()", "location.pathname.startsWith('/session/')", seconds=90)
    page.settle("!document.getElementById('waiting')", seconds=90)
    page.settle(f"{TAB} === 'JupyterLab'", seconds=90)
    for _ in range(12):
        time.sleep(5)
        if "Untitled" in page.run(TAB):
            break
        picture(page, "lab")
        click(page, 453, 290)
    page.settle(f"{TAB}.startsWith('Untitled')")
    time.sleep(2)
    click(page, 800, 207)


def run_cell(page, text):
    typed(page, text)
    page.key("Enter", "Enter", 13, modifiers=8)


def with_browser(walk):
    browser = Chromium(given["key"])
    try:
        page = browser.page()
        page.look(1280, 800, "light")
        walk(page)
    except (TimeoutError, RuntimeError) as fault:
        print(fault)
    finally:
        browser.end()
