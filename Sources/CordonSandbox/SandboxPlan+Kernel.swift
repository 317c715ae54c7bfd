import CordonLinux

extension SandboxPlan {
  /// Files and folders that later lie over those of /proc; memory of the workspace's own, so that no two share them.
  func kernelSteps(_ kernel: KernelFiles) -> [LaunchStep] {
    guard isOn(.kernelFiles), !kernel.masks.isEmpty else { return [] }
    var files = kernel.constant
    files["meminfo"] = kernel.meminfo(
      limit: configuration.without.contains(.memoryLimit) ? nil : configuration.limits.memoryBytes)
    var settings = kernel.settings
    settings["kernel/hostname"] = configuration.hostname + "\n"
    var steps: [LaunchStep] = ["", "/files", "/folder", "/sys"].map {
      .makeFolder("kernel" + $0, mode: 0o755)
    }
    steps.append(.writeNewFile("kernel/file", mode: 0o444, []))
    steps += Self.files(files, in: "kernel/files")
    return steps + Self.files(settings, in: "kernel/sys")
  }

  private static func files(_ files: [String: String], in root: String) -> [LaunchStep] {
    var folders: Set<String> = []
    return files.sorted { $0.key < $1.key }.flatMap { path, text in
      let parts = path.split(separator: "/").dropLast()
      let above = parts.indices.map { parts[...$0].joined(separator: "/") }
      return above.filter { folders.insert($0).inserted }.map { .makeFolder("\(root)/\($0)", mode: 0o755) }
        + [LaunchStep.writeNewFile("\(root)/\(path)", mode: 0o444, Array(text.utf8))]
    }
  }
}
