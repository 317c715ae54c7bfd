import Foundation
import Testing

@Suite struct `Bad input and bad circumstances` {
  @Test(arguments: [
    (
      "data: [{ bucket: lab-data, from: data/", "data: [{ bucket: lab-data, from: dota/",
      ["cordon.yaml:11:", "dota"]
    ),
    (
      "egress: { hosts: [] }", "egress: { hosts: [{ host: \"*.evil.test\" }] }", ["cordon.yaml:5:", "reason"]
    ),
    ("name: lab-2", "name: lab-1", ["cordon.yaml:16:", "lab-1"]),
    ("store: lab-store", "store: lab-data", ["cordon.yaml:12:", "lab-data"]),
    ("region: eu-west-1", "region: [eu-west-1]", ["cordon.yaml:4:", "region"]),
  ])
  func `a mistake in the spec is exit code 2 with its line and column`(
    was: String, now: String, words: [String]
  ) throws {
    let place = try Place(Place.text().replacing(was, with: now))
    for command in [["up", place.spec, "--state", place.state], ["explain", "--spec", place.spec]] {
      let said = try run([Cordon.executable] + command)
      #expect(said.status == 2 && words.allSatisfy { said.complaint.contains($0) }, "\(said)")
    }
    #expect(!FileManager.default.fileExists(atPath: place.state))
  }

  @Test func `whoever is new is told what to type`() throws {
    let missing = try Cordon.run("up", "/no-such-folder/cordon.yaml")
    #expect(missing.status == 2 && missing.complaint.contains("name the environment's spec"), "\(missing)")
    let down = try Cordon.run("down", "--state", "/no-such-folder", "--format", "json")
    #expect(down.status == 0 && down.text.contains("\"wasRunning\" : false"), "\(down)")
    for command in [
      ["up"], ["down"], ["status"], ["exec"], ["doctor"], ["attack"], ["work"], ["decide"], ["explain"],
      ["ledger"], ["ledger", "show"], ["ledger", "verify"], ["ledger", "export"], ["packages"],
      ["packages", "lock"],
    ] {
      let help = try run([Cordon.executable] + command + ["--help"])
      let example = "  cordon " + command.joined(separator: " ")
      #expect(help.status == 0 && help.text.contains(example), "\(command) --help shows an example: \(help)")
    }
    try Up.with { up in
      try up.exec("curl", "-s", "https://evil.test/")
      let status = try up.cordon("status")
      let hint = try #require(status.text.firstMatch(of: #/Look at them: cordon (.+)/#), "\(status)").output.1
      let shown = try run([Cordon.executable] + hint.split(separator: " ").map(String.init))
      #expect(shown.status == 0 && shown.text.contains("host/evil.test/443"), "\(shown)")
    }
  }

  @Test func `a signature of an hour ago and a dead package index are refused in words`() throws {
    let place = try Place()
    let drill = place.folder + "/drill.json"
    // Port 9 of the loopback is where nobody listens.
    try Data(#"{ "upstreamIndex": "http://127.0.0.1:9/simple/" }"#.utf8).write(to: URL(filePath: drill))
    try Up.with(place, arguments: ["--drill", drill]) { up in
      let skewed = try up.s3("skewed", "any")
      #expect(skewed.text.hasPrefix("403") && skewed.text.contains("RequestTimeTooSkewed"), "\(skewed)")
      let dead = try up.exec(
        "curl", "-s", "-w", "%{http_code}", "https://packages.cordon.internal/simple/left-behind/")
      #expect(dead.text.hasSuffix("503") && dead.text.contains("package index"), "\(dead)")
      #expect(try up.verify().status == 0)
    }
  }

  @Test func `one request is an exit code, and a bad line of a batch does not stop the rest`() throws {
    let request =
      #""request":{"principal":"arn:aws:iam::111122223333:user/ann","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333"}"#
    let allow =
      #""policies":{"identity":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}]}"#
    let good = Data("{\(request),\(allow)}".utf8)
    #expect(try Cordon.run("decide", "-", input: good).status == 0)
    let denied = try Cordon.run("decide", "-", input: Data("{\(request)}".utf8))
    #expect(denied.status == 1 && denied.text.contains("ImplicitlyDenied"), "\(denied)")
    #expect(try Cordon.run("decide", "-", input: Data("{}".utf8)).status == 2)
    #expect(try Cordon.run("decide", "-", input: Data(" \n".utf8)).status == 2)
    #expect(try Cordon.run("decide", "/nowhere").status == 2)
    #expect(try Cordon.run("decide").status == 2)
    var lines = Data("{\"id\":1,\(request),\(allow)}\n\nnot json\n".utf8)
    lines += Data([0x7B, 0xFF, 0xFE, 0x7D, 0x0A])
    lines += Data("\"\(String(repeating: "x", count: 5 << 20))\"\n".utf8)
    lines += Data("{\"id\":{\"error\":\"decision\"},\(request)}".utf8)
    let batch = try Cordon.run("decide", "--batch", "-", input: lines)
    let answers = batch.text.split(separator: "\n")
    #expect(batch.status == 0 && answers.count == 5, "\(batch)")
    #expect(answers.map { $0.contains(#""decision":"#) } == [true, false, false, false, true], "\(batch)")
    #expect(answers.allSatisfy { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil })
  }

  @Test func `the answers of a batch come as soon as nothing more is asked`() throws {
    let batch = try Running([Cordon.executable, "decide", "--batch", "-"])
    batch.write(Data("{\"id\":\"first\"}\n{\"id\":\"sec".utf8))
    try batch.waitFor("first")
    batch.write(Data("ond\"}\n".utf8))
    try batch.waitFor("second")
    #expect(try batch.finish().status == 0)
  }

  @Test func `explain prints documents by name, by kind and by route`() throws {
    let place = try Place()
    func explain(_ words: String...) throws -> Said {
      try run([Cordon.executable, "explain", "--spec", place.spec] + words)
    }
    let all = try explain()
    #expect(all.status == 0 && all.text.contains("endpoint/lab/s3\n"), "\(all)")
    let one = try explain("endpoint/lab/s3")
    #expect(one.status == 0 && one.text.hasPrefix("# endpoint/lab/s3\n{"), "\(one)")
    #expect(try explain("bucket", "--format", "json").text.hasPrefix("[{\"title\":\"bucket/"))
    for route in [
      "dns-label", "s3-foreign-credentials", "connect-foreign", "mirror-unlisted-name", "direct-tcp",
    ] {
      let said = try explain(route)
      #expect(said.status == 0 && !said.text.isEmpty, "\(said)")
    }
    let unknown = try explain("endpoint/lab/s33")
    #expect(unknown.status == 2 && unknown.complaint.contains("cordon explain --spec"), "\(unknown)")
  }

  @Test(arguments: [
    "up", "down", "status", "exec", "doctor", "attack", "work", "ledger", "ledger show", "ledger verify",
    "ledger export", "decide", "explain",
  ])
  func `every command's help has an example`(command: String) throws {
    let said = try run([Cordon.executable] + command.split(separator: " ").map(String.init) + ["--help"])
    #expect(said.status == 0 && said.text.contains("  cordon \(command)"), "\(said)")
    let wrong = try run(
      [Cordon.executable] + command.split(separator: " ").map(String.init) + ["--no-such-option"])
    #expect(wrong.status == 2 && wrong.complaint.contains("--help"), "\(wrong)")
  }

  @Test func `nothing runs is exit code 1 with what to type`() throws {
    let place = try Place()
    for command in [["status"], ["ledger", "verify"], ["work"]] {
      let said = try run([Cordon.executable] + command + ["--state", place.state])
      #expect(said.status == 1, "\(said)")
    }
    let down = try Cordon.run("down", "--state", place.state)
    #expect(down.status == 0 && down.text.contains("was not running"), "\(down)")
    #expect(!FileManager.default.fileExists(atPath: place.state))
  }
}
