import CordonModel
import Foundation
import Testing

@testable import CordonGateway

@Suite struct `pip through the package mirror` {
  @Test(arguments: [FakeIndex.Form.html, .json])
  func `a listed package installs with what it needs, from a mirror that has seen nothing yet`(
    form: FakeIndex.Form
  ) async throws {
    let pip = try PipClient()
    try await `The package mirror over HTTP`.withApp(form) { index in
      try await LoopbackMirror.run(index.url) { mirror in
        let run = try await pip.install(["app"], from: mirror)
        #expect(run.status == 0, "\(run.output)")
        #expect(pip.installed == ["app", "base"])
        #expect(
          index.requests == [
            "GET /simple/app/", "GET /packages/app-1.0-py3-none-any.whl", "GET /simple/base/",
            "GET /packages/base-2.0-py3-none-any.whl",
          ])
        #expect(!index.bytes.contains("pip"))
      }
    }
  }

  @Test func `what was installed once installs again while upstream is down`() async throws {
    let (first, second) = (try PipClient(), try PipClient())
    let folder = try TemporaryFolder()
    let url = try await `The package mirror over HTTP`.withApp { index in
      try await LoopbackMirror.run(index.url, folder: folder.path) { mirror in
        let run = try await first.install(["app"], from: mirror)
        #expect(run.status == 0, "\(run.output)")
      }
      return index.url
    }
    // An hour later and after a restart, nobody listens on the index's port.
    try await LoopbackMirror.run(url, folder: folder.path, now: LoopbackMirror.now + 3_600) { mirror in
      let run = try await second.install(["app"], from: mirror)
      #expect(run.status == 0, "\(run.output)")
      #expect(second.installed == ["app", "base"])
      let cold = try await mirror.ask("GET /simple/other/")
      #expect(cold.status == 503)
      #expect(cold.reason == "package-index-unavailable")
    }
  }

  @Test func `an unlisted name, a young release and a changed file do not install`() async throws {
    let pip = try PipClient()
    try await FakeIndex.run { index in
      let folder = try TemporaryFolder()
      let wheel = try WheelMaker.make("app", version: "1.0", requires: [], in: folder.path)
      try index.offer(wheel, of: "app", sha256: String(repeating: "a", count: 64))
      let young = try WheelMaker.make("other", version: "1.0", requires: [], in: folder.path)
      try index.offer(young, of: "other", uploaded: "2023-11-14T00:00:00Z")
      try await LoopbackMirror.run(index.url) { mirror in
        for name in ["app", "other", "c4n4ry"] {
          let run = try await pip.install([name], from: mirror)
          #expect(run.status != 0, "\(name)")
        }
        #expect(pip.installed == [])
        #expect(!index.bytes.contains("c4n4ry"))
      }
    }
  }

  @Test func `the lock script resolves inside, and its lock is what the mirror then serves by`() async throws
  {
    try await `The package mirror over HTTP`.withApp { index in
      let folder = try TemporaryFolder()
      let lock = try await LoopbackMirror.run(index.url, folder: folder.path) { mirror in
        let output = folder.path + "/report.json"
        let run = try await ClientRun.run(
          [
            "env", "-i", "HOME=\(folder.path)", "PATH=/usr/bin:/bin", "PIP_INDEX_URL=\(mirror.url)/simple/",
            "sh", "-c",
            "output=$1; shift; exec \"$@\" > \"$output\"", "sh", output,
          ] + PackageLockScript.command(listed: ["app"]))
        #expect(run.status == 0, "\(run.output)")
        return try PackageLockReport(json: try String(contentsOfFile: output, encoding: .utf8)).lock
      }
      #expect(
        lock.packages.map { "\($0.name) \($0.version) \($0.requiredBy)" } == [
          "app 1.0 []", "base 2.0 [\"app\"]",
        ])
      #expect(lock.packages.map(\.uploaded) == Array(repeating: "2020-01-01T00:00:00Z", count: 2))
      try index.offer(try WheelMaker.make("app", version: "9.0", requires: [], in: folder.path), of: "app")
      try await LoopbackMirror.run(index.url, lock: try PackageLock(text: lock.text)) { mirror in
        let page = try await mirror.ask("GET /simple/app/")
        #expect(page.body.contains("app-1.0-") && !page.body.contains("app-9.0"))
        let needed = try await mirror.ask("GET /files/base/base-2.0-py3-none-any.whl")
        #expect(needed.status == 200)
        let other = try await mirror.ask("GET /simple/other/")
        #expect(other.reason == "package-not-listed")
      }
    }
  }
}
