import Foundation
import Testing

/// From `cordon up` and `cordon people invite` to a cell of JupyterLab, as a person goes it.
///
/// `CORDON_PICTURES` names a folder for its pictures.
@Suite(.serialized) struct `The way in` {
  private static func lines(port: String, more: String) -> String {
    """
    portal: { listen: "127.0.0.1:\(port)" }
    people:
      - { name: ann, roles: [data-scientist], projects: [lab] }
      - { name: joe, roles: [auditor], projects: [lab] }
    \(more)
    projects:

    """
  }

  /// Installed once for all runs of the tests.
  private static let notebooks = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../.build/notebooks").standardizedFileURL.path

  /// An environment whose notebook is ann's, for the length of a walk.
  private static func with(_ more: String = "", _ body: (Up, _ port: String) throws -> Void) throws {
    let port = try run([
      "/usr/bin/python3", "-c",
      "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
    ]).line
    let text = Place.text(sandbox: "sandbox: { without: [disk-reservation] }")
      .replacing("projects:\n", with: Self.lines(port: port, more: more))
      .replacing(#/- \{ name: lab-1, size: .* \}/#, with: "- { name: lab-1, person: ann, notebook: on }")
    let place = try Place(text)
    let files = FileManager.default
    for (folder, mode) in [(place.state, 0o700), (Self.notebooks, 0o755)] {
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
    }
    try files.createSymbolicLink(
      atPath: place.state + "/notebooks", withDestinationPath: Self.notebooks)
    // The first one installs JupyterLab, a minute of the index's and of a processor that others use as well.
    try Up.with(place, seconds: 600) { up in
      #expect(try up.cordon("status").text.contains("portal https://127.0.0.1:\(port)"))
      try body(up, port)
    }
  }

  private static func invite(_ name: String, to place: Place) throws -> String {
    try Cordon.run("people", "invite", name, "--spec", place.spec, "--state", place.state).line
  }

  /// Goes a walk; it says what is wrong.
  private static func go(_ walk: String, at port: String, _ more: [String: String]) throws {
    let given = try JSONSerialization.data(
      withJSONObject: [
        "origin": "https://127.0.0.1:\(port)", "key": try keyDigest("127.0.0.1:\(port)"),
        "pictures": ProcessInfo.processInfo.environment["CORDON_PICTURES"] ?? "",
      ].merging(more) { $1 })
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: walk).path
    let said = try run(["/usr/bin/python3", path, String(decoding: given, as: UTF8.self)], seconds: 400)
    #expect(said.status == 0 && said.text.isEmpty, "\(said)")
  }

  /// Ann's walk past a card's number, and joe's through its recording.
  private static func cross(_ up: Up, at port: String, hides: Bool) throws {
    let more = ["link": try invite("ann", to: up.place), "auditor": try invite("joe", to: up.place)]
    try go("crossing-walk", at: port, more.merging(["hides": hides ? "yes" : ""]) { $1 })
  }

  @Test func `leads from a one-time link to a cell that runs, and explains the download that does not`()
    throws
  {
    try Self.with { up, port in
      try Self.go("portal-walk", at: port, ["link": try Self.invite("ann", to: up.place)])
      #expect(try up.exec("sh", "-c", "cat ~/walked").line == "45")
      // With a browser and a notebook running, the portal is all that anybody outside can come to.
      #expect(try Traces.listening(up.status.process) == ["0100007F:\(port)"])
      try Self.killTheGateway(of: up)
      #expect(try up.exec("sh", "-c", "cat ~/walked").line == "45")
    }
  }

  @Test
  func `shows no digit of a card's number, live or recorded, and lets out the files that the spec opens`()
    throws
  {
    try Self.with("browser: { download: on, redact: [card-number], record: { keep: 1d } }") { up, port in
      try Self.cross(up, at: port, hides: true)
      let taken = try up.cordon("ledger show --event Download --format json").text
      for name in ["results.csv", "Untitled.ipynb"] { #expect(taken.contains(name), "\(taken)") }
      #expect(taken.contains("sha256") && !taken.contains("denied"), "\(taken)")
      let hidden = try up.cordon("ledger show --event textRedacted --format json").text
      #expect(hidden.contains("card-number") && !hidden.contains("4111"), "\(hidden)")
      let verified = try up.verify()
      #expect(verified.status == 0, "\(verified)")
    }
  }

  /// The same walk where nothing is hidden: what looks for the number's points in pictures and recordings finds them.
  @Test func `shows a card's number where the spec does not hide it`() throws {
    try Self.with("browser: { record: { keep: 1d } }") { up, port in
      try Self.cross(up, at: port, hides: false)
      let hidden = try up.cordon("ledger show --event textRedacted --format json").text
      #expect(!hidden.contains("card-number"), "\(hidden)")
    }
  }

  /// The person has left, the session is still open: nothing of it outlives the gateway but what was saved.
  private static func killTheGateway(of up: Up) throws {
    let gateway = try up.status.process
    let inside = Traces.holders(of: Traces.workspaces(of: gateway))
    let session = "cordon-\(`The life of an environment`.fingerprint(up.state))-s-"
    #expect(
      Traces.groups(where: { $0.hasPrefix(session) }).isEmpty == false,
      "\(session) \(Traces.groups(where: { $0.hasPrefix("cordon-") }))")
    kill(gateway, SIGKILL)
    try wait(until: "the browser and the notebook are gone") {
      Traces.of(up.state, holders: inside).holders.isEmpty
    }
    let again = try EndToEndTests.run([Cordon.executable, "up", up.place.spec, "--state", up.state])
    #expect(again.status == 0, "\(again)")
    #expect(Traces.groups(where: { $0.hasPrefix(session) }).isEmpty)
    let told = try up.cordon("ledger show", "--event", "BrowserEnded", "--format", "json").text
    #expect(told.contains("the gateway before this one ended without a word"), "\(told)")
    let verified = try up.verify()
    #expect(verified.status == 0, "\(verified)")
  }

  /// The digest by which Chromium accepts this one key, and no other.
  private static func keyDigest(_ host: String) throws -> String {
    let script = """
      openssl s_client -connect "$0" </dev/null 2>/dev/null | openssl x509 -noout -pubkey |
      openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
      """
    return try run(["/bin/sh", "-c", script, host]).line
  }
}
