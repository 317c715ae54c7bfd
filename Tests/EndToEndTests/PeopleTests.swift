import Foundation
import Testing

@Suite struct `People from the command line` {
  private static let lines = """
    portal: {}
    people:
      - { name: ann, roles: [data-scientist], projects: [lab] }
    projects:

    """

  private static func place() throws -> Place {
    let place = try Place(Place.text().replacing("projects:\n", with: lines))
    try FileManager.default.createDirectory(
      atPath: place.state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return place
  }

  @Test func `they are invited once, reset and disabled, and listed as what they are`() throws {
    let place = try Self.place()
    func people(_ words: String...) throws -> Said {
      try run([Cordon.executable, "people"] + words + ["--spec", place.spec, "--state", place.state])
    }
    let links = try ["invite", "invite", "reset"].map { try people($0, "ann") }
    for said in links {
      #expect(said.status == 0 && said.text.hasPrefix("https://127.0.0.1:8443/welcome/"), "\(said)")
    }
    #expect(Set(links.map(\.text)).count == 3)
    let listed = try people("list", "--format", "json")
    #expect(listed.status == 0 && listed.text.contains("\"account\" : \"invited\""), "\(listed)")
    #expect(try people("disable", "ann").status == 0)
    let refused = try people("invite", "ann")
    #expect(refused.status == 2 && refused.complaint.contains("cordon people reset ann"), "\(refused)")
    let unknown = try people("invite", "bob")
    #expect(unknown.status == 2 && unknown.complaint.contains("nobody 'bob'"), "\(unknown)")
  }

  @Test func `without a portal there is nobody to invite`() throws {
    let place = try Self.place()
    try place.write(Place.text())
    let said = try Cordon.run("people", "list", "--spec", place.spec, "--state", place.state)
    #expect(said.status == 2 && said.complaint.contains("portal: {}"), "\(said)")
  }

  @Test
  func
    `up gives a link to whom nobody has given one, once, and the portal answers by the environment's authority`()
    throws
  {
    let place = try Self.place()
    let port = try Self.freePort()
    try place.write(
      Place.text().replacing(
        "projects:\n", with: Self.lines.replacing("portal: {}", with: "portal: { listen: 127.0.0.1:\(port) }")
      ))
    let up = Up(place, state: place.state)
    defer { _ = try? up.cordon("down") }
    let first = try Cordon.run("up", place.spec, "--state", place.state)
    let origin = "https://127.0.0.1:\(port)"
    #expect(first.status == 0 && first.text.contains("portal \(origin)\n"), "\(first)")
    #expect(
      first.text.contains("first sign-in of ann, once, within three days: \(origin)/welcome/"), "\(first)")
    let again = try Cordon.run("up", place.spec, "--state", place.state)
    #expect(again.status == 0 && !again.text.contains("/welcome/"), "\(again)")
    func answer(_ words: String...) throws -> Said {
      try run(
        ["curl", "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}"] + words)
    }
    #expect(try answer("--cacert", "\(place.state)/ca/authority.pem", "\(origin)/sign-in").text == "200")
    let distrusted = try answer("\(origin)/sign-in")
    #expect(distrusted.status == 60, "\(distrusted)")
    #expect(try up.cordon("down").status == 0)
    #expect(try answer("--insecure", "\(origin)/sign-in").status == 7)
  }

  /// A port that nobody listened on a moment ago: a spec names its port, so that people find it.
  private static func freePort() throws -> Int {
    let said = try run([
      "python3", "-c",
      "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
    ])
    return try #require(Int(said.line))
  }
}
