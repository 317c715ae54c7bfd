import CordonModel
import CordonWire

/// The page that plays a recording. `replay.js` brings it to life, by the ids below; `screen.js` draws, as on a session's page.
///
/// | id | what |
/// | --- | --- |
/// | `replay` | what it all stands in, with `data-recording`, `data-token` and, once it plays, `data-state` |
/// | `screen`, `waiting` | the canvas; what stands there before the first picture |
/// | `play`, `at`, `speed`, `time` | play and pause; the place, in milliseconds; how fast; the place as text |
/// | `state` | how the recording ends, and what went wrong; said aloud |
struct ReplayPage: Sendable {
  var frame: PageFrame
  var viewer: PageFrame.Viewer
  var recording: PortalRecording

  var html: HTML {
    let session = recording.session.text
    return frame.page(
      "Recording of \(recording.person.text)", at: .recordings, for: viewer,
      """
      <h1>\(recording.person.text) in \(recording.project.text)</h1>
      <p class="lead">\(ProjectsPage.time(recording.began)), \(RecordingsPage.spoken(recording.length)). That you watch it is \
      recorded. Where nothing moved for longer than two seconds, two are shown.</p>
      <section id="replay" class="replay" aria-label="Recording" data-recording=\(session) data-token=\(viewer.formToken)>
        <p id="state" class="replay-state" role="status"></p>
        <div class="replay-screen"><canvas id="screen" width="1280" height="800" role="img" \
      aria-label="What the session showed"></canvas>
        <p id="waiting" class="replay-waiting">The recording is looked through…</p></div>
        <div class="replay-bar" role="group" aria-label="Playing">
          <button type="button" id="play" class="primary" disabled><b>Play</b></button>
          <input type="range" id="at" min="0" max="0" value="0" step="any" aria-label="Place in the recording" disabled>
          <output id="time" for="at">0:00</output>
          <label for="speed" class="visually-hidden">Speed</label>
          <select id="speed" disabled>\(ReplayMessage.Speed.allCases.map(Self.speed))</select>
        </div>
        <noscript><p>Recordings are played by a script of this portal.</p></noscript>
      </section>
      <p class="hint">Session <code>\(session)</code></p>
      """,
      scripts: """
        <script src=\(Asset.path(.screenScript)) defer></script>
        <script src=\(Asset.path(.replayScript)) defer></script>

        """)
  }

  private static func speed(_ speed: ReplayMessage.Speed) -> HTML {
    "<option value=\(String(speed.rawValue))>\(Int(speed.rawValue))×</option>"
  }
}
