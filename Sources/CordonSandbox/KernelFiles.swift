import FoundationEssentials

/// What a workspace sees below /proc beside its own processes: values that never move.
///
/// The kernel tells everybody how much memory, how many processes, files, locks, interrupts and disk transfers the
/// whole machine has. Whoever moves such a number signals to whoever reads it. Programs that look for a file find
/// one; it says what the workspace may use, and that nothing happens. What is not known to be constant is hidden.
public struct KernelFiles: Sendable, Equatable {
  /// Names of files and folders of the host's /proc that are there for everybody and may move.
  var hidden: [Entry] = []
  /// Whole files, by their names below /proc.
  var constant: [String: String] = [:]
  /// Settings below /proc/sys, as they are when Cordon starts; there are no others.
  var settings: [String: String] = [:]
  /// The machine's memory, for a workspace without a limit.
  var machineBytes: UInt64 = 0

  /// Nothing is known: /proc shows what the kernel shows.
  public init() {}

  struct Entry: Sendable, Equatable {
    var name: String
    var isFolder: Bool
  }

  /// A mount of a prepared file or folder over one of /proc.
  struct Mask: Sendable, Equatable, Codable {
    /// In the root that is built when the workspace is opened.
    var source: String
    /// In the workspace.
    var target: String
  }

  /// Constant while a machine runs, or a matter of the reader's own namespaces.
  private static let harmless: Set<String> = [
    "acpi", "bootconfig", "bus", "cmdline", "config.gz", "consoles", "devices", "dma", "execdomains", "fb",
    "filesystems", "iomem", "ioports", "misc", "mtrr", "sysvipc", "tty", "version",
  ]

  /// What programs look up: limits that they size themselves by, and names of the system. Not one of these moves.
  private static let settingNames = [
    "fs/aio-max-nr", "fs/epoll/max_user_watches", "fs/file-max", "fs/inotify/max_queued_events",
    "fs/inotify/max_user_instances", "fs/inotify/max_user_watches", "fs/nr_open", "fs/overflowgid",
    "fs/overflowuid", "fs/pipe-max-size", "fs/protected_hardlinks", "fs/protected_symlinks",
    "kernel/arch", "kernel/cap_last_cap", "kernel/core_uses_pid", "kernel/io_uring_disabled", "kernel/msgmax",
    "kernel/msgmnb", "kernel/msgmni", "kernel/ngroups_max", "kernel/numa_balancing", "kernel/osrelease",
    "kernel/ostype", "kernel/overflowgid", "kernel/overflowuid", "kernel/perf_event_paranoid",
    "kernel/pid_max",
    "kernel/random/boot_id", "kernel/randomize_va_space", "kernel/seccomp/actions_avail", "kernel/sem",
    "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/threads-max", "kernel/version",
    "kernel/yama/ptrace_scope", "net/core/rmem_max", "net/core/somaxconn", "net/core/wmem_max",
    "net/ipv4/ip_local_port_range", "net/ipv4/ip_unprivileged_port_start", "net/ipv4/tcp_keepalive_time",
    "net/ipv4/tcp_max_syn_backlog", "net/ipv6/bindv6only", "vm/max_map_count", "vm/mmap_min_addr",
    "vm/nr_hugepages", "vm/overcommit_memory", "vm/overcommit_ratio", "vm/swappiness",
  ]

  /// Looks at the machine's /proc.
  static func examine(_ root: String = "/proc") -> KernelFiles {
    var files = KernelFiles()
    let text = { (name: String) in
      FileManager.default.contents(atPath: "\(root)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }
    files.constant = Self.constant(text)
    for name in settingNames {
      if let value = text("sys/" + name) { files.settings[name] = value }
    }
    files.machineBytes = number("MemTotal:", in: text("meminfo") ?? "") * 1024
    let replaced = Set(files.constant.keys).union(["meminfo", "sys"])
    for name in ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted() {
      let isProcess = name.utf8.allSatisfy { (48...57).contains($0) }
      if isProcess || harmless.contains(name) || replaced.contains(name) { continue }
      if let entry = entry(name, in: root) { files.hidden.append(entry) }
    }
    return files
  }

  /// Links lead to a process; what only root may read nobody in a workspace can.
  private static func entry(_ name: String, in root: String) -> Entry? {
    guard let facts = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(name)") else { return nil }
    let mode =
      (facts[.posixPermissions] as? Int) ?? (facts[.posixPermissions] as? UInt).map { Int(clamping: $0) }
      ?? 0o777
    switch facts[.type] as? FileAttributeType {
    case .typeSymbolicLink: return nil
    case .typeDirectory: return Entry(name: name, isFolder: true)
    default: return mode & 0o004 == 0 ? nil : Entry(name: name, isFolder: false)
    }
  }

  private static func constant(_ text: (String) -> String?) -> [String: String] {
    let stat = text("stat") ?? ""
    let processors = stat.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      .filter { $0.hasPrefix("cpu") }
    let idle = processors.map { "\($0)\($0 == "cpu" ? "  " : " ")0 0 0 0 0 0 0 0 0 0\n" }.joined()
    let up = text("uptime")?.split(separator: ".").first ?? "0"
    var files = [
      "loadavg": "0.00 0.00 0.00 1/1 1\n",
      "stat": idle + "intr 0\nctxt 0\nbtime \(number("btime", in: stat))\nprocesses 1\nprocs_running 1\n"
        + "procs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n",
      "swaps": "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
      "uptime": "\(up).00 0.00\n",
      "vmstat": [
        "nr_free_pages", "pgpgin", "pgpgout", "pswpin", "pswpout", "pgfault", "pgmajfault", "oom_kill",
      ]
      .map { $0 + " 0\n" }.joined(),
    ]
    // Frequencies move with the load; those of the start do not.
    files["cpuinfo"] = text("cpuinfo")
    return files
  }

  private static func number(_ key: String, in text: String) -> UInt64 {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 1, words[0] == key { return UInt64(words[1]) ?? 0 }
    }
    return 0
  }

  /// /proc/meminfo of a machine of this size that is idle.
  func meminfo(limit: UInt64?) -> String {
    let total = min(limit ?? .max, machineBytes == 0 ? .max : machineBytes) / 1024
    let whole: Set = ["MemTotal", "MemFree", "MemAvailable", "CommitLimit"]
    let names = [
      "MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached", "Active", "Inactive",
      "Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable", "Mlocked",
      "SwapTotal",
      "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped", "Shmem", "KReclaimable", "Slab",
      "SReclaimable",
      "SUnreclaim", "KernelStack", "PageTables", "CommitLimit", "Committed_AS", "VmallocTotal", "VmallocUsed",
    ]
    let lines = names.map { name in
      let label = name + ":" + String(repeating: " ", count: max(1, 16 - name.utf8.count))
      return "\(label)\(whole.contains(name) ? total : 0) kB\n"
    }
    return lines.joined() + "Hugepagesize:    2048 kB\n"
  }

  /// What is mounted over /proc once bubblewrap has mounted it.
  var masks: [Mask] {
    if constant.isEmpty && hidden.isEmpty { return [] }
    let kept = (Array(constant.keys) + ["meminfo"]).sorted()
    return kept.map { Mask(source: "/kernel/files/\($0)", target: "/proc/\($0)") }
      + hidden.map {
        Mask(source: $0.isFolder ? "/kernel/folder" : "/kernel/file", target: "/proc/\($0.name)")
      }
      + [Mask(source: "/kernel/sys", target: "/proc/sys")]
  }
}
