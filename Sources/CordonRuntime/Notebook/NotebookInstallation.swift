import CordonModel
import CordonSandbox
import Foundation

/// The Python environment that JupyterLab runs from: one a state folder, whole before any workspace shows it.
///
/// It is made of exactly the files whose hashes are in `Sources/CNotebook/requirements.txt`, by the host's own pip from
/// the host's own index. Workspaces have it read-only, with inodes of their own.
struct NotebookInstallation: Sendable {
  /// Why there is no environment.
  struct Failure: Error, CustomStringConvertible {
    /// What to do about it.
    var description: String
  }

  /// Where a workspace has it.
  static let place = "/opt/cordon/notebook"

  /// Holds the environments, one for each list of requirements and Python.
  private let parent: String
  private let python: String
  private let files: [NotebookFiles.File]

  /// The environments below a folder.
  ///
  /// - Parameters:
  ///   - python: The Python that workspaces have as well.
  ///   - files: The locked requirements, and what is Cordon's own.
  init(
    in parent: String, python: String = "/usr/bin/python3", files: [NotebookFiles.File] = NotebookFiles.all
  ) {
    self.parent = parent
    self.python = python
    self.files = files
  }

  /// Whether an environment has a workspace that needs it.
  static func isNeeded(by environment: CordonModel.Environment) -> Bool {
    environment.workspaces.contains { $0.workspace.notebook != nil }
  }

  /// The environment's folder: another one for other requirements, other files of Cordon's or another Python.
  var folder: String { parent + "/" + digest }

  private var digest: String {
    var digest = Fingerprint("cordon notebook 1")
    // Debian's python3 is a link to python3.11, say.
    digest.add((try? FileManager.default.destinationOfSymbolicLink(atPath: python)) ?? "")
    for file in files {
      digest.add(file.path)
      digest.add(String(decoding: file.bytes, as: UTF8.self))
    }
    return digest.description
  }

  /// Is everything there?
  var isComplete: Bool { FileManager.default.fileExists(atPath: folder + "/complete") }

  /// What a workspace's sandbox shows of it.
  var mount: SandboxConfiguration.Folder {
    SandboxConfiguration.Folder(source: folder, target: Self.place)
  }

  /// Removes environments of before, once nothing shows them any more.
  func sweep() throws {
    guard FileManager.default.fileExists(atPath: parent) else { return }
    let turn = try Turn(in: parent)
    defer { withExtendedLifetime(turn) {} }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where parent + "/" + name != folder {
      try FileManager.default.removeItem(atPath: parent + "/" + name)
    }
  }

  /// Makes the environment where it is not there yet. Takes about a minute and 300 MB.
  ///
  /// - Parameter say: Told what takes its time.
  func install(_ say: (String) -> Void) throws {
    guard !isComplete else { return }
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    // Who installs the same elsewhere would write into the same folder.
    let turn = try Turn(in: parent) { say("Waiting for another cordon, which installs JupyterLab there") }
    defer { withExtendedLifetime(turn) {} }
    guard !isComplete else { return }
    let part = folder + ".part"
    say("Installing JupyterLab for the notebooks: once, about a minute and 300 MB")
    try? FileManager.default.removeItem(atPath: part)
    try makeEnvironment(part)
    try writeOwnFiles(part)
    try run([
      part + "/bin/python", "-I", "-m", "compileall", "-q", Self.packages(of: part) + "/cordon_notebook",
    ])
    try Data().write(to: URL(filePath: part + "/complete"))
    // What lies there is not complete, or this would not be reached.
    try? FileManager.default.removeItem(atPath: folder)
    // Python finds its files from where it is started, so a move does not matter to it.
    try FileManager.default.moveItem(atPath: part, toPath: folder)
  }

  /// Takes a drill's folder for the environment.
  func standIn(_ path: String) throws {
    guard !isComplete else { return }
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: path, toPath: folder)
    try Data().write(to: URL(filePath: folder + "/complete"))
  }

  private func makeEnvironment(_ part: String) throws {
    guard FileManager.default.fileExists(atPath: python) else {
      throw Failure(
        description: "notebooks need \(python); run: apt-get install -y python3 python3-venv")
    }
    do { try run([python, "-I", "-m", "venv", part]) } catch {
      throw Failure(
        description: "\(error)\nnotebooks need Python's venv; run: apt-get install -y python3-venv")
    }
    guard let requirements = files.first else {
      preconditionFailure("the list of files begins with the requirements")
    }
    try Data(requirements.bytes).write(to: URL(filePath: part + "/" + requirements.path))
    let pip = [part + "/bin/python", "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    try run(
      pip + [
        "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--no-deps", "--requirement",
        part + "/requirements.txt",
      ])
    // Nothing in a workspace adds to this environment.
    try run(pip + ["uninstall", "--quiet", "--yes", "setuptools", "pip"])
  }

  private func writeOwnFiles(_ part: String) throws {
    let packages = try Self.packages(of: part)
    for file in files {
      let path =
        file.path.hasPrefix("PACKAGES/")
        ? packages + file.path.dropFirst("PACKAGES".count) : part + "/" + file.path
      let url = URL(filePath: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o755])
      try Data(file.bytes).write(to: url)
      // Whoever runs `up` may have another mask; a workspace reads this as another user.
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    }
  }

  private static func packages(of part: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: part + "/lib")
    guard let name = names.first(where: { $0.hasPrefix("python3") }) else {
      throw Failure(description: "\(part)/lib has no Python")
    }
    return "\(part)/lib/\(name)/site-packages"
  }

  /// Runs a program to its end; what it says on its errors is the failure's reason.
  private func run(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "umask 022; exec \"$@\" 2>&1", "sh"] + words
    process.currentDirectoryURL = URL(filePath: "/")
    process.standardInput = FileHandle.nullDevice
    let output = Foundation.Pipe()
    process.standardOutput = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let words = String(decoding: said.suffix(2_000), as: UTF8.self)
      throw Failure(description: "JupyterLab could not be installed:\n\(words)")
    }
  }
}
