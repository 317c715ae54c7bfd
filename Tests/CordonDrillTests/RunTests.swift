import FoundationEssentials
import Testing

@testable import CordonDrill

@Suite struct `Running commands` {
  func run(_ script: String, input: String = "", seconds: Double = 10) throws -> RunResult {
    Posix.ignoreBrokenPipes()
    return try Running.run(
      Launch(arguments: ["/bin/sh", "-c", script], environment: ["PATH": Tool.path]),
      input: Array(input.utf8),
      seconds: seconds)
  }

  @Test func `output, errors, input and status pass through`() throws {
    let result = try run("cat; echo oops >&2; exit 7", input: "hello")
    #expect(result.text == "hello" && result.errorText == "oops\n" && result.status == 7 && !result.timedOut)
    #expect(try run("kill -9 $$").status == 137)
  }

  @Test func `large input and output do not block each other`() throws {
    let text = String(repeating: "0123456789", count: 200_000)
    #expect(try run("cat", input: text).output.count == 2_000_000)
    #expect(try run("exec <&-; echo closed", input: text).text == "closed\n")
  }

  @Test func `what does not end is ended, with its children`() throws {
    let folder = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-run-")
    defer { Files.remove(folder) }
    let result = try run("sleep 60 & echo $! > \(folder)/child; wait", seconds: 0.5)
    #expect(result.timedOut)
    let child = String(decoding: try Files.read("\(folder)/child"), as: UTF8.self).filter(\.isNumber)
    #expect(isGone(child))
  }

  /// Whether a process ends within five seconds; one that nobody reaps has ended as well.
  func isGone(_ process: String) -> Bool {
    let end = Posix.monotonicSeconds() + 5
    repeat {
      guard let state = try? Files.read("/proc/\(process)/stat") else { return true }
      if state.contains(subsequence: Array(" Z ".utf8)) { return true }
      var nothing: [Posix.Interest] = []
      Posix.wait(&nothing, milliseconds: 10)
    } while Posix.monotonicSeconds() < end
    return false
  }

  @Test func `a daemon that keeps the pipes is not waited for`() throws {
    let start = Posix.monotonicSeconds()
    #expect(try run("sleep 30 & echo started", seconds: 20).text == "started\n")
    #expect(Posix.monotonicSeconds() - start < 15)
  }

  @Test func `a child has the planted descriptors and no others`() throws {
    let folder = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-run-")
    defer { Files.remove(folder) }
    try Files.write("planted", to: "\(folder)/file")
    let descriptor = try Posix.open("\(folder)/file")
    defer { Posix.closeDescriptor(descriptor) }
    Posix.sealInheritedDescriptors()
    let launch = Launch(
      arguments: ["/bin/bash", "-c", "cat <&19; ls /proc/self/fd | tr '\\n' ' '"],
      environment: ["PATH": Tool.path],
      planted: [19: descriptor])
    // 3 is ls's own.
    #expect(try Running.run(launch).text == "planted0 1 19 2 3 ")
  }

  @Test func `a missing program is an error with its name`() {
    #expect(throws: DrillError.system(call: "start /nonexistent/program", errno: 2)) {
      try Running.run(Launch(arguments: ["/nonexistent/program"], environment: [:]))
    }
  }

  @Test func `last words are one line, fit to print`() {
    let result = RunResult(
      status: 1, output: Array("out\n".utf8), errors: Array("cordon-drill-ran\n\u{1B}[31mbad\n".utf8),
      timedOut: false)
    #expect(result.lastLine == "out")
    let only = RunResult(status: 1, output: [], errors: Array("\u{1B}[31mbad\n".utf8), timedOut: false)
    #expect(only.lastLine == " [31mbad")
  }
}

@Suite struct `The executable under test` {
  @Test func `status is read in its full shape`() throws {
    let text = """
      {"environment":"e","workspaces":[{"name":"a-1","project":"a","uid":7},{"name":"b-1","project":"b"}],
       "buckets":[{"name":"a-data","project":"a","readOnly":true},{"name":"a-store","project":"a","readOnly":false},
                  {"name":"b-store","project":"b","readOnly":false}],"denials":{}}
      """
    let status = try JSONDecoder().decode(EnvironmentStatus.self, from: Data(text.utf8))
    #expect(status.store(of: "a") == "a-store" && status.data(of: "a") == "a-data")
    #expect(status.foreignBuckets(to: "a") == ["b-store"])
    #expect(status.store(of: "c") == nil)
  }

  @Test func `a world is entered as root and as anybody else`() {
    let root = DrillWorld.command(executable: "/bin/x", arguments: ["attack", "--inside"], isRoot: true)
    let user = DrillWorld.command(executable: "/bin/x", arguments: ["attack", "--inside"], isRoot: false)
    #expect(root.first == "/usr/bin/unshare" && !root.contains("--user") && root.contains("--kill-child"))
    #expect(user.contains("--map-current-user") && user.contains("--keep-caps"))
    #expect(root.suffix(3) == ["/bin/x", "attack", "--inside"])
  }

  @Test func `a host's own network is never touched`() {
    #expect(throws: DrillError.self) { try DrillWorld.prepare(folder: "/nonexistent") }
  }

  @Test func `an outbox is listed without being unpacked`() throws {
    let folder = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-tar-")
    defer { Files.remove(folder) }
    try Files.write("12345", to: "\(folder)/five")
    let archive = try Tool.run(["tar", "-C", folder, "-cf", "-", "."]).output
    #expect(TarListing.files(in: archive) == [.init(name: "./five", size: 5)])
    #expect(TarListing.files(in: []) == [])
    #expect(TarListing.files(in: [UInt8](repeating: 0xFF, count: 5_000)) == [])
  }
}
