import Foundation
import Testing

@Suite struct `Under pressure` {
  @Test func `a workspace that takes all it can get harms neither its neighbour nor the gateway`() throws {
    try Up.with { up in
      let disk = try up.exec(
        "sh", "-c", "dd if=/dev/zero of=$HOME/filler bs=1M count=200 2>&1; sync; ls -l $HOME/filler")
      #expect(disk.text.contains("No space left on device"), "\(disk)")
      let bomb =
        "import os\nmade = 0\ntry:\n while True:\n  if os.fork() == 0: os.read(os.pipe()[0], 1)\n  made += 1\nexcept OSError as e: print(made, e)"
      let processes = try up.exec("python3", "-c", bomb)
      #expect(processes.text.contains("Resource temporarily unavailable"), "\(processes)")
      let memory = try up.exec("python3", "-c", "x = bytearray(1 << 30); print(len(x))")
      #expect(memory.status != 0 && memory.line.isEmpty, "\(memory)")
      #expect(try up.s3("put", "fine", workspace: "lab-2", input: Data("fine".utf8)).line == "200")
      #expect(try up.exec("sh", "-c", "echo ok > ~/file; cat ~/file", workspace: "lab-2").line == "ok")
      #expect(try up.exec("sh", "-c", "rm ~/filler; echo again").line == "again")
      #expect(try up.verify().status == 0)
    }
  }

  @Test func `thousands of idle connections of one workspace leave the others their doors`() throws {
    try Up.with { up in
      let hoard = """
        import resource, socket, sys, time
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        held = []
        doors = [("127.0.0.1", 3128), ("127.0.0.2", 443), ("127.0.0.1", 53), ("127.0.0.4", 443)]
        for i in range(3000):
            try:
                link = socket.create_connection(doors[i % 4], 1)
                held.append(link)
            except OSError as e:
                break
        print("holding", len(held), flush=True)
        sys.stdin.read()
        """
      let hoarder = try up.start("python3", "-c", hoard)
      try hoarder.waitFor("holding", seconds: 120)
      let started = Date()
      #expect(try up.s3("put", "mine", workspace: "lab-2", input: Data("mine".utf8)).line == "200")
      #expect(try up.s3("get", "mine", workspace: "lab-2").text == "200\nmine")
      #expect(Date().timeIntervalSince(started) < 30)
      #expect(try up.status.workspaces.count == 2)
      let said = try hoarder.finish()
      #expect(said.status == 0, "\(said)")
      try wait(until: "its own doors are free again") {
        try up.s3("get", "mine").text == "200\nmine"
      }
      #expect(try up.verify().status == 0)
    }
  }

  /// The state lies on a small disk of the test's own, in a mount namespace that ends with the test.
  @Test func `a full disk is an error to the client, stores nothing half, and is recovered from`() throws {
    let place = try Place(
      Place.text(size: "{ memory: 256 MiB, processes: 64, disk: 16 MiB }", storage: "{ limit: 6 MiB }"))
    try FileManager.default.createDirectory(atPath: place.state, withIntermediateDirectories: true)
    let script = "mount -t tmpfs -o size=48m,mode=700 none \"$0\" && echo mounted && cat"
    let holder = try Running([
      "unshare", "--mount", "--propagation", "private", "sh", "-c", script, place.state,
    ])
    try holder.waitFor("mounted")
    let namespace = ["nsenter", "--mount=/proc/\(holder.identifier)/ns/mnt"]
    func inside(_ words: [String], input: Data = Data()) throws -> Said {
      try run(namespace + words, input: input)
    }
    func s3(_ words: String..., input: Data = Data()) throws -> Said {
      try inside(
        [Cordon.executable, "exec", "--state", place.state, "lab-1", "--", "python3", "-c", S3.script]
          + words,
        input: input)
    }
    defer { _ = try? inside([Cordon.executable, "down", "--state", place.state]) }
    let up = try inside([Cordon.executable, "up", place.spec, "--state", place.state])
    try #require(up.status == 0, "\(up)")
    #expect(try s3("put", "before", input: Data("before".utf8)).line == "200")
    _ = try inside([
      "sh", "-c", "dd if=/dev/zero of=\"$0/packages/filler\" bs=1M 2>/dev/null; true", place.state,
    ])
    let full = try s3("put", "big", input: Data(repeating: 7, count: 4 << 20))
    #expect(!full.text.hasPrefix("200"), "\(full)")
    _ = try inside(["rm", place.state + "/packages/filler"])
    try wait(until: "it stores again") { try s3("put", "after", input: Data("after".utf8)).line == "200" }
    #expect(try s3("get", "big").text.hasPrefix("404"))
    #expect(try s3("get", "before").text == "200\nbefore")
    let verified = try inside([Cordon.executable, "ledger", "verify", "--state", place.state])
    #expect(verified.status == 0, "\(verified)")
    #expect(try inside([Cordon.executable, "down", "--state", place.state]).status == 0)
    _ = try holder.finish()
  }
}
