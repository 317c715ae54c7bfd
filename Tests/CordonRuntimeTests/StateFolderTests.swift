import CordonModel
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `A state folder` {
  @Test func `has one name, whichever way it is reached`() throws {
    let scratch = try Scratch()
    let real = scratch.path + "/real"
    try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/link", withDestinationPath: real)
    let direct = StateFolder(path: real + "/deep/state")
    for way in [scratch.path + "/link/deep/state", real + "/./deep//state/", real + "/deep/x/../state"] {
      #expect(StateFolder(path: way) == direct)
    }
    #expect(StateFolder(path: "/").path == "/")
    #expect(direct.fingerprint.count == 16)
    #expect(StateFolder(path: real + "/other").fingerprint != direct.fingerprint)
  }

  @Test func `is the owner's alone, and making it twice changes nothing`() throws {
    let scratch = try Scratch()
    let folder = scratch.state
    try folder.create()
    try folder.create()
    for path in [folder.path, folder.ledger, folder.store, folder.certificates, folder.homes, folder.run] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect("\(mode ?? "")" == "\(0o700)")
    }
  }

  @Test func `is not made of a folder or a file that holds something else`() throws {
    let scratch = try Scratch()
    try scratch.write("mine", to: "state/notes.txt")
    #expect(throws: StateFolder.Refusal.holdsOtherFiles(scratch.state.path, example: "notes.txt")) {
      try scratch.state.create()
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.state.ledger))
    #expect(throws: StateFolder.Refusal.notAFolder(scratch.state.path + "/notes.txt")) {
      try StateFolder(path: scratch.state.path + "/notes.txt").create()
    }
  }

  @Test func `may be a disk of its own, or what a crash left half made`() throws {
    let scratch = try Scratch()
    for name in ["lost+found/x", "lock", "ledger/ledger.db"] { try scratch.write("", to: "state/" + name) }
    try scratch.state.create()
    #expect(FileManager.default.fileExists(atPath: scratch.state.run))
  }

  @Test func `is not one that belongs to somebody else`() throws {
    try #require(geteuid() == 0, "only root can give a folder away; run: sudo make test")
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.state.path, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.ownerAccountID: 64_123], ofItemAtPath: scratch.state.path)
    #expect(throws: StateFolder.Refusal.notOwned(scratch.state.path, owner: 64_123)) {
      try scratch.state.create()
    }
  }

  @Test func `is held by one gateway, whose process is known while it lives`() throws {
    let scratch = try Scratch()
    try scratch.state.create()
    #expect(try !FolderLock.isHeld(scratch.state))
    do {
      let lock = try FolderLock(scratch.state)
      #expect(try FolderLock.isHeld(scratch.state))
      #expect(FolderLock.holder(of: scratch.state) == getpid())
      let second = #expect(throws: FolderLock.Held.self) { try FolderLock(scratch.state) }
      #expect("\(second.map { "\($0)" } ?? "")".contains("(process \(getpid()))"))
      withExtendedLifetime(lock) {}
    }
    #expect(try !FolderLock.isHeld(scratch.state))
    #expect(FolderLock.holder(of: scratch.state) == nil)
  }
}
