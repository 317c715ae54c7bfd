import Foundation

/// The drill's folder, its outside world and its planted secrets, for as long as a drill lasts.
final class DrillStage {
  let configuration: DrillConfiguration
  let folder: String
  let outside: OutsideWorld
  let planted: Planted
  /// How many browsers were started; each has a home of its own.
  private var browsers = 0

  private init(_ configuration: DrillConfiguration, folder: String) throws(DrillError) {
    self.configuration = configuration
    self.folder = folder
    try Files.makeFolder("\(folder)/home")
    try DrillWorld.prepare(folder: folder)
    try Self.mountHome("\(folder)/home")
    planted = try Planted(folder: folder)
    outside = try OutsideWorld(folder: folder)
    try Files.write(BrowserHouse.program, to: "\(folder)/house.py")
  }

  /// The home of controls is a disk of its own: nobody else writes to it, so that its free space is a signal
  /// on a busy machine too.
  private static func mountHome(_ path: String) throws(DrillError) {
    try Tool.run(["mount", "-t", "tmpfs", "-o", "mode=755,size=128m", "cordon-drill", path])
  }

  /// Sets the stage, runs `body`, and clears everything away.
  static func with<Result>(
    _ configuration: DrillConfiguration, _ body: (DrillStage) throws(DrillError) -> Result
  ) throws(DrillError) -> Result {
    Posix.ignoreBrokenPipes()
    Posix.sealInheritedDescriptors()
    Interruption.watch()
    for tool in [DrillTool.python, .openssl, .ip] where !Self.has(tool) {
      throw .missingTool(tool.command, install: tool.install)
    }
    let folder = try DrillFolder()
    defer {
      _ = try? Tool.run(["umount", "--lazy", "\(folder.path)/home"])
      folder.remove()
    }
    let stage = try DrillStage(configuration, folder: folder.path)
    defer {
      stage.planted.close()
      stage.outside.stop()
    }
    return try body(stage)
  }

  // MARK: Tools

  /// A missing tool would make an attack fail for the wrong reason.
  func checkTools(_ attacks: [Attack]) throws(DrillError) {
    let wanted = Set(attacks.flatMap(\.tools)).union([.unshare]).sorted { $0.command < $1.command }
    let missing = wanted.filter { !Self.has($0) }
    guard !missing.isEmpty else { return }
    let packages = Set(missing.map(\.package)).sorted().joined(separator: " ")
    throw .missingTool(
      missing.map(\.command).joined(separator: ", "), install: "apt-get install --yes \(packages)")
  }

  private static func has(_ tool: DrillTool) -> Bool {
    Tool.path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(tool.command)")
    }
  }

  /// The secret that is at stake in an attempt: a fresh one, or the one that was planted.
  func secret(for attempt: Attempt) -> Canary {
    switch attempt.secret {
    case .given, .reward, .neighbours, .outputFile, .ownObject: Canary(length: attempt.secretLength)
    case .hostFile: planted.fileSecret
    case .launcherEnvironment: planted.environmentSecret
    case .descriptor: planted.descriptorSecret
    case .foreignObject: outside.plantedObject
    }
  }

  // MARK: Twin

  /// - Parameter attacks: Those that are run against it; a portal is opened where some need one.
  func makeTwin(
    weakened: [WeakenableControl], named name: String, for attacks: [Attack] = []
  ) throws(DrillError) -> Twin {
    let visit =
      Files.exists(DrilledBrowser.program) ? try Visit(attacks, folder: folder, name: name) : nil
    return try Twin(
      configuration, weakened: weakened, outside: outside, planted: planted, state: "\(folder)/\(name)",
      visit: visit)
  }

  /// Starts a browser in a home of its own.
  func startBrowser(_ setting: BrowserSetting, further: [String] = []) throws(DrillError) -> DrilledBrowser {
    browsers += 1
    return try DrilledBrowser(setting, folder: folder, number: browsers, further: further)
  }

  /// Evidence that an attack could change would be none.
  func ledgerNotes(_ twin: Twin) throws(DrillError) -> [String] {
    let result = try twin.cordon.verifyLedger()
    return result.status == 0 ? [] : ["the twin's ledger does not verify: \(result.lastLine)"]
  }
}
