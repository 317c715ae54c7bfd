import CordonLinux
import FoundationEssentials

/// One thing that was looked at on this machine.
public struct Finding: Sendable, Equatable, Codable {
  /// What was looked at.
  public var name: String
  /// Is it as workspaces need it?
  public var isAvailable: Bool
  /// What was seen.
  public var detail: String
  /// What does not hold while it is missing.
  public var weakens: String
  /// The line that installs or enables it.
  public var remedy: String
  /// Can a specification name it in `without`? Otherwise nothing starts.
  public var isExcusable: Bool

  /// Says what was found.
  public init(
    name: String, isAvailable: Bool, detail: String, weakens: String, remedy: String, isExcusable: Bool
  ) {
    self.name = name
    self.isAvailable = isAvailable
    self.detail = detail
    self.weakens = weakens
    self.remedy = remedy
    self.isExcusable = isExcusable
  }
}

/// Says what this machine lacks for closed workspaces, what that weakens, and how to get it.
public enum Doctor {
  /// Looks at everything. Makes namespaces in children for a moment; changes nothing.
  public static func examine() -> [Finding] {
    let machine = Machine.examine()
    let mechanisms = Mechanism.allCases.map { mechanism in
      finding(mechanism, machine.missing.first { $0.mechanism == mechanism })
    }
    return mechanisms + [layout(), python(), terminalInput()]
  }

  private static func finding(_ mechanism: Mechanism, _ missing: MissingMechanism?) -> Finding {
    Finding(
      name: mechanism.rawValue, isAvailable: missing == nil, detail: missing?.detail ?? "works",
      weakens: mechanism.weakens, remedy: mechanism.remedy, isExcusable: mechanism.isExcusable)
  }

  /// The workspace's /bin, /sbin, /lib and /lib64 are links into /usr.
  private static func layout() -> Finding {
    let links = ["/bin", "/sbin", "/lib", "/lib64"].filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: $0))?.hasSuffix("usr\($0)") != true
    }
    return Finding(
      name: "merged-usr", isAvailable: links.isEmpty,
      detail: links.isEmpty ? "works" : "\(links.joined(separator: ", ")) are no links into /usr",
      weakens: "programs do not find their libraries", remedy: "apt-get install usrmerge", isExcusable: false)
  }

  private static func python() -> Finding {
    let result = try? HostTool.run("/usr/bin/python3", ["-I", "-c", "import venv, ensurepip"])
    return Finding(
      name: "python3-venv", isAvailable: result?.status == .exited(0),
      detail: result?.status == .exited(0) ? "works" : "python3 with venv does not run",
      weakens: "nothing; notebooks and pip do not work", remedy: "apt-get install python3 python3-venv",
      isExcusable: true)
  }

  /// The filter denies TIOCSTI in any case; off is better still.
  private static func terminalInput() -> Finding {
    let path = "/proc/sys/dev/tty/legacy_tiocsti"
    let isOn = FileManager.default.contents(atPath: path).map { $0.first == UInt8(ascii: "1") } ?? true
    return Finding(
      name: "legacy-tiocsti-off", isAvailable: !isOn, detail: isOn ? "TIOCSTI is on" : "works",
      weakens: "nothing while the system call filter is on, which refuses it",
      remedy: "sysctl -w dev.tty.legacy_tiocsti=0", isExcusable: true)
  }
}
