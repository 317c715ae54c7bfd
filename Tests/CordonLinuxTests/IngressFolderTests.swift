import FoundationEssentials
import Glibc
import Testing

@testable import CordonLinux

/// The rows that need a socket of the wrong user, which no workspace can make in its own folder.
@Suite struct `A connection below a folder` {
  /// A folder with a stream listener called `door` in it.
  private func withListener(ownedBy user: UInt32, _ body: (String) throws -> Int32) throws -> Int32 {
    let folder =
      FileManager.default.temporaryDirectory.path + "/cordon-ingress-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let listener = try StreamListener(at: folder + "/door")
    try FileManager.default.setAttributes([.ownerAccountID: Int(user)], ofItemAtPath: folder + "/door")
    let result = try body(folder)
    _ = listener.descriptor.rawValue
    return result
  }

  private func code(_ path: String, owner: UInt32) throws -> Int32 {
    let folder = IngressFolder(
      SharedDescriptor(try FileDescriptor(opening: path, flags: O_DIRECTORY)), owner: owner)
    do throws(SystemError) {
      _ = try folder.connect(to: "door")
      return 0
    } catch { return error.code }
  }

  @Test func `is made where socket and listener are the owner's`() throws {
    let outcome = try withListener(ownedBy: geteuid()) { try code($0, owner: geteuid()) }
    #expect(outcome == 0)
  }

  @Test func `is refused where the socket is another user's`() throws {
    let outcome = try withListener(ownedBy: geteuid()) { try code($0, owner: 70_001) }
    #expect(outcome == EPERM)
  }

  @Test func `is refused where another user listens on the owner's socket`() throws {
    let outcome = try withListener(ownedBy: 70_001) { try code($0, owner: 70_001) }
    #expect(outcome == EPERM)
  }
}
