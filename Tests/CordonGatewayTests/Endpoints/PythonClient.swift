import Foundation
import Synchronization

/// The real clients, driven by the Python that `make setup` installs them into.
struct PythonClient: Sendable {
  struct NotInstalled: Error, CustomStringConvertible {
    var description: String {
      "CORDON_TEST_PYTHON names no Python with boto3 and awscli: run `make setup` and test with `make test`"
    }
  }

  /// What a client said and how it ended.
  struct Outcome: Sendable, CustomStringConvertible {
    var status: Int32
    var output: String
    var errors: String

    var description: String { "exit \(status)\n\(output)\n\(errors)" }
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  let python: String
  /// A folder of the client's own: home, files, the module that leads names to the test's ports.
  let folder: String
  let variables: [String: String]

  /// - Parameter ports: by host name suffix and port, e.g. `s3.eu-west-1.amazonaws.com:443`.
  init(folder: String, ports: [String: Int], variables: [String: String]) throws {
    guard let python = ProcessInfo.processInfo.environment["CORDON_TEST_PYTHON"],
      FileManager.default.isExecutableFile(atPath: python)
    else { throw NotInstalled() }
    self.python = python
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let doors = ports.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
    var all = [
      "HOME": folder, "PATH": "/usr/bin:/bin", "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1",
      "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "CORDON_TEST_DOORS": doors,
      "LC_ALL": "C.UTF-8",
    ]
    all.merge(variables) { $1 }
    self.variables = all
    try Data(Self.names.utf8).write(to: URL(filePath: folder + "/sitecustomize.py"))
  }

  /// Leads the services' names to the test's ports, as a workspace's DNS does, and every other name nowhere. The two
  /// seconds that botocore gives the credentials endpoint are not much beside a hundred tests at once.
  private static let names = """
    import os, socket
    doors = dict(d.split("=") for d in os.environ["CORDON_TEST_DOORS"].split(",") if d)
    ask = socket.getaddrinfo
    def answer(host, port, *rest, **named):
        if host in ("127.0.0.1", "localhost"):
            return ask(host, port, *rest, **named)
        name = host.decode() if isinstance(host, bytes) else host
        for suffix, there in doors.items():
            served, at = suffix.split(":")
            if int(at) == int(port) and (name == served or name.endswith("." + served)):
                return ask("127.0.0.1", int(there), *rest, **named)
        raise socket.gaierror(socket.EAI_NONAME, "no such name here: " + name)
    socket.getaddrinfo = answer
    import botocore.utils
    botocore.utils.ContainerMetadataFetcher.TIMEOUT_SECONDS = 60
    """

  /// Runs a Python program.
  func run(_ program: String, _ arguments: [String] = [], variables more: [String: String] = [:]) async throws
    -> Outcome
  {
    try await launch(["-c", program] + arguments, more)
  }

  /// Runs the AWS CLI.
  func aws(_ arguments: [String], variables more: [String: String] = [:]) async throws -> Outcome {
    try await launch(
      ["-c", "import sys; from awscli.clidriver import main; sys.exit(main())"] + arguments, more)
  }

  private func launch(_ arguments: [String], _ more: [String: String]) async throws -> Outcome {
    let id = UUID().uuidString
    let files = [folder + "/\(id).out", folder + "/\(id).err"]
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    for file in files { try Data().write(to: URL(filePath: file)) }
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = arguments
    process.environment = variables.merging(more) { $1 }
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: files[0])
    process.standardError = FileHandle(forWritingAtPath: files[1])
    let status = try await Self.end(of: process)
    let texts = try files.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
    return Outcome(status: status, output: texts[0], errors: texts[1])
  }

  private static func end(of process: Process) async throws -> Int32 {
    try await withCheckedThrowingContinuation { done in
      process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
  }
}
