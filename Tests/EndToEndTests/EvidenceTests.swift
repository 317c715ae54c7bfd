import Foundation
import Testing

@Suite struct `The ledger of an environment` {
  /// What somebody with the file does to the records of a stopped environment, and what verification says.
  static let changes: [(String, String)] = [
    ("UPDATE records SET body = replace(body, 'lab-1', 'lab-2') WHERE n = 2", "changed"),
    ("DELETE FROM records WHERE n = 2", "removed from the middle"),
    ("DELETE FROM records WHERE n > (SELECT max(n) - 2 FROM records)", "cut off"),
    (
      "UPDATE records SET n = -1 WHERE n = 2; UPDATE records SET n = 2 WHERE n = 3; UPDATE records SET n = 3 WHERE n = -1",
      "reordered"
    ),
  ]

  @Test func `what was changed, removed, reordered or cut off in its file is found, and up refuses`() throws {
    let place = try Place()
    try Up.with(place) { up in
      for _ in 0..<4 { try up.exec("curl", "-s", "http://127.0.0.1:8170/credentials") }
      #expect(try up.verify().status == 0)
      try up.cordon("down")
    }
    let ledger = place.state + "/ledger"
    for (change, name) in Self.changes {
      try run(["cp", "-a", ledger, ledger + ".kept"])
      try Self.sql(change, in: ledger + "/ledger.db")
      let found = try Cordon.run("ledger", "verify", "--state", place.state)
      #expect(found.status == 1 && found.text.contains("LEDGER BROKEN"), "\(name): \(found)")
      if name == "cut off" {
        let up = try Cordon.run("up", place.spec, "--state", place.state)
        #expect(up.status == 1 && up.complaint.contains("damaged"), "\(name): \(up)")
        try Cordon.run("down", "--state", place.state)
      }
      try run(["rm", "-rf", ledger])
      try run(["mv", ledger + ".kept", ledger])
    }
    let whole = try Cordon.run("ledger", "verify", "--state", place.state)
    #expect(whole.status == 0, "\(whole)")
  }

  /// The triggers are in the file as well, so whoever can write to it can drop them.
  private static func sql(_ change: String, in file: String) throws {
    let script = """
      import sqlite3, sys
      base = sqlite3.connect(sys.argv[1])
      for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
          base.execute("DROP TRIGGER " + name)
      base.executescript(sys.argv[2])
      base.commit()
      """
    let said = try run(["/usr/bin/python3", "-c", script, file, change])
    try #require(said.status == 0, "\(said)")
  }

  @Test func `an export verifies elsewhere, and the noted key and position find a replaced ledger`() throws {
    let place = try Place()
    try Up.with(place) { up in
      try up.exec("true")
      let export = place.folder + "/evidence.jsonl"
      try up.cordon("ledger export").output.write(to: URL(filePath: export))
      let noted = try up.verify().text
      let anchor = try #require(noted.firstMatch(of: /--anchor (\S+)/)).output.1
      let key = try #require(noted.firstMatch(of: /key (\S+)/)).output.1
      let good = try Cordon.run("ledger", "verify", export, "--key", String(key), "--anchor", String(anchor))
      #expect(good.status == 0, "\(good)")
      let otherKey = try up.cordon("ledger verify", "--key", String(repeating: "0", count: key.count))
      #expect(otherKey.status == 1, "\(otherKey)")
      let otherEnd = try up.cordon("ledger verify", "--anchor", "1:" + String(repeating: "0", count: 64))
      #expect(otherEnd.status == 1, "\(otherEnd)")
      let wrong = try up.cordon("ledger verify", "--anchor", "latest")
      #expect(wrong.status == 2 && wrong.complaint.contains("NUMBER:HASH"), "\(wrong)")
    }
  }

  @Test func `a denial is found by what it was about, and no terminal obeys what a workspace wrote`() throws {
    try Up.with { up in
      try up.exec("curl", "-s", "https://s3.eu-west-1.amazonaws.com/lab-store/%1b%5b2Jkey")
      let shown = try up.cordon("ledger show", "--denied", "--workspace", "lab-1", "--event", "GetObject")
      #expect(shown.text.contains("s3-anonymous"), "\(shown)")
      #expect(!shown.output.contains(0x1B))
      let entered = try up.cordon("ledger show", "--workspace", "lab-1", "--event", "Exec")
      #expect(
        entered.text.contains("workspace/lab-1") && entered.text.contains(#/\blab-1 +Exec\b/#), "\(entered)")
      let elsewhere = try up.cordon("ledger show", "--workspace", "lab-2", "--event", "Exec")
      #expect(elsewhere.line == "no such decisions", "\(elsewhere)")
      let json = try up.cordon("ledger show", "--denied", "--format", "json")
      let lines = json.text.split(separator: "\n")
      #expect(
        !lines.isEmpty && lines.allSatisfy { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil }
      )
      #expect(try up.status.denials.values.reduce(0, +) >= 1)
      let path = try up.cordon("ledger show", "--path", "tunel")
      #expect(path.status == 2 && path.complaint.contains("cordon ledger show --help"), "\(path)")
    }
  }

  @Test func `a ledger that another process holds is a refusal, and one that cannot write stops the traffic`()
    throws
  {
    let place = try Place()
    try Up.with(place) { up in
      #expect(try up.s3("put", "before", input: Data("1".utf8)).line == "200")
      let hold =
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        + "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
      let holder = try Running(["/usr/bin/python3", "-c", hold, place.state + "/ledger/ledger.db"])
      try holder.waitFor("held")
      let refused = try up.s3("put", "during", input: Data("2".utf8))
      #expect(refused.line.hasPrefix("200") == false, "\(refused)")
      _ = try holder.finish()
      try wait(until: "the traffic goes on") {
        try up.s3("put", "after", input: Data("3".utf8)).line == "200"
      }
      #expect(try up.s3("get", "during").text.hasPrefix("404"))
      #expect(try up.verify().status == 0)
      try up.cordon("down")
    }
    let holder = try Running(["flock", place.state + "/ledger/lock", "sh", "-c", "echo held; cat"])
    try holder.waitFor("held")
    let locked = try Cordon.run("up", place.spec, "--state", place.state)
    #expect(locked.status == 1 && locked.complaint.contains("locked by another process"), "\(locked)")
    _ = try holder.finish()
  }
}
