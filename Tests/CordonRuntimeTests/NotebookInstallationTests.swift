import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `The notebook's environment` {
  private func refusal(of installation: NotebookInstallation) -> String {
    do {
      try installation.install { _ in }
      return "none"
    } catch { return "\(error)" }
  }

  @Test func `says which package the host lacks`() throws {
    let scratch = try Scratch()
    let said = refusal(
      of: NotebookInstallation(in: scratch.path, python: "/usr/bin/python3-that-is-not-there"))
    #expect(said.contains("apt-get install -y python3 python3-venv"))
  }

  /// The same name and version with other bytes, as a hijacked index would serve it.
  @Test func `takes no file whose hash is not in the list`() throws {
    let scratch = try Scratch()
    let wrong = String(repeating: "0", count: 64)
    let installation = NotebookInstallation(
      in: scratch.path,
      files: [.init(path: "requirements.txt", bytes: Array("six==1.17.0 --hash=sha256:\(wrong)\n".utf8))])
    #expect(refusal(of: installation).contains("DO NOT MATCH THE HASHES"))
    #expect(!installation.isComplete)
  }

  /// Every line of the list has a hash, so that none can be served by its name alone.
  @Test func `is listed by version and hash throughout`() throws {
    let list = String(decoding: try #require(NotebookFiles.all.first).bytes, as: UTF8.self)
    let entries = list.replacing("\\\n", with: "").split(separator: "\n")
    #expect(entries.count > 50)
    for entry in entries {
      #expect(entry.contains("=="), "\(entry)")
      #expect(entry.contains("--hash=sha256:"), "\(entry)")
    }
  }

  @Test func `is another one for other files, and removed when it is of before`() throws {
    let scratch = try Scratch()
    let now = NotebookInstallation(in: scratch.path)
    #expect(now.folder != NotebookInstallation(in: scratch.path, files: []).folder)
    for path in [now.folder, scratch.path + "/of-before"] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try now.sweep()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path) == [
        URL(filePath: now.folder).lastPathComponent
      ])
  }
}
