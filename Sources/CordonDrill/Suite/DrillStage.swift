import Foundation
import Synchronization

/// The drill's folder, its outside world and its planted secrets, for as long as a drill lasts.
final class DrillStage {
  let configuration: DrillConfiguration
  let folder: String
  let outside: OutsideWorld
  let planted: Planted

  private init(_ configuration: DrillConfiguration, folder: String) throws(DrillError) {
    self.configuration = configuration
    self.folder = folder
    try Files.makeFolder("\(folder)/home")
    try DrillWorld.prepare(folder: folder)
    planted = try Planted(folder: folder)
    outside = try OutsideWorld(folder: folder)
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
    // Not below /tmp, where a workspace has a folder of its own: the planted file must be at a path that only the
    // sandbox's root file system can hide.
    let folder = try Posix.makeTemporaryFolder(prefix: "/var/tmp/cordon-drill-")
    defer { Files.remove(folder) }
    let stage = try DrillStage(configuration, folder: folder)
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

  // MARK: Controls

  /// What the control of each attempt came to, by attack and position.
  typealias Controls = [String: [Judge.Outcome]]

  /// Runs every attempt where nothing is in the way, several at a time; the secret tells them apart.
  func runControls(_ attacks: [Attack]) throws(DrillError) -> Controls {
    let environment = Parameters.controlEnvironment(
      home: "\(folder)/home", authority: outside.certificates.authority)
    var launcher = environment
    launcher[Planted.variable] = planted.environmentSecret.text
    let runner = AttemptRunner(
      place: .control(environment: launcher, planted: planted.descriptors), recorder: outside.recorder,
      folder: folder)
    // The slow ones begin first, so that none of them is waited for alone.
    let jobs = attacks.flatMap { attack in attack.attempts.indices.map { (attack, $0) } }
      .sorted { $0.0.attempts[$0.1].seconds > $1.0.attempts[$1.1].seconds }
    let secrets = jobs.map { attack, index in control(secretFor: attack.attempts[index]) }
    let parameters = Parameters(side: .control, twin: .none, secretFile: planted.file)
    let descriptorFile = planted.descriptorFile
    let results = Mutex<[Int: Judge.Outcome]>([:])
    Self.inParallel(jobs.count, workers: configuration.controlWorkers) { number in
      let (attack, index) = jobs[number]
      let attempt = attack.attempts[index]
      var variables = parameters.variables(secret: nil)
      if attempt.secret == .descriptor { variables["SECRET_FILE"] = descriptorFile }
      let outcome: Judge.Outcome
      do {
        try Interruption.check()
        let seen = try runner.run(attempt, variables: variables, secret: secrets[number])
        outcome = Judge.outcome(of: attempt, secret: secrets[number], seen: seen, countsContacts: false)
      } catch {
        outcome = .notRun("\(error)")
      }
      results.withLock { $0[number] = outcome }
    }
    try Interruption.check()
    let outcomes = results.withLock { $0 }
    var controls: Controls = [:]
    for attack in attacks { controls[attack.id] = attack.attempts.map { _ in .notRun("no result") } }
    for (number, job) in jobs.enumerated() {
      if let outcome = outcomes[number] { controls[job.0.id]?[job.1] = outcome }
    }
    return controls
  }

  private func control(secretFor attempt: Attempt) -> Canary {
    switch attempt.secret {
    case .ownObject: outside.plantedObject
    default: secret(for: attempt)
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

  private static func inParallel(_ count: Int, workers: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, count))) { _ in
      while true {
        let number = next.withLock { value in
          defer { value += 1 }
          return value
        }
        guard number < count else { return }
        body(number)
      }
    }
  }

  // MARK: Twin

  func makeTwin(weakened: [WeakenableControl], named name: String) throws(DrillError) -> Twin {
    try Twin(
      configuration, weakened: weakened, outside: outside, planted: planted, state: "\(folder)/\(name)")
  }

  /// Evidence that an attack could change would be none.
  func ledgerNotes(_ twin: Twin) throws(DrillError) -> [String] {
    let result = try twin.cordon.verifyLedger()
    return result.status == 0 ? [] : ["the twin's ledger does not verify: \(result.lastLine)"]
  }
}
