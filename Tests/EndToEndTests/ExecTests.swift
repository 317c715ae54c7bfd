import Foundation
import Testing

@Suite struct `A command in a workspace` {
  @Test func `streams, exit codes, signals and a terminal pass through`() throws {
    try Up.with { up in
      try streams(up)
      try codes(up)
      try signals(up)
      try terminal(up)
    }
  }

  private func streams(_ up: Up) throws {
    let split = try up.exec("sh", "-c", "cat; echo complaint >&2", input: Data("in\n".utf8))
    #expect(split.text == "in\n" && split.complaint == "complaint\n" && split.status == 0, "\(split)")
    let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    let echoed = try up.exec("cat", input: bytes)
    #expect(echoed.output == bytes, "3 MB come back as they went in: \(echoed.output.count)")
    let closed = try run([
      "sh", "-c", "exec \"$0\" exec --state \"$1\" lab-1 -- sh -c 'cat | wc -c' <&-", Cordon.executable,
      up.state,
    ])
    #expect(closed.line == "0" && closed.status == 0, "\(closed)")
    let noOutput = try run([
      "sh", "-c", "\"$0\" exec --state \"$1\" lab-1 -- sh -c 'echo x; exit 4' >&-", Cordon.executable,
      up.state,
    ])
    #expect(noOutput.status == 4, "\(noOutput)")
    let idle = """
      import os, resource, subprocess, sys
      code = subprocess.run(sys.argv[1:], stdin=os.open("/", 0)).returncode
      used = resource.getrusage(resource.RUSAGE_CHILDREN)
      print(code, "idle" if used.ru_utime + used.ru_stime < 1 else used)
      """
    let folder = try run([
      "/usr/bin/python3", "-c", idle,
      Cordon.executable, "exec", "--state", up.state, "lab-1", "--", "sleep", "2",
    ])
    #expect(folder.line == "0 idle", "an input that cannot be read is an empty one: \(folder)")
    let head = try run(
      ["sh", "-c", "\"$0\" exec --state \"$1\" lab-1 -- yes | head -1", Cordon.executable, up.state],
      seconds: 20)
    #expect(head.line == "y", "\(head)")
  }

  private func codes(_ up: Up) throws {
    #expect(try up.exec("sh", "-c", "exit 7").status == 7)
    #expect(try up.exec("sh", "-c", "kill -KILL $$").status == 137)
    #expect(try up.exec("no-such-program").status != 0)
    let unknown = try up.exec("true", workspace: "lab-9")
    #expect(unknown.status == 125 && unknown.complaint.contains("lab-1, lab-2"), "\(unknown)")
    let nowhere = try Cordon.run("exec", "--state", up.state + "-not", "lab-1", "--", "true")
    #expect(nowhere.status == 125 && nowhere.complaint.contains("cordon up"), "\(nowhere)")
    let empty = try up.cordon("exec", "lab-1")
    #expect(empty.status == 2 && empty.complaint.contains("after --"), "\(empty)")
    let long = try up.exec("sh", "-c", ": " + String(repeating: "x", count: 100_000) + "; echo long")
    #expect(long.line == "long", "\(long)")
  }

  private func signals(_ up: Up) throws {
    for (signal, name) in [(SIGINT, "INT"), (SIGTERM, "TERM"), (SIGHUP, "HUP"), (SIGUSR1, "USR1")] {
      let script = "trap 'echo got \(name); exit 3' \(name); echo ready; while :; do sleep 0.05; done"
      let running = try up.start("bash", "-c", script)
      try running.waitFor("ready")
      running.signal(signal)
      let said = try running.finish(seconds: 20)
      #expect(said.text.contains("got \(name)") && said.status == 3, "\(said)")
    }
  }

  /// `script` gives the command a terminal of 80 columns, as an operator's own would be.
  private func terminal(_ up: Up) throws {
    let command =
      "stty cols 91; '\(Cordon.executable)' exec --state '\(up.state)' lab-1 -- sh -c 'tty; tput cols 2>/dev/null || stty size; exit 5'"
    let said = try run(["script", "-qec", command, "/dev/null"], environment: ["TERM": "xterm"])
    #expect(said.status == 5 && !said.text.contains("not a tty") && said.text.contains("91"), "\(said)")
    let off = try up.exec("sh", "-c", "tty")
    #expect(off.line == "not a tty")
  }
}
