import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@testable import CordonSandbox

/// What outlives a workspace: nothing.
@Suite struct `A workspace's end` {
  @Test func `by kill -9 of its holder leaves no process, namespace, mount or loop device`() async throws {
    let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      let shop = try Workshop()
      let workspace = try OpenWorkspace.open(shop.configuration(shop.image), on: Workshop.machine)
      let script = "setsid sleep 4321 & sleep 4321 & echo ready; wait"
      for _ in 0..<2 {
        let process = try workspace.spawn(SandboxCommand(["/bin/bash", "-c", script]))
        _ = try BorrowedDescriptor(try #require(process.streams.output?.rawValue)).read(atMost: 16)
      }
      _ = try workspace.spawn(
        SandboxCommand(["/bin/sleep", "4321"]), streams: .terminal(WindowSize(rows: 24, columns: 80)))
      print("folder=\(shop.folder) prefix=\(shop.prefix) user=\(shop.user)")
      print(Leftovers.namespaces(of: ["self"]).map { "held=\($0)" }.joined(separator: " "))
      fflush(nil)
      kill(getpid(), SIGKILL)
    }
    let facts = Facts(result?.standardOutputContent)
    let folder = try facts.one("folder")
    let user = try facts.one("user")
    let held = Set(facts.all("held"))
    #expect(held.count >= 2)
    try await Leftovers.awaitGone("processes of user \(user)") { Leftovers.processes(of: user).isEmpty }
    try await Leftovers.awaitGone("loop device") { !LoopDevice.isAttached(folder + "/home.ext4") }
    try await Leftovers.awaitGone("namespaces") {
      Leftovers.namespaces(of: Leftovers.strangers).isDisjoint(with: held)
    }
    #expect(
      !String(decoding: FileManager.default.contents(atPath: "/proc/mounts") ?? Data(), as: UTF8.self)
        .contains(folder))
    // Control groups are folders of a file system: they stay until the next start sweeps them.
    let tree = try #require(Workshop.machine.controlGroups)
    let prefix = try facts.one("prefix")
    #expect(try tree.sweep(prefix: prefix).count == 1)
    #expect(try tree.sweep(prefix: prefix) == [])
    try FileManager.default.removeItem(atPath: folder)
  }

  /// bubblewrap has moments in which its child is not yet bound to it; none of them may leave anything.
  @Test(arguments: [0, 1, 2, 4, 8, 16], [true, false])
  func `by kill -9 while a command starts leaves no process`(milliseconds: UInt32, asRoot: Bool) async throws
  {
    let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      [milliseconds, asRoot] in
      let shop = try Workshop()
      let user = asRoot ? shop.user : shop.user + 20_000_000
      let configuration = asRoot ? shop.configuration() : try `An ordinary user`.becomeOrdinary(user)
      if case .folder(let home) = configuration.home { print("home=\(home)") }
      let workspace = try OpenWorkspace.open(configuration, on: Machine.examine())
      print("user=\(user) folder=\(shop.folder) prefix=\(shop.prefix)")
      fflush(nil)
      _ = try workspace.spawn(SandboxCommand(["/bin/sleep", "4321"]))
      usleep(milliseconds * 1000)
      kill(getpid(), SIGKILL)
    }
    let facts = Facts(result?.standardOutputContent)
    let user = try facts.one("user")
    try await Leftovers.awaitGone("processes of user \(user)") { Leftovers.processes(of: user).isEmpty }
    try? FileManager.default.removeItem(atPath: try facts.one("home"))
    try FileManager.default.removeItem(atPath: try facts.one("folder"))
    try Workshop.machine.controlGroups?.sweep(prefix: try facts.one("prefix"))
  }

  @Test func `by closing it ends what runs inside and removes its group`() async throws {
    let shop = try Workshop()
    let workspace = try OpenWorkspace.open(shop.configuration(), on: Workshop.machine)
    let process = try workspace.spawn(
      SandboxCommand(["/bin/bash", "-c", "trap '' TERM INT HUP; echo ready; sleep 4321"]))
    _ = try BorrowedDescriptor(try #require(process.streams.output?.rawValue)).read(atMost: 16)
    let group = try #require(workspace.controlGroup)
    try workspace.close()
    #expect(await process.monitor.wait() == .signalled(SIGKILL))
    #expect(group.folders.values.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
    #expect(Leftovers.processes(of: "\(shop.user)") == [])
    #expect(throws: (any Error).self) { try workspace.run("/bin/true") }
  }

  /// The process that a thread launched must not end with that thread (prctl(2), PR_SET_PDEATHSIG).
  @Test func `does not come with the end of the thread that launched a command`() async throws {
    try await Workshop.withWorkspace { workspace in
      let process = try ShortThread { try workspace.spawn(SandboxCommand(["/bin/cat"])) }.join()
      try #expect(process.collect(input: "still here\n").output == "still here\n")
    }
  }

  @Test func `of a start that failed half-way leaves nothing`() async throws {
    let shop = try Workshop()
    let taken = SandboxConfiguration.Listener(
      SocketAddress(host: "192.0.2.1", port: 80), .stream, purpose: "none")
    let error = #expect(throws: SandboxError.self) {
      try OpenWorkspace.open(
        shop.configuration {
          shop.image(&$0)
          $0.listeners = [taken]
        }, on: Workshop.machine)
    }
    #expect(
      error?.description.contains("listen on 192.0.2.1:80 (stream): Cannot assign requested address") == true)
    try await Leftovers.awaitGone("loop device") { !LoopDevice.isAttached(shop.folder + "/home.ext4") }
    #expect(try Workshop.machine.controlGroups?.sweep(prefix: shop.prefix) == [])
  }
}

/// What a process that is gone has printed, `name=value` between spaces.
struct Facts {
  private let words: [String]

  init(_ output: [UInt8]?) {
    words = String(decoding: output ?? [], as: UTF8.self).split(whereSeparator: \.isWhitespace).map(
      String.init)
  }

  func all(_ name: String) -> [String] {
    words.filter { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  func one(_ name: String) throws -> String { try #require(all(name).first, "no \(name) in \(words)") }
}

/// Looks for what should be gone, from outside.
enum Leftovers {
  static var allProcesses: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter {
      $0.allSatisfy(\.isNumber)
    }
  }

  /// Processes that do not descend from this one. Tests beside this one open workspaces as well, and the kernel
  /// gives the number of a namespace that is gone to the next one.
  static var strangers: [String] {
    let parents = Dictionary(uniqueKeysWithValues: allProcesses.map { ($0, parent(of: $0)) })
    return parents.keys.filter { process in
      var ancestor: String? = process
      while let current = ancestor, current != "\(getpid())" { ancestor = parents[current] ?? nil }
      return ancestor == nil
    }
  }

  private static func parent(of process: String) -> String? {
    let status = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("PPid:") }
    return line.map { String($0.dropFirst(5).filter(\.isNumber)) }
  }

  /// Network and mount namespaces that processes are in or hold open, without those of the host, which this process is in.
  static func namespaces(of processes: [String]) -> Set<String> {
    let files = FileManager.default
    var found: Set<String> = []
    for process in processes {
      for folder in ["ns", "fd"] {
        for name in (try? files.contentsOfDirectory(atPath: "/proc/\(process)/\(folder)")) ?? [] {
          let target =
            (try? files.destinationOfSymbolicLink(atPath: "/proc/\(process)/\(folder)/\(name)")) ?? ""
          if target.hasPrefix("net:[") || target.hasPrefix("mnt:[") { found.insert(target) }
        }
      }
    }
    for name in ["net", "mnt"] {
      found.remove((try? files.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(name)")) ?? "")
    }
    return found
  }

  static func processes(of user: String) -> [String] {
    allProcesses.filter { process in
      let status = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
      let text = String(decoding: status, as: UTF8.self)
      return text.contains("Uid:\t\(user)\t") && !text.contains("State:\tZ")
    }
  }

  /// The kernel takes a moment to put away what nobody holds.
  static func awaitGone(_ what: String, _ condition: () -> Bool) async throws {
    for _ in 0..<1000 {
      if condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("still there: \(what)")
  }
}
