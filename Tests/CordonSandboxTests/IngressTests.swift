import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@testable import CordonSandbox

/// What somebody outside meets who connects into a workspace, whatever the workspace puts in his way.
@Suite struct `An ingress folder` {
  private static let beginning = """
    import os, socket, sys
    place = "/run/cordon/ingress/notebook.sock"
    def listen(path, waiting=8):
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(waiting)
        return server

    """
  private static let end = "\nprint('ready', flush=True)\nsys.stdin.read()\n"

  /// Runs Python in a workspace while `body` runs out here, once it has said that it is ready.
  private func serving(
    _ script: String, in workspace: OpenWorkspace, _ body: () throws -> Void
  ) throws {
    let words = ["/usr/bin/python3", "-c", Self.beginning + script + Self.end]
    let process = try workspace.spawn(SandboxCommand(words))
    defer {
      try? process.killTree()
      _ = try? process.waitBlocking()
    }
    let output = try #require(process.streams.output?.rawValue)
    let said = try BorrowedDescriptor(output).read(atMost: 64) ?? []
    try #require(String(decoding: said, as: UTF8.self) == "ready\n")
    try body()
  }

  private func code(_ folder: IngressFolder) -> Int32 {
    do throws(SystemError) {
      _ = try folder.connect(to: "notebook.sock")
      return 0
    } catch { return error.code }
  }

  @Test func `leads to the server that listens in it`() async throws {
    try await Workshop.withWorkspace({ $0.ingress = true }) { workspace in
      let folder = try #require(workspace.ingress)
      #expect(code(folder) == ENOENT)
      try serving("server = listen(place)", in: workspace) { #expect(code(folder) == 0) }
      // The server is gone and its file is not.
      #expect(code(folder) == ECONNREFUSED)
    }
  }

  @Test(arguments: [
    (ENOTSOCK, "other = listen('/tmp/other.sock'); os.symlink('/tmp/other.sock', place)"),
    (ENOTSOCK, "open(place, 'w').close()"),
    (ENOTSOCK, "os.symlink('/proc/self/fd/0', place)"),
    (ENOTSOCK, "os.mkdir(place)"),
  ])
  func `does not lead where a workspace points it`(expected: Int32, script: String) async throws {
    try await Workshop.withWorkspace({ $0.ingress = true }) { workspace in
      let folder = try #require(workspace.ingress)
      try serving(script, in: workspace) { #expect(code(folder) == expected, "\(script)") }
    }
  }

  @Test func `holds nobody up where a server accepts nothing`() async throws {
    try await Workshop.withWorkspace({ $0.ingress = true }) { workspace in
      let folder = try #require(workspace.ingress)
      try serving("server = listen(place, 0)", in: workspace) {
        let first = try folder.connect(to: "notebook.sock")
        #expect(code(folder) == EAGAIN)
        _ = first.rawValue
      }
    }
  }

  @Test func `is nothing to another workspace, nor to one without`() async throws {
    try await Workshop.withWorkspace({ $0.ingress = true }) { workspace in
      try serving("server = listen(place)", in: workspace) {
        let shop = try Workshop()
        for has in [true, false] {
          let other = try OpenWorkspace.open(
            shop.configuration { $0.ingress = has }, on: Workshop.machine)
          defer { try? other.close() }
          let said = try other.shell("find / -xdev -name '*.sock' 2>/dev/null; find /run /tmp -type s")
          #expect(said.output == "")
          let hasFolder = try other.run("test", "-e", "/run/cordon").status == .exited(0)
          #expect(hasFolder == has)
        }
      }
    }
  }

  @Test func `is no room beside the home's`() async throws {
    try await Workshop.withWorkspace({ $0.ingress = true }) { workspace in
      let said = try workspace.shell(
        "head -c 1000000 /dev/zero > /run/cordon/ingress/much; stat -c %s /run/cordon/ingress/much")
      #expect(said.line == "4096")
      let full = try workspace.shell("for i in $(seq 99); do : > /run/cordon/ingress/$i || exit 7; done")
      #expect(full.status == .exited(7))
    }
  }

  @Test func `is there for an ordinary user's workspace as well`() async throws {
    let shop = try Workshop()
    let plan = SandboxPlan(
      configuration: shop.configuration {
        $0.identity = .caller
        $0.ingress = true
      })
    let steps = plan.opening(SandboxPreparation()).steps
    #expect(steps.contains(.changeOwner("ingress", user: 1000, group: 1000)))
    #expect(steps.contains(.sendDescriptors([70, 71, 72, 79], message: Array("workspace".utf8), over: 3)))
  }
}
