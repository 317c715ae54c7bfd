// Brings the page of a recording to life; ReplayPage.swift names the elements, ReplayMessage and ServerMessage the bytes.
// Pictures come one by one, as they are watched; nothing of them is kept here.
"use strict";
(() => {
  const { VERSION, Writer, Reader, Screen } = cordonWire;
  const $ = id => document.getElementById(id);
  const { recording, token } = $("replay").dataset;
  const at = $("at"), play = $("play"), length = { now: 0 };
  let socket = null, isPlaying = false, isHeld = false, asked = 0, wanted = null;

  const send = writer => { if (socket && socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(writer.bytes)); };
  const say = (state, text) => { $("replay").dataset.state = state; if ($("state").textContent !== text) $("state").textContent = text; };

  const view = new Screen($("screen"), (number, isWhole, isDrawn) => {
    if (isDrawn) $("waiting")?.remove();
    send(new Writer(5).u32(number));
  });

  const span = milliseconds => {
    const seconds = Math.floor(milliseconds / 1000), two = n => String(n).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  };

  function show(place) {
    const text = `${span(place)} of ${span(length.now)}`;
    $("time").textContent = text;
    at.setAttribute("aria-valuetext", text);
  }

  const ENDINGS = ["The recording ends here, with its session.",
    "The recording ends here, before its session did: it was cut off, by a crash or by somebody.",
    "This is as far as the recording went when you opened it: its session goes on."];

  function take(reader) {
    if (reader.u8() !== VERSION) return over("The portal was renewed; load the page again.");
    const kind = reader.u8();
    if (kind === 1) view.take(reader);
    else if (kind === 13) { reader.u8(); over(reader.text()); }
    else if (kind === 17) {
      const place = reader.u32();
      length.now = reader.u32();
      const speed = reader.u8();
      isPlaying = reader.flag();
      const ending = reader.u8();
      at.max = String(length.now);
      if (!isHeld) { at.value = String(place); show(place); }
      $("speed").value = String(speed);
      play.querySelector("b").textContent = isPlaying ? "Pause" : "Play";
      play.dataset.playing = String(isPlaying);
      if (place >= length.now && !isPlaying) say("end", ENDINGS[ending] || "");
      else say(isPlaying ? "playing" : "still", ending === 1 ? "This recording was cut off: it ends before its session did." : "");
    }
  }

  function over(text) {
    say("over", text || "The connection is over. Load the page to watch again; that is recorded anew.");
    // Nothing was shown: there is no picture to look at.
    if ($("waiting")) { $("waiting").remove(); $("screen").hidden = true; }
    for (const control of [play, at, $("speed")]) control.disabled = true;
    if (socket) socket.close(1000);
    socket = null;
  }

  async function connect() {
    let ticket;
    try {
      const answer = await fetch(`/recordings/${recording}/ticket`,
        { method: "POST", headers: { "X-Cordon-Token": token }, credentials: "same-origin" });
      if (!answer.ok) return over("The recording cannot be opened: you are signed out, it is gone, or too many are watched now.");
      ({ ticket } = await answer.json());
    } catch { return over("The portal does not answer. Load the page to try again."); }
    const address = new URL(`/recordings/${recording}/stream`, location.href);
    address.protocol = "wss:";
    const mine = socket = new WebSocket(address, ["cordon.1", "ticket." + ticket]);
    mine.binaryType = "arraybuffer";
    mine.onopen = () => { for (const control of [play, at, $("speed")]) control.disabled = false; };
    mine.onmessage = event => { if (mine === socket) take(new Reader(event.data)); };
    mine.onclose = event => { if (mine === socket) over(event.code === 4401 ? "You are signed out." : ""); };
  }

  play.onclick = () => send(new Writer(isPlaying ? 2 : 1));
  $("speed").onchange = () => send(new Writer(4).u8(Number($("speed").value)));

  // While the place is moved, some of the ways there are asked for and the last one always.
  function seek() {
    asked = 0;
    if (wanted === null) return;
    send(new Writer(3).u32(wanted));
    wanted = null;
  }
  at.oninput = () => {
    isHeld = true;
    wanted = Math.round(Number(at.value));
    show(wanted);
    if (!asked) asked = setTimeout(seek, 120);
  };
  at.onchange = () => { isHeld = false; clearTimeout(asked); seek(); };

  connect();
})();
