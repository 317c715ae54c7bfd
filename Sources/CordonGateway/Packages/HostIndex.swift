import Foundation

/// The package index that the host's own pip uses: its configuration, else pip's built-in default.
///
/// Asking pip itself keeps every registry's address out of Cordon.
public enum HostIndex {
  /// Why the host's index is not known.
  public struct Unknown: Error, CustomStringConvertible {
    /// What was tried, and what to do instead.
    public var description: String {
      "this host has no pip that names a package index; install one (apt-get install python3-venv) or set"
        + " packages.pypi.upstream in cordon.yaml"
    }
  }

  /// pip's own option parser applies its configuration files, its environment variables and its default.
  private static let question = """
    import sys
    sys.path[:0] = sys.argv[1:]
    from pip._internal.commands import create_command
    options, _ = create_command("install").parse_args(["x"])
    print("" if options.no_index else options.index_url)
    """

  /// How long a Python may take to answer; one that hangs is as good as none.
  private static let patience = 30.0

  /// The index's URL, ending in `/`.
  public static func discover() throws -> String {
    try discover(variables: ProcessInfo.processInfo.environment)
  }

  static func discover(variables: [String: String]) throws -> String {
    let wheels = bundledWheels()
    for python in ["python3", "/usr/bin/python3"] {
      for path in [[]] + wheels.map({ [$0] }) {
        guard let answer = ask(python, path: path, variables: variables), let url = URL(string: answer),
          url.scheme == "https" || url.scheme == "http", url.host()?.isEmpty == false
        else { continue }
        return answer.hasSuffix("/") ? answer : answer + "/"
      }
    }
    throw Unknown()
  }

  /// The pip that Debian ships for `venv`, which imports from its wheel.
  private static func bundledWheels() -> [String] {
    let folder = "/usr/share/python-wheels"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasPrefix("pip-") && $0.hasSuffix(".whl") }.sorted().map { folder + "/" + $0 }
  }

  private static func ask(_ python: String, path: [String], variables: [String: String]) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", question] + path
    process.environment = variables
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let late = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + patience, execute: late)
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    late.cancel()
    guard process.terminationStatus == 0 else { return nil }
    // A Python that greets its users does so before the answer.
    return String(decoding: data, as: UTF8.self).split(separator: "\n").last.map { String($0).trimmed }
  }
}
