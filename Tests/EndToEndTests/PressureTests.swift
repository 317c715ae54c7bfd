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
        doors = [("127.0.0.1", 3128), ("127.0.0.2", 443), ("127.0.0.1", 53), ("127.0.0.4", 443),
                 ("127.0.0.5", 443)]
        for i in range(3000):
            try:
                link = socket.create_connection(doors[i % 5], 1)
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

  private static let twoProjects = """
    cordon: 1
    name: e2e
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1
    projects:
      - name: greedy
        store: greedy-store
        storage: { limit: 8 MiB }
        workspaces: [{ name: greedy-1, size: { memory: 256 MiB, processes: 64, disk: 48 MiB } }]
      - name: modest
        store: modest-store
        storage: { limit: 8 MiB }
        workspaces: [{ name: modest-1, size: { memory: 256 MiB, processes: 64, disk: 48 MiB } }]

    """

  @Test
  func `a project that fills its buckets and its home leaves the other project all that it was promised`()
    throws
  {
    try Up.with(Place(Self.twoProjects)) { up in
      var last = try up.s3("put", "0", "greedy-store", workspace: "greedy-1", input: Data(count: 1 << 20))
      var stored = 0
      while last.line == "200", stored < 20 {
        stored += 1
        last = try up.s3(
          "put", "\(stored)", "greedy-store", workspace: "greedy-1", input: Data(count: 1 << 20))
      }
      #expect((6...7).contains(stored), "\(stored)")
      #expect(last.text.hasPrefix("403\n") && last.text.contains("<Code>QuotaExceeded</Code>"), "\(last)")
      #expect(last.text.contains("limit of 8192 KiB"), "\(last)")
      let home = try up.exec("sh", "-c", "dd if=/dev/zero of=$HOME/filler bs=1M 2>&1", workspace: "greedy-1")
      #expect(home.text.contains("No space left on device"), "\(home)")

      for number in 0..<4 {
        let put = try up.s3(
          "put", "\(number)", "modest-store", workspace: "modest-1", input: Data(repeating: 7, count: 1 << 20)
        )
        #expect(put.line == "200", "\(put)")
      }
      #expect(try up.s3("get", "3", "modest-store", workspace: "modest-1").output.count == 4 + 1 << 20)
      let work = try up.exec(
        "sh", "-c", "dd if=/dev/zero of=$HOME/work bs=1M count=24 2>&1 && sync && ls $HOME",
        workspace: "modest-1")
      #expect(work.text.contains("work"), "\(work)")
      let refusals = try up.cordon("ledger show", "--denied", "--format", "json")
      #expect(refusals.text.contains("storage limit") && refusals.text.contains("greedy-1"), "\(refusals)")
      #expect(try up.cordon("status").text.contains("greedy"))
      #expect(try up.verify().status == 0)
    }
  }

  @Test func `more than the disk has is not promised, and what runs stays up`() throws {
    let place = try Place()
    try Up.with(place) { up in
      let process = try up.status.process
      try place.write(Place.text(storage: "{ limit: 1024 TiB }"))
      let refused = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(refused.status == 2 && refused.complaint.contains("buckets of project lab"), "\(refused)")
      #expect(refused.complaint.contains("disk-reservation"), "\(refused)")
      #expect(try up.status.process == process)
      try place.write(
        Place.text(sandbox: "sandbox: { without: [disk-reservation] }", storage: "{ limit: 1024 TiB }"))
      let accepted = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(accepted.status == 0, "\(accepted)")
      #expect(try up.cordon("status").text.contains("missing-mechanism 'disk-reservation'"))
    }
  }

  /// The state lies on a small disk of the test's own, in a mount namespace that ends with the test.
  @Test func `a full disk is an error to the client, stores nothing half, and is recovered from`() throws {
    let place = try Place(
      // A disk this small cannot hold what is promised to the package cache; this test is about a disk that is full.
      Place.text(
        sandbox: "sandbox: { without: [disk-reservation] }",
        size: "{ memory: 256 MiB, processes: 64, disk: 16 MiB }", storage: "{ limit: 6 MiB }"))
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
    func fillUp() throws {
      let script =
        "for size in 1M 4k 1; do dd if=/dev/zero bs=$size 2>/dev/null >> \"$0/packages/filler\"; done; true"
      _ = try inside(["sh", "-c", script, place.state])
    }
    func exec(_ words: String...) throws -> Said {
      try inside([Cordon.executable, "exec", "--state", place.state, "lab-1", "--"] + words)
    }
    try fillUp()
    let full = try s3("put", "big", input: Data(repeating: 7, count: 4 << 20))
    #expect(!full.text.hasPrefix("200"), "\(full)")
    // The home's blocks are its own, whatever the disk has.
    let home = try exec("sh", "-c", "dd if=/dev/zero of=$HOME/work bs=1M count=6 2>&1 && sync && ls $HOME")
    #expect(home.text.contains("work"), "\(home)")
    // More records than the workspaces' share of the reserve holds: the operator's share is left.
    let hammering = try exec("python3", "-c", Self.hammer)
    #expect(hammering.status == 0, "\(hammering)")
    let warned = try inside([Cordon.executable, "status", "--state", place.state])
    #expect(warned.text.contains("DISK: the disk of"), "\(warned)")
    #expect(warned.text.contains("of its reserve"), "\(warned)")
    #expect(try exec("echo", "still in").line == "still in")
    _ = try inside(["rm", place.state + "/packages/filler"])
    try wait(until: "it stores again") { try s3("put", "after", input: Data("after".utf8)).line == "200" }
    #expect(try s3("get", "big").text.hasPrefix("404"))
    #expect(try s3("get", "before").text == "200\nbefore")
    try fillUp()
    #expect(try inside([Cordon.executable, "down", "--state", place.state]).status == 0)
    _ = try inside(["rm", place.state + "/packages/filler"])
    let verified = try inside([Cordon.executable, "ledger", "verify", "--state", place.state])
    #expect(verified.status == 0, "\(verified)")
    let again = try inside([Cordon.executable, "up", place.spec, "--state", place.state])
    #expect(again.status == 0, "\(again)")
    #expect(try s3("get", "before").text == "200\nbefore")
    #expect(try inside([Cordon.executable, "down", "--state", place.state]).status == 0)
    _ = try holder.finish()
  }

  /// Four hundred questions that are refused, each with a record of its own.
  private static let hammer = """
    import http.client
    for number in range(400):
        link = http.client.HTTPConnection("127.0.0.2", 80, timeout=10)
        try:
            link.request("GET", f"/lab-store/{number}", headers={"host": "s3.eu-west-1.amazonaws.com"})
            link.getresponse().read()
        except OSError:
            pass
        except http.client.HTTPException:
            pass
        link.close()
    """
}
