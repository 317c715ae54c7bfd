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

  /// Two state folders may share it; half of one must not be taken for the other's.
  @Test func `is made by one at a time, and who waits says so`() throws {
    let scratch = try Scratch()
    let installation = NotebookInstallation(in: scratch.path, python: "/usr/bin/python3-that-is-not-there")
    var first: Turn? = try Turn(in: scratch.path)
    var said: [String] = []
    try installation.install { words in
      said.append(words)
      // Nothing was made meanwhile; the first one ends, and what it made is taken.
      #expect(!FileManager.default.fileExists(atPath: installation.folder + ".part"))
      do {
        try FileManager.default.createDirectory(
          atPath: installation.folder, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: installation.folder + "/complete"))
      } catch { Issue.record(error) }
      withExtendedLifetime(first) {}
      first = nil
    }
    #expect(said == ["Waiting for another cordon, which installs JupyterLab there"])
    #expect(installation.isComplete)
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
