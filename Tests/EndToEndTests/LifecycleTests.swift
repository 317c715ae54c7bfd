import Foundation
import Testing

@Suite struct `The life of an environment` {
  @Test func `up twice changes nothing, and down leaves nothing on the machine`() throws {
    let place = try Place()
    let groupsBefore = Set(Traces.groups())
    var holders: Set<String> = []
    try Up.with(place) { up in
      let first = try up.status
      let again = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(again.status == 0 && again.text.contains("is up already"), "\(again)")
      #expect(try up.status.process == first.process)
      let namespaces = Traces.workspaces(of: first.process)
      #expect(namespaces.count >= 4, "two workspaces have a network and a mount namespace each")
      let running = try up.start("sleep", "600")
      try wait(until: "the command runs") { try up.status.workspaces[0].processes ?? 0 > 0 }
      holders = Traces.holders(of: namespaces)
      #expect(holders.count >= 2, "the gateway and the command hold them")
      let down = try up.cordon("down")
      #expect(down.status == 0 && down.text.contains("down; its state stays"), "\(down)")
      #expect(try running.finish(seconds: 20).status != 0)
      let twice = try up.cordon("down")
      #expect(twice.status == 0 && twice.text.contains("was not running"), "\(twice)")
    }
    var left = Traces.of(place.state, holders: holders)
    left.controlGroups.removeAll { groupsBefore.contains($0) || !$0.contains(Self.fingerprint(place.state)) }
    #expect(left == Traces(), "\(left)")
    #expect(!FileManager.default.fileExists(atPath: place.state + "/run"))
    let verified = try Cordon.run("ledger", "verify", "--state", place.state)
    #expect(verified.status == 0 && verified.text.contains("ledger intact"), "\(verified)")
  }

  /// As `StateFolder.fingerprint` names control groups.
  static func fingerprint(_ path: String) -> String {
    let resolved = URL(filePath: path).resolvingSymlinksInPath().path
    let hash = (resolved.utf8 + [0xFF]).reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  @Test func `a gateway that was killed loses no object and no record, and up brings it back`() throws {
    let place = try Place()
    try Up.with(place) { up in
      #expect(try up.s3("put", "kept", input: Data("precious".utf8)).line == "200")
      try up.exec("sh", "-c", "echo note > ~/note")
      let gateway = try up.status.process
      let command = try up.start("sleep", "600")
      try wait(until: "the command runs") { try up.status.workspaces[0].processes ?? 0 > 0 }
      kill(gateway, SIGKILL)
      #expect(try command.finish(seconds: 20).status == 125, "a command dies with its gateway")
      let status = try up.cordon("status")
      #expect(status.status == 1 && status.complaint.contains("cordon up"), "\(status)")
      let verified = try up.verify()
      #expect(verified.status == 0, "\(verified)")
      let again = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(again.status == 0 && again.text.contains("is up ("), "\(again)")
      #expect(try up.s3("get", "kept").text == "200\nprecious")
      #expect(try up.exec("sh", "-c", "cat ~/note").line == "note")
      #expect(try up.verify().status == 0)
      kill(try up.status.process, SIGKILL)
      let down = try up.cordon("down")
      #expect(down.status == 0, "\(down)")
    }
    #expect(Traces.groups().filter { $0.contains(Self.fingerprint(place.state)) }.isEmpty)
  }

  @Test func `what changed is brought up anew, and what is wrong leaves the running one alone`() throws {
    let place = try Place()
    try Up.with(place) { up in
      let first = try up.status.process
      try Data("id,value\n1,43\n".utf8).write(to: URL(filePath: place.folder + "/data/table.csv"))
      let data = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(data.status == 0 && data.text.contains("is up again"), "\(data)")
      let second = try up.status.process
      #expect(second != first)
      #expect(try up.s3("get", "table.csv", "lab-data").text == "200\nid,value\n1,43\n")
      try place.write(Place.text() + "clipbord: off\n")
      let wrong = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(wrong.status == 2 && wrong.complaint.contains("unknown key 'clipbord'"), "\(wrong)")
      try place.write(Place.text(name: "other"))
      let other = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(other.status == 2 && other.complaint.contains("holds the environment 'e2e'"), "\(other)")
      #expect(try up.status.process == second)
    }
  }

  @Test func `two environments of the same names on one machine do not meet`() throws {
    let one = try Place()
    let two = try Place()
    try Up.with(one) { first in
      try Up.with(two) { second in
        #expect(try first.s3("put", "mine", input: Data("of the first".utf8)).line == "200")
        #expect(try second.s3("get", "mine").text.hasPrefix("404"))
        #expect(try second.s3("put", "mine", input: Data("of the second".utf8)).line == "200")
        #expect(try first.s3("get", "mine").text == "200\nof the first")
        try first.exec("sh", "-c", "echo first > ~/file")
        #expect(try second.exec("sh", "-c", "cat ~/file").status == 1)
        let users = [try Self.users(one), try Self.users(two)]
        #expect(users[0].isDisjoint(with: users[1]))
        let namespaces = try [first, second].map { Traces.workspaces(of: try $0.status.process) }
        #expect(namespaces[0].isDisjoint(with: namespaces[1]))
        #expect(try first.cordon("down").status == 0)
        #expect(try second.s3("get", "mine").text == "200\nof the second")
        #expect(try first.cordon("status").status == 1)
      }
    }
  }

  /// The users that homes belong to on the host.
  private static func users(_ place: Place) throws -> Set<Int> {
    struct Users: Decodable { var first: Int; var places: [String: Int] }
    let data = try Data(contentsOf: URL(filePath: place.state + "/users.json"))
    let users = try JSONDecoder().decode(Users.self, from: data)
    return Set(users.places.values.map { users.first + $0 })
  }

  @Test func `a workspace keeps its home when another one is put before it`() throws {
    let place = try Place()
    try Up.with(place) { up in
      try up.exec("sh", "-c", "echo here > ~/file")
      try place.write(
        Place.text().replacing(
          "      - { name: lab-1", with: "      - { name: lab-0, size: small }\n      - { name: lab-1"))
      let again = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(again.status == 0, "\(again)")
      #expect(try up.exec("sh", "-c", "cat ~/file && echo more >> ~/file").line == "here")
    }
  }

  @Test func `SIGTERM lets an upload under way come to its end`() throws {
    let place = try Place()
    try Up.with(place) { up in
      let gateway = try up.status.process
      let upload = try up.start("python3", "-c", S3.script, "slow", "half-way")
      try upload.waitFor("half")
      kill(gateway, SIGTERM)
      try wait(until: "the gateway drains") {
        try up.cordon("exec", "lab-2", "--", "curl", "-s", "http://127.0.0.1:8170/").status != 0
      }
      upload.write(Data("go\n".utf8))
      let said = try upload.finish(seconds: 30)
      #expect(said.text.contains("half\n200"), "\(said)")
      try wait(until: "the gateway has ended") { kill(gateway, 0) != 0 }
      #expect(try up.verify().status == 0)
      #expect(try Cordon.run("up", place.spec, "--state", place.state).status == 0)
      #expect(try up.s3("get", "half-way").output.count == 1_000_004)
    }
  }

  @Test func `a second gateway does not get the folder of the first`() throws {
    try Up.with { up in
      let second = try Cordon.run("up", up.place.spec, "--state", up.state, "--foreground", seconds: 30)
      #expect(second.status == 1 && second.complaint.contains("another gateway (process"), "\(second)")
      #expect(try up.status.workspaces.count == 2)
    }
  }

  @Test func `in the foreground it says that it is ready and ends on SIGINT`() throws {
    let place = try Place()
    let gateway = try Running([Cordon.executable, "up", place.spec, "--state", place.state, "--foreground"])
    try gateway.waitFor("ready")
    let up = Up(place, state: place.state)
    #expect(try up.exec("echo", "in").line == "in")
    gateway.signal(SIGINT)
    #expect(try gateway.finish(seconds: 30).status == 0)
    #expect(try up.cordon("status").status == 1)
  }

  @Test func `a state folder with a very long path works`() throws {
    let place = try Place()
    let deep =
      place.folder + "/" + Array(repeating: "a-folder-of-some-length", count: 6).joined(separator: "/")
    try Up.with(place, state: deep) { up in
      let said = try up.exec("echo", "deep")
      #expect(said.line == "deep", "\(said)")
      #expect(try up.status.workspaces.count == 2)
    }
  }

  @Test func `a folder with other files in it is left as it is`() throws {
    let place = try Place()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.folder)
    let said = try Cordon.run("up", place.spec, "--state", place.folder)
    #expect(said.status == 2 && said.complaint.contains("holds other files"), "\(said)")
    let mode = try FileManager.default.attributesOfItem(atPath: place.folder)[.posixPermissions]
    #expect("\(mode ?? "")" == "\(0o755)")
  }
}
