import Foundation
import Testing

/// From `cordon up` and `cordon people invite` to a cell of JupyterLab, as a person goes it.
///
/// `CORDON_PICTURES` names a folder for its pictures.
@Suite(.serialized) struct `The way in` {
  private static func lines(port: String) -> String {
    """
    portal: { listen: "127.0.0.1:\(port)" }
    people:
      - { name: ann, roles: [data-scientist], projects: [lab] }
    projects:

    """
  }

  /// Installed once for all runs of the tests.
  private static let notebooks = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../.build/notebooks").standardizedFileURL.path

  @Test func `leads from a one-time link to a cell that runs, and explains the download that does not`()
    throws
  {
    let port = try run([
      "/usr/bin/python3", "-c",
      "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
    ]).line
    let origin = "https://127.0.0.1:\(port)"
    let text = Place.text(sandbox: "sandbox: { without: [disk-reservation] }")
      .replacing("projects:\n", with: Self.lines(port: port))
      .replacing(#/- \{ name: lab-1, size: .* \}/#, with: "- { name: lab-1, person: ann, notebook: on }")
    let place = try Place(text)
    let files = FileManager.default
    for (folder, mode) in [(place.state, 0o700), (Self.notebooks, 0o755)] {
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
    }
    try files.createSymbolicLink(
      atPath: place.state + "/notebooks", withDestinationPath: Self.notebooks)
    try Up.with(place) { up in
      #expect(try up.cordon("status").text.contains("portal \(origin)"))
      let invited = try Cordon.run("people", "invite", "ann", "--spec", place.spec, "--state", place.state)
      let given = try JSONSerialization.data(withJSONObject: [
        "origin": origin, "key": try Self.keyDigest("127.0.0.1:\(port)"), "link": invited.line,
        "pictures": ProcessInfo.processInfo.environment["CORDON_PICTURES"] ?? "",
      ])
      let walk = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "portal-walk").path
      let said = try run(
        ["/usr/bin/python3", walk, String(decoding: given, as: UTF8.self)], seconds: 400)
      #expect(said.status == 0 && said.text.isEmpty, "\(said)")
      #expect(try up.exec("sh", "-c", "cat ~/walked").line == "45")
      // With a browser and a notebook running, the portal is all that anybody outside can come to.
      #expect(try Traces.listening(up.status.process) == ["0100007F:\(port)"])
      try Self.killTheGateway(of: up)
      #expect(try up.exec("sh", "-c", "cat ~/walked").line == "45")
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
