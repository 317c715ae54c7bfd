import Dispatch
import Synchronization

/// What the control of one attempt came to.
struct ControlResult: Equatable {
  var outcome: Judge.Outcome
  /// How often it was run for that. The attack gets as many runs inside.
  var runs = 1

  /// How often a control is run before it counts as one that does not reach its goal.
  static let limit = 3

  /// Runs a control, or an attack, again for as long as chance may have kept it from its goal.
  ///
  /// A machine that is busy delays commands and disturbs slow channels. Trying again makes neither a control nor
  /// an attack weaker: what arrived once, arrived.
  ///
  /// - Parameters:
  ///   - first: A run that was made already.
  ///   - nothing: How many runs it takes to believe that nothing arrives.
  static func persisting(
    after first: Judge.Outcome? = nil, nothing: Int = limit, _ run: () throws(DrillError) -> Judge.Outcome
  ) throws(DrillError) -> ControlResult {
    var result: ControlResult
    if let first {
      result = ControlResult(outcome: first)
    } else {
      result = ControlResult(outcome: try run())
    }
    while result.runs < limit {
      switch result.outcome {
      case .arrived, .absent: return result
      case .nothing where result.runs >= nothing: return result
      case .nothing, .notRun: break
      }
      result.outcome = try run()
      result.runs += 1
    }
    return result
  }
}

extension DrillStage {
  /// What the control of each attempt came to, by attack and position.
  typealias Controls = [String: [ControlResult]]

  private typealias Job = (attack: Attack, index: Int)

  /// Runs every attempt where nothing is in the way, several at a time; the secret tells them apart. Those that did
  /// not reach their goal are run again, alone.
  func runControls(_ attacks: [Attack]) throws(DrillError) -> Controls {
    // The slow ones begin first, so that none of them is waited for alone.
    let jobs = attacks.flatMap { attack in attack.attempts.indices.map { Job(attack, $0) } }
      .sorted { $0.attack.attempts[$0.index].seconds > $1.attack.attempts[$1.index].seconds }
    let crowd = crowd(jobs)
    try Interruption.check()
    let alone = ControlCall(self)
    var controls: Controls = [:]
    for attack in attacks {
      controls[attack.id] = attack.attempts.map { _ in ControlResult(outcome: .notRun("no result")) }
    }
    for (number, job) in jobs.enumerated() {
      let attempt = job.attack.attempts[job.index]
      let result = try ControlResult.persisting(after: crowd[number]) {
        () throws(DrillError) in
        try Interruption.check()
        return alone.outcome(of: attempt, secret: control(secretFor: attempt))
      }
      controls[job.attack.id]?[job.index] = result
    }
    return controls
  }

  private func crowd(_ jobs: [Job]) -> [Int: Judge.Outcome] {
    let attempts = jobs.map { $0.attack.attempts[$0.index] }
    let secrets = attempts.map { control(secretFor: $0) }
    let call = ControlCall(self)
    let results = Mutex<[Int: Judge.Outcome]>([:])
    Self.inParallel(jobs.count, workers: configuration.controlWorkers) { number in
      let outcome = call.outcome(of: attempts[number], secret: secrets[number])
      results.withLock { $0[number] = outcome }
    }
    return results.withLock { $0 }
  }

  private func control(secretFor attempt: Attempt) -> Canary {
    switch attempt.secret {
    case .ownObject: outside.plantedObject
    default: secret(for: attempt)
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
}

/// Runs controls; several threads may.
private struct ControlCall: Sendable {
  private let runner: AttemptRunner
  private let parameters: Parameters
  private let descriptorFile: String

  init(_ stage: DrillStage) {
    var launcher = Parameters.controlEnvironment(
      home: "\(stage.folder)/home", authority: stage.outside.certificates.authority)
    launcher[Planted.variable] = stage.planted.environmentSecret.text
    runner = AttemptRunner(
      place: .control(environment: launcher, planted: stage.planted.descriptors),
      recorder: stage.outside.recorder, folder: stage.folder)
    parameters = Parameters(side: .control, twin: .none, secretFile: stage.planted.file)
    descriptorFile = stage.planted.descriptorFile
  }

  func outcome(of attempt: Attempt, secret: Canary) -> Judge.Outcome {
    var variables = parameters.variables(secret: nil)
    if attempt.secret == .descriptor { variables["SECRET_FILE"] = descriptorFile }
    do {
      try Interruption.check()
      let seen = try runner.run(attempt, variables: variables, secret: secret)
      return Judge.outcome(of: attempt, secret: secret, seen: seen, countsContacts: false)
    } catch {
      return .notRun("\(error)")
    }
  }
}
