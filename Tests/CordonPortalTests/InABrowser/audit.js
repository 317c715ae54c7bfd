// What WCAG 2.2 AA asks of a page, as far as a machine can see it. Gives the list of what is wrong.
(() => {
  const wrong = [];
  const say = (element, text) => {
    const name = element.id ? `#${element.id}` : element.className ? `.${element.className}` : "";
    wrong.push(`${element.localName}${name}: ${text}`);
  };
  const isShown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const isHidden = (element) => element.closest(".visually-hidden, .skip, [aria-hidden=true], noscript, template") !== null;

  // 3.1.1, 2.4.2, 1.3.1, 2.4.6
  if (!document.documentElement.lang) wrong.push("no language");
  if (!document.title) wrong.push("no title");
  if (document.querySelectorAll("main").length !== 1) wrong.push("not one main");
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  let level = 0;
  for (const heading of document.querySelectorAll("h1,h2,h3,h4")) {
    if (!isShown(heading)) continue;
    const own = Number(heading.localName[1]);
    if (own > level + 1) say(heading, `a level is left out before '${heading.textContent}'`);
    level = own;
  }

  // 4.1.2: names; 1.3.5: purposes
  for (const field of document.querySelectorAll("input:not([type=hidden]):not([hidden]),select,textarea")) {
    if (field.labels?.length || field.ariaLabel || field.getAttribute("aria-labelledby")) continue;
    say(field, "has no label");
  }
  for (const element of document.querySelectorAll("button,a[href],[role=button],[role=tab],summary")) {
    if (!(element.ariaLabel || element.textContent.trim())) say(element, "has no name");
    const label = element.ariaLabel, text = element.innerText?.trim();
    if (label && text && !label.includes(text)) say(element, "is called otherwise than it is written (2.5.3)");
  }
  for (const drawing of document.querySelectorAll("svg,canvas,img")) {
    if (drawing.ariaHidden === "true" || drawing.closest("[aria-hidden=true]")) continue;
    if (!(drawing.ariaLabel || drawing.getAttribute("alt") !== null)) say(drawing, "has no text beside it");
  }
  const ids = new Set();
  for (const element of document.querySelectorAll("[id]")) {
    if (ids.has(element.id)) say(element, "shares its id");
    ids.add(element.id);
  }
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      for (const id of element.getAttribute(name).split(/\s+/)) {
        if (!ids.has(id)) say(element, `${name} names nothing: ${id}`);
      }
    }
  }
  for (const element of document.querySelectorAll("[tabindex]")) if (element.tabIndex > 0) say(element, "jumps the queue");

  // 1.4.3, 1.4.11: contrast
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parsed = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    return { parts: [red, green, blue], alpha: alpha / 255 };
  };
  const over = (top, below) => top.parts.map((part, i) => part * top.alpha + below[i] * (1 - top.alpha));
  const ground = (element) => {
    const chain = [];
    for (let node = element; node; node = node.parentElement) chain.unshift(parsed(getComputedStyle(node).backgroundColor));
    return chain.reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const luminance = (parts) => {
    const [red, green, blue] = parts.map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, two) => {
    const [high, low] = [luminance(one), luminance(two)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !isShown(element) || isHidden(element) || element.closest("[disabled]")) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const value = ratio(over(parsed(style.color), below), below);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    texts += 1;
    if (value < (isLarge ? 3 : 4.5)) say(element, `contrast ${value.toFixed(2)}: '${walker.currentNode.data.trim().slice(0, 30)}'`);
    if (size < 12) say(element, `text of ${size} px`);
  }
  if (!texts) wrong.push("no text to look at");
  for (const field of document.querySelectorAll("input:not([type=hidden])")) {
    if (!isShown(field)) continue;
    const below = ground(field.parentElement);
    const value = ratio(over(parsed(getComputedStyle(field).borderTopColor), below), below);
    if (value < 3) say(field, `its edge has contrast ${value.toFixed(2)}`);
  }

  // 2.5.8: targets; 1.4.10: reflow
  for (const element of document.querySelectorAll("button,a[href],input:not([type=hidden]),summary")) {
    if (!isShown(element) || isHidden(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 24 || box.height < 24) say(element, `is ${box.width.toFixed(0)} by ${box.height.toFixed(0)}`);
  }
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) {
    wrong.push(`scrolls sideways: ${root.scrollWidth} in ${innerWidth}`);
    for (const element of document.body.querySelectorAll("*")) {
      if (isShown(element) && element.getBoundingClientRect().right > innerWidth + 1) { say(element, "reaches out"); break; }
    }
  }
  return wrong;
})();
