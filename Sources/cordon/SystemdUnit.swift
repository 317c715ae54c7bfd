import CordonRuntime
import Foundation

/// The systemd unit that runs an environment's gateway.
struct SystemdUnit {
  private let options: EnvironmentLauncher.Options
  private let name: String

  /// The unit of a state folder; two folders of the same name have two units.
  init(_ options: EnvironmentLauncher.Options) {
    self.options = options
    let folder = URL(filePath: options.folder.path).lastPathComponent.filter {
      $0.isASCII && ($0.isLetter || $0.isNumber)
    }
    name = "cordon-\(folder)-\(options.folder.fingerprint).service"
  }

  private var path: String { "/etc/systemd/system/" + name }

  /// The unit's text. The gateway has no children of its own to watch over; commands die with it.
  func text(executable: String) -> String {
    let command = [executable] + EnvironmentLauncher(options).gatewayArguments
    return """
      [Unit]
      Description=Cordon environment in \(Self.escaped(options.folder.path))
      After=network-online.target

      [Service]
      ExecStart=\(command.map(Self.quoted).joined(separator: " "))
      Restart=on-failure
      KillMode=mixed
      TimeoutStopSec=40
      LimitNOFILE=524288
      UMask=0077
      Delegate=yes

      [Install]
      WantedBy=multi-user.target

      """
  }

  /// systemd.service(5), "Command lines": what is special between double quotes, and specifiers and variables.
  private static func quoted(_ argument: String) -> String {
    "\"" + escaped(argument).replacing("\"", with: "\\\"").replacing("$", with: "$$") + "\""
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("%", with: "%%").replacing("\n", with: "\\n")
  }

  /// Writes, enables and starts the unit, and waits until the environment answers.
  ///
  /// - Returns: The unit's name.
  func install() throws -> String {
    guard FileManager.default.fileExists(atPath: "/run/systemd/system") else {
      throw Failure(
        "systemd does not run on this machine; leave --systemd out, or use --foreground under your own init")
    }
    guard geteuid() == 0 else { throw Failure("installing a systemd unit needs root; use sudo") }
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    try text(executable: executable).write(toFile: path, atomically: true, encoding: .utf8)
    try systemctl(["daemon-reload"])
    try systemctl(["enable", "--now", name])
    for _ in 0..<600 {
      if ControlClient(options.folder).isRunning { return name }
      usleep(100_000)
    }
    throw Failure("\(name) has not come up after a minute; see: journalctl -u \(name)", code: 1)
  }

  /// Stops and removes the unit where there is one.
  func removeIfInstalled() throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try systemctl(["disable", "--now", name])
    try FileManager.default.removeItem(atPath: path)
    try systemctl(["daemon-reload"])
  }

  private func systemctl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/systemctl")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        "systemctl \(arguments.joined(separator: " ")) failed; see: journalctl -u \(name)", code: 1)
    }
  }
}
