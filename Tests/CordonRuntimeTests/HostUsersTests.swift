import CordonModel
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `Host users` {
  private func assign(_ workspaces: [String], _ scratch: Scratch, in folder: StateFolder? = nil) throws
    -> HostUsers
  {
    try (folder ?? scratch.state).create()
    return try HostUsers.assign(for: scratch.environment(workspaces), in: folder ?? scratch.state)
  }

  private func user(_ users: HostUsers, _ name: String) throws -> UInt32? {
    users.user(project: try Slug("lab"), workspace: try Slug(name))
  }

  @Test func `stay a workspace's own when others come and go, and are never handed out again`() throws {
    let scratch = try Scratch()
    let first = try assign(["b", "c"], scratch)
    let kept = try user(first, "b")
    let more = try assign(["a", "b"], scratch)
    #expect(try user(more, "b") == kept)
    #expect(Set(more.places.values).count == 3)
    #expect(try user(more, "a") != user(first, "c"))
    #expect(try user(assign(["c"], scratch), "c") == user(first, "c"))
    #expect(try more.user(project: Slug("other"), workspace: Slug("b")) == nil)
  }

  @Test func `come from a range that no distribution hands out`() throws {
    for number in 0..<200 {
      let first = StateFolder(path: "/var/lib/cordon/\(number)").firstHostUser
      #expect(first >= 0x4000_0000 && first < 0x6000_0000 && first % 256 == 0)
    }
  }

  @Test func `go with a folder that is moved, and are refused to a copy beside the original`() throws {
    let scratch = try Scratch()
    let before = try assign(["a"], scratch)
    let moved = StateFolder(path: scratch.path + "/moved")
    try FileManager.default.copyItem(atPath: scratch.state.path, toPath: moved.path)
    #expect(throws: HostUsers.Refusal.self) { try assign(["a"], scratch, in: moved) }
    try FileManager.default.removeItem(atPath: scratch.state.path)
    let after = try assign(["a"], scratch, in: moved)
    #expect(after.first == before.first && after.folder == moved.path)
  }

  @Test func `run out before two workspaces share one`() throws {
    let scratch = try Scratch()
    let names = (0..<HostUsers.most).map { "w\($0)" }
    #expect(Set(try assign(names, scratch).places.values).count == HostUsers.most)
    #expect(throws: HostUsers.Refusal.self) { try assign(["one-more"], scratch) }
  }

  @Test(arguments: [
    "", "{", #"{"folder":"/x","first":0,"places":{}}"#, #"{"folder":"/x","first":1073741825,"places":{}}"#,
    #"{"folder":"/x","first":1073741824,"places":{"lab/a":0,"lab/b":0}}"#,
    #"{"folder":"/x","first":1073741824,"places":{"lab/a":-1}}"#,
    #"{"folder":"/x","first":1073741824,"places":{"lab/a":256}}"#,
  ])
  func `of a file that somebody changed are handed out to nobody`(text: String) throws {
    let scratch = try Scratch()
    try scratch.state.create()
    try scratch.write(text, to: "state/users.json")
    #expect(throws: HostUsers.Refusal.self) { try assign(["a"], scratch) }
  }
}
