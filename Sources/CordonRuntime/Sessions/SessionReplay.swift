import CordonLinux
import CordonStore
import CordonWire
import Foundation

/// A recording as a page that plays it: one file, for an auditor's own browser, which loads nothing from anywhere.
public struct SessionReplay {
  /// What came of it.
  public struct Outcome: Sendable, Equatable {
    /// Pictures that were written.
    public var frames: Int
    /// Whether the recording has its end; one that was cut off, by a crash or by somebody, has none.
    public var isWhole: Bool
  }

  /// Writes the page. What it shows is in clear then: the file is the caller's own, and must not be there before.
  static func write(_ path: String, key: TapeKey, title: String, to target: String) throws -> Outcome {
    var reader = try TapeReader(opening: path, key: key)
    let file = try FileDescriptor(opening: target, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    try file.writeAll(Array(head(title).utf8))
    var frames = 0
    while let entry = try reader.next() {
      guard case .frame(let frame) = try ServerMessage(parsing: entry.bytes) else { continue }
      try file.writeAll(Array(line(frame, after: entry.after).utf8))
      frames += 1
    }
    try file.writeAll(Array("<script>begin()</script>\n".utf8))
    return Outcome(frames: frames, isWhole: reader.isWhole)
  }

  /// A frame as a call of the page's script: numbers, and base64 between them.
  private static func line(_ frame: ServerMessage.Frame, after: UInt64) -> String {
    let parts = frame.rectangles.map { "[\($0.x),\($0.y),\"\(Data($0.image).base64EncodedString())\"]" }
    return
      "<script>f(\(after / 1_000),\(frame.width),\(frame.height),\(frame.isWhole),[\(parts.joined(separator: ","))])</script>\n"
  }

  private static func head(_ title: String) -> String {
    let safe = title.filter { $0.isLetter || $0.isNumber || " -:.".contains($0) }
    return """
      <!doctype html><html lang="en"><meta charset="utf-8"><title>\(safe)</title>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; \
      style-src 'unsafe-inline'; img-src data:">
      <style>body{margin:0;font:16px system-ui;background:#101416;color:#eef}main{padding:1rem}canvas{max-width:100%;\
      border:1px solid #567}input{width:min(60rem,70vw)}</style>
      <main><h1 style="font-size:1.1rem">\(safe)</h1><p><button id="play">Play</button>
      <input id="at" type="range" min="0" value="0" aria-label="Place in the recording"> <output id="time"></output></p>
      <canvas id="screen" role="img" aria-label="What the session showed"></canvas></main>
      <script>
      const frames = [], f = (...frame) => frames.push(frame);
      function begin() {
        const screen = document.getElementById("screen"), paper = screen.getContext("2d"), at = document.getElementById("at");
        let shown = -1, timer = 0, turn = 0;
        at.max = Math.max(0, frames.length - 1);
        const picture = data => new Promise((done, fail) => {
          const image = new Image();
          image.onload = () => done(image); image.onerror = fail; image.src = "data:image/jpeg;base64," + data;
        });
        // A frame is drawn over those since the last whole one.
        async function show(place) {
          const mine = ++turn;
          let from = place;
          while (from > 0 && from > shown + 1 && !frames[from][3]) from--;
          if (place <= shown) { from = place; while (from > 0 && !frames[from][3]) from--; }
          for (let next = from; next <= place; next++) {
            const [time, width, height, , parts] = frames[next];
            if (screen.width !== width || screen.height !== height) { screen.width = width; screen.height = height; }
            const images = await Promise.all(parts.map(part => picture(part[2])));
            if (mine !== turn) return;
            images.forEach((image, part) => paper.drawImage(image, parts[part][0], parts[part][1]));
            shown = next;
            document.getElementById("time").textContent = (time / 1000).toFixed(1) + " s";
          }
          at.value = place;
        }
        const stop = () => { clearTimeout(timer); timer = 0; document.getElementById("play").textContent = "Play"; };
        async function on() {
          const next = Number(at.value) + 1;
          if (next >= frames.length) return stop();
          const wait = Math.min(2000, frames[next][0] - frames[next - 1][0]);
          timer = setTimeout(async () => { await show(next); if (timer) on(); }, wait);
        }
        document.getElementById("play").onclick = () => {
          if (timer) return stop();
          document.getElementById("play").textContent = "Pause";
          on();
        };
        at.oninput = () => { stop(); show(Number(at.value)); };
        if (frames.length) show(0);
      }
      </script>

      """
  }
}
