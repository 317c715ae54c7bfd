import Foundation

/// What an environment has on the machine outside its state folder, looked up in the kernel's own lists.
struct Traces: Equatable {
  var processes: [Int32] = []
  var controlGroups: [String] = []
  var mounts: [String] = []
  var loopDevices: [String] = []
  var holders: Set<String> = []

  /// Traces that mention `path`, and those of `holders` that still live.
  static func of(_ path: String, holders: Set<String> = []) -> Traces {
    var traces = Traces()
    for process in numbers {
      let command = (try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline"))) ?? Data()
      // The test that asks, and what it runs to ask, are not what is looked for.
      if process != getpid(), String(decoding: command, as: UTF8.self).contains(path) {
        traces.processes.append(process)
      }
      let mounts = (try? String(contentsOfFile: "/proc/\(process)/mountinfo", encoding: .utf8)) ?? ""
      traces.mounts += mounts.split(separator: "\n").filter { $0.contains(path) }.map(String.init)
    }
    traces.holders = holders.intersection(numbers.compactMap(identity))
    traces.controlGroups = groups()
    for device in (try? FileManager.default.contentsOfDirectory(atPath: "/sys/block")) ?? [] {
      let file = "/sys/block/\(device)/loop/backing_file"
      if let backing = try? String(contentsOfFile: file, encoding: .utf8), backing.contains(path) {
        traces.loopDevices.append(device)
      }
    }
    return traces
  }

  /// Network and mount namespaces that a process is in or holds open.
  static func held(by process: Int32) -> Set<String> {
    let folder = "/proc/\(process)/fd"
    let open = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map {
      "\(folder)/\($0)"
    }
    let links = (open + ["/proc/\(process)/ns/net", "/proc/\(process)/ns/mnt"]).compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: $0)
    }
    return Set(links.filter { $0.hasPrefix("net:[") || $0.hasPrefix("mnt:[") })
  }

  /// Everybody who keeps one of `namespaces` alive. Numbers of namespaces are used again at once, so it is their
  /// holders that are looked for later.
  static func holders(of namespaces: Set<String>) -> Set<String> {
    Set(numbers.filter { !held(by: $0).isDisjoint(with: namespaces) }.compactMap(identity))
  }

  /// A process, by its number and the time of its start (proc(5), field 22 of stat).
  private static func identity(_ process: Int32) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 19, fields[0] != "Z"
    else { return nil }
    return "\(process) since \(fields[19])"
  }

  /// The namespaces of a gateway's workspaces: what it holds and this process is not in.
  static func workspaces(of gateway: Int32) -> Set<String> {
    held(by: gateway).subtracting(held(by: getpid()))
  }

  /// Ports on which a process, or one that it started, listens by TCP in this machine's own network: workspaces and browsers
  /// have others, of which nothing is listed here (proc(5), /proc/net/tcp).
  static func listening(_ process: Int32) throws -> Set<String> {
    var own: Set<Substring> = []
    for process in [process] + descendants(of: process) {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")) ?? [] {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(name)")
        if let link, link.hasPrefix("socket:[") { own.insert(link.dropFirst(8).dropLast()) }
      }
    }
    let tables = try ["tcp", "tcp6"].map { try String(contentsOfFile: "/proc/net/\($0)", encoding: .utf8) }
    let lines = tables.flatMap { $0.split(separator: "\n").dropFirst() }.map { $0.split(separator: " ") }
    return Set(
      lines.filter { $0.count > 9 && $0[3] == "0A" && own.contains($0[9]) }.map { line in
        let parts = line[1].split(separator: ":")
        return "\(parts[0]):\(Int(parts[1], radix: 16) ?? 0)"
      })
  }

  private static func descendants(of process: Int32) -> [Int32] {
    let children = numbers.filter { child in
      let text = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
      return text.split(separator: ")").last?.split(separator: " ").dropFirst().first == "\(process)"
    }
    return children + children.flatMap(descendants)
  }

  /// Control groups of environments, by path.
  static func groups() -> [String] {
    groups { $0.hasPrefix("cordon-") && ($0.hasSuffix("-lab-1") || $0.hasSuffix("-lab-2")) }
  }

  /// Control groups whose names are so, by path. `find`, because Foundation's enumerator stays on one file system, and each
  /// controller of version 1 is one of its own.
  static func groups(where isOne: (Substring) -> Bool) -> [String] {
    let found = try? run(["find", "/sys/fs/cgroup", "-type", "d", "-name", "cordon-*"])
    return (found?.text ?? "").split(separator: "\n").filter {
      isOne($0.split(separator: "/").last ?? "")
    }.map(String.init)
  }

  private static var numbers: [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
  }
}
