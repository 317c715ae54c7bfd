"""Looks at a page of the portal as its people do: in sizes and colour schemes, with a keyboard, through a screen reader."""
import os

SIZES = [(390, 844), (1280, 800), (2560, 1440)]

# What a page shows, by what it is and what it says; a word that is there for those who listen only counts as well.
SHOWN = """[...document.querySelectorAll("button,a[href],input,output,textarea,summary,h1,h2,[id],p,li")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 0)
  .map((e) => `${e.localName} ${e.id || (e.ariaLabel ?? e.textContent).trim().slice(0, 40)}`)"""

# The user's own spacing of letters, words, lines and paragraphs (WCAG 2.2, 1.4.12).
SPACED = """(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(
  "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}");
  document.adoptedStyleSheets = [sheet];
  const cut = [...document.querySelectorAll("h1,h2,h3,p,label,li,dt,dd,a,button,summary,code")].filter((e) =>
    e.checkVisibility({ visibilityProperty: true }) && !e.closest(".visually-hidden,.skip,[role=tab],#address") && e.textContent.trim() &&
    ["hidden", "clip"].includes(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1)
    .map((e) => e.outerHTML.slice(0, 80));
  const isWide = document.scrollingElement.scrollWidth > innerWidth;
  document.adoptedStyleSheets = [];
  return [cut, isWide]; })()"""


class Looking:
    def __init__(self, given):
        self.pictures = given["pictures"]
        self.wrong = []
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "audit.js")) as file:
            self.audit = file.read()

    def must(self, holds, text):
        if not holds:
            self.wrong.append(text)

    def tabbed(self, page, name):
        """2.1.1, 2.4.3, 2.4.7: the keyboard reaches everything, in the order of the page, and can be seen doing so."""
        page.run("""document.activeElement?.blur(); window.scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus();
          document.body.removeAttribute("tabindex");""")
        wanted = page.run("""(() => { const all = [...document.querySelectorAll("a[href],button:not([disabled]),input:not([type=hidden]):not([hidden]):not([disabled]),select:not([disabled]),textarea,summary")]
          .filter((e) => e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }) && !e.closest("noscript"));
          window.tabbables = all; return all.length; })()""")
        order = []
        for _ in range(wanted + 3):
            page.key("Tab", "Tab", 9)
            at = page.run("""(() => { const e = document.activeElement; const style = getComputedStyle(e);
              const shows = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || e.id === "typing";
              const box = e.getBoundingClientRect();
              const inView = box.bottom > 0 && box.top < innerHeight;
              return [window.tabbables.indexOf(e), shows, inView, e.outerHTML.slice(0, 80)]; })()""")
            if at[0] < 0 or at[0] in order:
                break
            self.must(at[1], f"{name}: focus cannot be seen on {at[3]}")
            self.must(at[2], f"{name}: focus is out of view on {at[3]}")
            order.append(at[0])
        self.must(order == list(range(wanted)), f"{name}: the keyboard goes {order} of {wanted}")

    def roomless(self, page):
        """1.4.10, 1.4.12: what goes away where there is little room, and what is cut off by wider spacing."""
        page.look(1280, 800, "light")
        wide = set(page.run(SHOWN))
        page.look(320, 640, "light")
        gone = sorted(wide - set(page.run(SHOWN)))
        cut, is_wide = page.run(SPACED)
        return gone, cut + (["the page, sideways"] if is_wide else [])

    def look(self, page, name, tabs=True):
        """One page in every size and scheme."""
        gone, cut = self.roomless(page)
        self.must(not gone, f"{name}: what is there in a wide window is gone in a narrow one: {gone}")
        self.must(not cut, f"{name}: what stands further apart is cut off: {cut}")
        for scheme in ("light", "dark"):
            for width, height in [(320, 640)] + SIZES:
                page.look(width, height, scheme)
                for text in page.run(self.audit):
                    self.wrong.append(f"{name} {scheme} {width}: {text}")
                if self.pictures and width != 320:
                    page.picture(f"{self.pictures}/{name}-{width}x{height}-{scheme}.png")
        page.look(1280, 800, "light")
        for node in page.call("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if role in ("button", "link", "textbox", "searchbox", "slider", "combobox", "tab", "dialog", "image", "navigation") \
                    and not node["ignored"]:
                self.must(node.get("name", {}).get("value"), f"{name}: a {role} has no name for a screen reader")
        if tabs:
            self.tabbed(page, name)
        for text in page.complaints():
            self.wrong.append(f"{name}: {text}")
