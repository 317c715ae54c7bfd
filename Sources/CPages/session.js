// Brings the page of a session to life; SessionPage.swift names the elements, ClientMessage and ServerMessage the bytes.
// Only pixels and the words below come in; only keys, pointers and the bar's buttons go out.
"use strict";
(() => {
  const { VERSION, Writer, Reader, Screen, encoder } = cordonWire;
  const $ = id => document.getElementById(id);
  const { session, token } = document.body.dataset;
  const screen = $("screen"), typing = $("typing"), stage = $("stage");
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const CURSORS = ["default", "none", "context-menu", "help", "pointer", "progress", "wait", "cell", "crosshair", "text",
    "vertical-text", "alias", "copy", "move", "no-drop", "not-allowed", "grab", "grabbing", "all-scroll", "col-resize",
    "row-resize", "n-resize", "e-resize", "s-resize", "w-resize", "ne-resize", "nw-resize", "se-resize", "sw-resize",
    "ew-resize", "ns-resize", "nesw-resize", "nwse-resize", "zoom-in", "zoom-out"];
  const DEEDS = ["Pasting in", "Copying out", "Bringing in a file", "Taking out a file", "Printing", "A new page",
    "A visit", "The page's questions"];
  const PASTE_IN = 0, COPY_OUT = 1, PRINT = 4, LONGEST_PIECE = 196608, LONGEST_TEXT = 261120;

  // ---- the connection

  let socket = null, attempts = 0, isOver = false;
  const send = writer => { if (socket && socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(writer.bytes)); };
  const show = (state, word) => {
    $("connection").dataset.state = state;
    const label = $("connection").querySelector("b");
    if (label.textContent !== word) label.textContent = word;
  };

  async function connect() {
    if (isOver) return;
    show("connecting", attempts ? "Connecting again" : "Connecting");
    let ticket;
    try {
      const answer = await fetch(`/session/${session}/ticket`,
        { method: "POST", headers: { "X-Cordon-Token": token }, credentials: "same-origin" });
      if ([401, 403, 404, 410].includes(answer.status)) return over("You are signed out, or the session is over.");
      if (!answer.ok) throw new Error(String(answer.status));
      ({ ticket } = await answer.json());
    } catch { return again(); }
    const address = new URL(`/session/${session}/stream`, location.href);
    address.protocol = location.protocol === "http:" ? "ws:" : "wss:";
    const mine = socket = new WebSocket(address, ["cordon.1", "ticket." + ticket]);
    mine.binaryType = "arraybuffer";
    // The portal says again what is shown and asked.
    mine.onopen = () => { attempts = 0; waiting.length = 0; ask(); show("live", "Live"); tellSize(true); };
    mine.onmessage = event => { if (mine === socket) take(new Reader(event.data)); };
    mine.onclose = event => {
      if (mine !== socket) return;
      socket = null;
      if (event.code === 4401) over("You are signed out.");
      else if (event.code === 4410) over("");
      else again();
    };
  }

  // A portal that restarts is not stormed: the wait doubles, with some chance in it.
  function again() {
    if (isOver) return;
    show("lost", "Connection lost");
    const wait = Math.min(8000, 250 * 2 ** attempts++) * (0.5 + Math.random());
    setTimeout(connect, wait);
  }

  function over(reason) {
    if (isOver) return;
    isOver = true;
    show("ended", "Ended");
    if (reason) $("ended-reason").textContent = reason;
    if ($("dialog").open) $("dialog").close();
    $("ended").showModal();
    if (socket) socket.close(1000);
  }

  // ---- what comes

  const open = new Set();
  const view = new Screen(screen, (number, isWhole, isDrawn) => {
    if (!isDrawn) send(new Writer(16));
    else if (isWhole) $("waiting")?.remove();
    send(new Writer(15).u32(number));
  });
  const page = view.page;

  function take(reader) {
    if (reader.u8() !== VERSION) return over("The portal was renewed; load the page again.");
    const kind = reader.u8();
    if (kind === 1) view.take(reader);
    else if (kind === 2) stage.style.cursor = CURSORS[reader.u8()] || "default";
    else if (kind === 3) tabs(reader);
    else if (kind === 4) asked({ id: reader.u32(), kind: reader.u8(), tab: reader.u32(), text: reader.text(), preset: reader.text() });
    else if (kind === 5) answered(reader.u32());
    else if (kind === 6) {
      $("back").disabled = !reader.flag();
      $("forward").disabled = !reader.flag();
      $("address").textContent = reader.text();
    } else if (kind === 7) clock(reader.u32(), reader.u32());
    else if (kind === 8) {
      const deed = reader.u8(), subject = reader.text();
      notice(`${DEEDS[deed] || "That"} was refused${subject ? ": " + subject : ""}`, reader.text());
    } else if (kind === 9) {
      open.clear();
      for (let left = reader.u8(); left > 0; left--) { const deed = reader.u8(); if (reader.flag()) open.add(deed); reader.text(); }
    } else if (kind === 10) {
      navigator.clipboard.writeText(reader.text())
        .catch(() => notice("Not copied", "Your browser did not let the portal write to its clipboard."));
    } else if (kind === 11) $("find-count").textContent = $("find-text").value ? (reader.flag() ? "Found" : "Not found") : "";
    else if (kind === 12) caret(reader);
    else if (kind === 13) { reader.u8(); over(reader.text()); }
    else if (kind === 14) offered({ id: reader.short(), deed: reader.u8(), name: reader.short(), size: reader.u32() });
    else if (kind === 15) chooseFile(reader.u32());
    else if (kind === 16) fileChosen(reader.u32());
  }

  // A tab keeps its elements for as long as it is there: a page that names itself anew takes nobody's focus away.
  const items = new Map();

  function tabItem(id) {
    const item = document.createElement("div"), tab = document.createElement("button"), close = document.createElement("button");
    item.className = "tab";
    item.setAttribute("role", "presentation");
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.onclick = () => send(new Writer(10).u32(id));
    Object.assign(close, { type: "button", className: "close" });
    close.onclick = () => send(new Writer(11).u32(id));
    item.append(tab, close);
    return { item, tab, close };
  }

  function tabs(reader) {
    const active = reader.u32(), list = $("tabs"), hadFocus = list.contains(document.activeElement), gone = new Set(items.keys());
    for (let place = 0, count = reader.u8(); place < count; place++) {
      const id = reader.u32(), hasCrashed = reader.flag(), title = reader.text(), address = reader.text();
      const name = (hasCrashed ? "Crashed: " : "") + (title || address || "New page");
      if (!items.has(id)) items.set(id, tabItem(id));
      gone.delete(id);
      const { item, tab, close } = items.get(id);
      if (tab.textContent !== name) {
        tab.textContent = tab.title = name;
        close.setAttribute("aria-label", `Close ${name}`);
      }
      tab.setAttribute("aria-selected", String(id === active));
      tab.tabIndex = close.tabIndex = id === active ? 0 : -1;
      if (list.children[place] !== item) list.insertBefore(item, list.children[place] || null);
      if (id === active && hasCrashed && tabs.crashed !== id) notice("The page crashed", "Load it again with the bar's button.");
      if (id === active) tabs.crashed = hasCrashed ? id : 0;
    }
    for (const id of gone) { items.get(id).item.remove(); items.delete(id); }
    if (hadFocus && !list.contains(document.activeElement)) list.querySelector("[aria-selected=true]")?.focus();
  }

  $("tabs").addEventListener("keydown", event => {
    const all = [...$("tabs").querySelectorAll("[role=tab]")], place = all.indexOf(document.activeElement);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || place < 0) return;
    event.preventDefault();
    all[(place + step + all.length) % all.length].focus();
  });

  // ---- a page's questions

  const waiting = [];

  function asked(dialog) { waiting.push(dialog); if (waiting.length === 1) ask(); }

  function ask() {
    const [dialog] = waiting;
    if (!dialog) { if ($("dialog").open) $("dialog").close(); return; }
    $("dialog-text").textContent = dialog.kind === 3 ? "Leave the page? What was not saved may be lost." : dialog.text;
    $("dialog-field").hidden = dialog.kind !== 2;
    $("dialog-answer").value = dialog.preset;
    $("dialog-dismiss").hidden = dialog.kind === 0;
    if (!$("dialog").open) $("dialog").showModal();
    (dialog.kind === 2 ? $("dialog-answer") : $("dialog-accept")).focus();
  }

  function answer(accept) {
    const dialog = waiting.shift();
    if (dialog) send(new Writer(13).u32(dialog.id).u8(accept ? 1 : 0).text(dialog.kind === 2 ? $("dialog-answer").value : "", 4096));
    ask();
    if (!waiting.length) typing.focus();
  }

  function answered(id) {
    const place = waiting.findIndex(dialog => dialog.id === id);
    if (place < 0) return;
    waiting.splice(place, 1);
    if (place === 0) ask();
  }

  $("dialog-accept").onclick = () => answer(true);
  $("dialog-dismiss").onclick = () => answer(false);
  $("dialog").addEventListener("cancel", event => { event.preventDefault(); answer(false); });
  $("dialog-answer").addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); answer(true); } });

  // ---- the bar

  let ends = null, hasWarned = false;

  function clock(idle, longest) {
    const now = performance.now();
    ends = { idle: now + idle * 1000, longest: now + longest * 1000 };
    if (idle > 60) hasWarned = false;
    tick();
  }

  const span = seconds => seconds >= 3600
    ? `${Math.floor(seconds / 3600)} h ${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  function tick() {
    if (!ends || isOver) return;
    const [idle, longest] = [ends.idle, ends.longest].map(end => Math.max(0, Math.round((end - performance.now()) / 1000)));
    $("clock-idle").textContent = span(idle);
    $("clock-longest").textContent = span(longest);
    if (Math.min(idle, longest) > 60 || hasWarned) return;
    hasWarned = true;
    notice("One minute left", idle <= longest ? "The session ends without input; press a key to go on." : "Save your work now.");
  }
  setInterval(tick, 1000);

  function notice(title, text) {
    const item = $("notice-template").content.firstElementChild.cloneNode(true);
    item.querySelector("strong").textContent = title;
    item.querySelector("p").textContent = text;
    $("notices").append(item);
    while ($("notices").children.length > 4) $("notices").firstElementChild.remove();
    setTimeout(() => item.remove(), 12000);
  }

  // ---- files, where the rules let them cross

  const sized = bytes => bytes < 1024 ? `${bytes} bytes` : bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;

  // A file leaves once, by the person's own click, and lands where their browser puts files.
  function offered(file) {
    if (!/^[0-9a-f]{32}$/.test(file.id) || $("offer-" + file.id)) return;
    const item = $("notice-template").content.firstElementChild.cloneNode(true), link = document.createElement("a");
    item.id = "offer-" + file.id;
    item.classList.remove("bad");
    item.querySelector("strong").textContent = file.deed === PRINT ? "The page as a document" : "A file can leave";
    item.querySelector("p").textContent = `${file.name}, ${sized(file.size)}. It was recorded, and can be saved once within five minutes.`;
    Object.assign(link, { className: "button", href: `/session/${session}/file/${file.id}`, download: "", textContent: "Save" });
    link.setAttribute("aria-label", `Save ${file.name}`);
    link.onclick = () => setTimeout(() => item.remove());
    item.firstElementChild.append(link);
    $("notices").append(item);
    setTimeout(() => item.remove(), 300000);
  }

  let chooser = 0;

  function chooseFile(id) {
    chooser = id;
    if (!$("file")) return declineFile();
    $("file-choice").value = "";
    if (!$("file").open) $("file").showModal();
    $("file-choice").focus();
  }

  function fileChosen(id) {
    if (id !== chooser) return;
    chooser = 0;
    if ($("file")?.open) $("file").close();
    typing.focus();
  }

  function declineFile() {
    if (chooser) send(new Writer(23).u32(chooser));
    fileChosen(chooser);
  }

  async function bring(file) {
    const id = chooser;
    if (!file || !id) return;
    if (file.size > 0xffffffff) { declineFile(); return notice("Not brought in", "The file is too large."); }
    send(new Writer(21).u32(id).text(file.name, 1024).u32(file.size));
    for (let at = 0; at < file.size; at += LONGEST_PIECE) {
      const bytes = new Uint8Array(await file.slice(at, at + LONGEST_PIECE).arrayBuffer());
      const message = new Uint8Array(6 + bytes.length);
      message.set(new Writer(22).u32(bytes.length).bytes);
      message.set(bytes, 6);
      // What waits here is not yet with the portal: no more of it than a moment's.
      while (socket && socket.bufferedAmount > 1048576) await new Promise(next => setTimeout(next, 20));
      if (id !== chooser || !socket || socket.readyState !== WebSocket.OPEN) return;
      socket.send(message);
    }
  }

  if ($("file")) {
    $("file-choice").onchange = () => bring($("file-choice").files[0]);
    $("file-dismiss").onclick = declineFile;
    $("file").addEventListener("cancel", event => { event.preventDefault(); declineFile(); });
  }
  if ($("print")) $("print").onclick = () => send(new Writer(20));

  ["back", "forward", "reload", "home"].forEach((id, way) => { $(id).onclick = () => send(new Writer(9).u8(way)); });
  $("new-tab").onclick = () => send(new Writer(12));

  const find = backwards => send(new Writer(14).u8(backwards ? 1 : 0).text($("find-text").value, 256));
  const closeFind = () => {
    $("find-bar").hidden = true;
    $("find-count").textContent = "";
    send(new Writer(14).u8(0).text("", 256));
    typing.focus();
  };
  $("find").onclick = () => { $("find-bar").hidden = false; $("find-text").select(); $("find-text").focus(); };
  $("find-bar").onsubmit = event => { event.preventDefault(); find(false); };
  $("find-next").onclick = () => find(false);
  $("find-previous").onclick = () => find(true);
  $("find-close").onclick = closeFind;
  $("find-bar").addEventListener("keydown", event => {
    if (event.key === "Escape") { event.preventDefault(); closeFind(); }
    if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); find(true); }
  });

  // ---- size

  let told = "", sizing = 0;
  function tellSize(always) {
    const box = stage.getBoundingClientRect(), scale = Math.round(Math.min(3, Math.max(1, devicePixelRatio)) * 100);
    const size = [Math.max(1, Math.round(box.width)), Math.max(1, Math.round(box.height)), scale];
    if (!always && size.join() === told) return;
    told = size.join();
    send(new Writer(8).u16(size[0]).u16(size[1]).u16(size[2]));
  }
  const resized = () => { clearTimeout(sizing); sizing = setTimeout(tellSize, 120); };
  new ResizeObserver(resized).observe(stage);
  addEventListener("resize", resized);

  // ---- pointers

  const place = event => {
    const box = screen.getBoundingClientRect();
    return [(event.clientX - box.left) * page.width / (box.width || 1), (event.clientY - box.top) * page.height / (box.height || 1)];
  };
  const modifiers = event => (event.altKey ? 1 : 0) | (event.ctrlKey || (isMac && event.metaKey) ? 2 : 0) |
    (event.metaKey && !isMac ? 4 : 0) | (event.shiftKey ? 8 : 0);
  const BUTTONS = { 0: 1, 1: 2, 2: 3 };
  let moved = null, turned = null, asks = false, last = { time: 0, x: 0, y: 0, clicks: 0 };
  const fingers = new Map();

  // Moves and turns of the wheel are gathered for one picture of the screen.
  const later = () => { if (!asks) { asks = true; requestAnimationFrame(flush); } };
  function flush() {
    asks = false;
    if (moved) { send(moved); moved = null; }
    if (turned) {
      send(new Writer(2).position(turned.x).position(turned.y).distance(turned.dx).distance(turned.dy).u8(turned.modifiers));
      turned = null;
    }
  }

  function pointer(kind, event, button, clicks) {
    const [x, y] = place(event);
    return new Writer(1).u8(kind).position(x).position(y).u8(button).u8(event.buttons & 7).u8(clicks).u8(modifiers(event));
  }

  function touch(kind, event) {
    const writer = new Writer(3).u8(kind).u8(modifiers(event)).u8(fingers.size);
    for (const [x, y, id] of fingers.values()) writer.u8(id).position(x).position(y);
    return writer;
  }

  stage.addEventListener("pointerdown", event => {
    if (event.target !== screen && event.target !== typing && event.target !== stage) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    flush();
    if (event.pointerType === "touch") {
      if (fingers.size >= 10) return;
      const used = new Set([...fingers.values()].map(finger => finger[2]));
      fingers.set(event.pointerId, [...place(event), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find(id => !used.has(id))]);
      return send(touch(0, event));
    }
    typing.focus({ preventScroll: true });
    const near = Math.hypot(event.clientX - last.x, event.clientY - last.y) < 5 && event.timeStamp - last.time < 500;
    last = { time: event.timeStamp, x: event.clientX, y: event.clientY, clicks: near ? last.clicks % 3 + 1 : 1 };
    if (BUTTONS[event.button]) send(pointer(1, event, BUTTONS[event.button], last.clicks));
  });

  stage.addEventListener("pointermove", event => {
    if (event.pointerType === "touch") {
      const finger = fingers.get(event.pointerId);
      if (!finger) return;
      fingers.set(event.pointerId, [...place(event), finger[2]]);
      moved = touch(1, event);
    } else moved = pointer(0, event, event.buttons & 1 ? 1 : event.buttons & 2 ? 3 : event.buttons & 4 ? 2 : 0, 0);
    later();
  });

  const lifted = (event, kind) => {
    flush();
    if (event.pointerType === "touch") {
      if (!fingers.delete(event.pointerId)) return;
      send(touch(kind, event));
      if (isEditing) typing.focus({ preventScroll: true });
    } else if (BUTTONS[event.button]) send(pointer(2, event, BUTTONS[event.button], last.clicks));
  };
  stage.addEventListener("pointerup", event => lifted(event, 2));
  stage.addEventListener("pointercancel", event => lifted(event, 3));
  stage.addEventListener("contextmenu", event => event.preventDefault());
  stage.addEventListener("wheel", event => {
    event.preventDefault();
    const unit = [1, 16, page.height][event.deltaMode] || 1, [x, y] = place(event);
    turned = { x, y, dx: (turned?.dx || 0) + event.deltaX * unit, dy: (turned?.dy || 0) + event.deltaY * unit, modifiers: modifiers(event) };
    later();
  }, { passive: false });

  // ---- keys

  let isEditing = false, isComposing = false;

  function caret(reader) {
    isEditing = reader.flag();
    const box = screen.getBoundingClientRect();
    const [x, y, height] = isEditing ? [reader.position(), reader.position(), reader.position()] : [0, 0, 16];
    typing.style.transform = `translate(${x * box.width / page.width}px, ${y * box.height / page.height}px)`;
    typing.style.height = `${Math.max(8, height * box.height / page.height)}px`;
  }

  const REMOTE = { Meta: "Control", MetaLeft: "ControlLeft", MetaRight: "ControlRight", OSLeft: "ControlLeft" };
  function key(event, isDown) {
    const name = text => isMac ? REMOTE[text] || text : text;
    return new Writer(4).u8(isDown ? 1 : 0).u8(event.repeat ? 1 : 0).u8(Math.min(event.location, 3)).u8(modifiers(event))
      .short(name(event.key)).short(name(event.code));
  }

  // What an input method or a dead key is at work on comes by composition instead.
  const isForMethod = event => event.isComposing || isComposing || event.keyCode === 229 ||
    ["Dead", "Process", "Unidentified", "AltGraph"].includes(event.key);

  typing.addEventListener("keydown", event => {
    if (event.key === "Escape" && event.ctrlKey && event.altKey) {
      event.preventDefault();
      send(new Writer(7));
      $("reload").focus();
      return notice("The keyboard is free", "Keys go to the bar now. Tab moves on; click the page to type in it again.");
    }
    if (isForMethod(event)) return;
    const isShortcut = (event.ctrlKey || (isMac && event.metaKey)) && !event.altKey, letter = event.key.toLowerCase();
    // Where the rules let text in, the browser's own paste event brings it.
    if (isShortcut && letter === "v" && open.has(PASTE_IN)) return;
    event.preventDefault();
    if (isShortcut && letter === "p" && open.has(PRINT)) return send(new Writer(20));
    if (isShortcut && (letter === "c" || letter === "x") && open.has(COPY_OUT)) send(new Writer(19));
    flush();
    send(key(event, true));
    // A Mac tells of no release while Command is held.
    if (isMac && event.metaKey && event.key !== "Meta") send(key(event, false));
  });
  typing.addEventListener("keyup", event => { if (!isForMethod(event)) { event.preventDefault(); send(key(event, false)); } });
  typing.addEventListener("compositionstart", () => { isComposing = true; });
  typing.addEventListener("compositionupdate", event => {
    const end = Math.min(event.data.length, 1000);
    send(new Writer(5).text(event.data.slice(0, end), 4096).u16(end).u16(end));
  });
  typing.addEventListener("compositionend", event => {
    isComposing = false;
    send(new Writer(6).text(event.data, 4096));
    typing.value = "";
  });
  // Keyboards of telephones, dictation and lists of symbols write without keys.
  typing.addEventListener("beforeinput", event => {
    if (event.inputType === "insertCompositionText" || isComposing) return;
    event.preventDefault();
    if (event.inputType === "insertText" && event.data) return send(new Writer(6).text(event.data, 4096));
    const name = { deleteContentBackward: "Backspace", deleteContentForward: "Delete", insertLineBreak: "Enter",
      insertParagraph: "Enter" }[event.inputType];
    if (name) for (const down of [1, 0]) send(new Writer(4).u8(down).u8(0).u8(0).u8(0).short(name).short(name));
  });
  typing.addEventListener("paste", event => {
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    if (!open.has(PASTE_IN) || !text) return;
    if (encoder.encode(text).length > LONGEST_TEXT) return notice("Not pasted", "More than 255 KiB are not pasted in one piece.");
    send(new Writer(18).text(text, LONGEST_TEXT));
  });
  typing.addEventListener("drop", event => event.preventDefault());
  stage.addEventListener("dragover", event => event.preventDefault());
  stage.addEventListener("drop", event => event.preventDefault());
  typing.addEventListener("blur", () => send(new Writer(7)));
  addEventListener("blur", () => send(new Writer(7)));

  typing.focus();
  connect();
})();
