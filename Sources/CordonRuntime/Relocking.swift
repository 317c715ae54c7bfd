import CordonGateway
import CordonLinux
import CordonModel
import CordonPolicy
import Foundation
import Logging
import Synchronization

/// Makes a new package lock while the old one is in force: lifts it for one workspace, and takes the new one into
/// force or puts the old one back. Each step is the operator's decision and is recorded before it is done.
final class Relocking: Sendable {
  enum Refusal: Error, CustomStringConvertible {
    case drill
    case underway

    var description: String {
      switch self {
      case .drill: "a drill has no package lock"
      case .underway: "another `cordon packages lock` is under way; wait for it, or end it"
      }
    }
  }

  private let plan: EnvironmentPlan
  private let mirror: PackageMirror
  private let log: LedgerLog
  private let patience: Int32
  private let isUnderway = Mutex(false)

  /// - Parameter patience: Seconds that a command may take to resolve. One that hangs must not leave the lock lifted,
  ///   nor keep the next one from resolving.
  init(plan: EnvironmentPlan, mirror: PackageMirror, log: LedgerLog, patience: Int32 = 3_600) {
    self.patience = patience
    self.plan = plan
    self.mirror = mirror
    self.log = log
  }

  /// Lifts the lock for a workspace and serves the command on the connection to its end, however it ends.
  func run(in place: WorkspacePosition, person: String?, over socket: borrowing UnixSocket) throws
    -> ControlAnswer
  {
    guard plan.drill == nil else { throw Refusal.drill }
    guard
      (isUnderway.withLock { (isUnderway: inout Bool) in
        defer { isUnderway = true }
        return !isUnderway
      })
    else { throw Refusal.underway }
    defer { isUnderway.withLock { $0 = false } }
    let listed = try CompiledPolicies(plan.environment)
    try record(
      "LiftPackageLock", in: place, person,
      "until a new lock is resolved, the workspace is served by the list")
    let mirror = mirror
    let isLifted = try Blocking.wait { await mirror.liftLock(for: place, policies: listed) }
    guard isLifted else { throw Refusal.underway }
    do {
      try socket.send(Array(try JSONEncoder().encode(ControlAnswer.lockLifted)))
      let answer = try propose(in: place, person, over: socket)
      try Blocking.wait { await mirror.endLift() }
      return answer
    } catch {
      try Blocking.wait { await mirror.endLift() }
      try record("RestorePackageLock", in: place, person, "the lock is as it was: \(error)")
      throw error
    }
  }

  private struct Abandoned: Error, CustomStringConvertible {
    var description: String { "the command ended without a new lock" }
  }

  private func propose(in place: WorkspacePosition, _ person: String?, over socket: borrowing UnixSocket)
    throws
    -> ControlAnswer
  {
    guard case .useProposedLock? = try ControlServer.next(on: socket, within: patience) else {
      throw Abandoned()
    }
    let spec = plan.record.spec
    let text = try String(contentsOfFile: PackageLockFile.proposal(beside: spec), encoding: .utf8)
    let lock = try PackageLock(text: text)
    let policies = try CompiledPolicies(plan.environment, lock: lock)
    try record(
      "UsePackageLock", in: place, person, "the owner of the environment wrote a new lock",
      ["packages": "\(lock.packages.count)", "sha256": lock.sha256])
    try FileRename.replace(PackageLockFile.path(beside: spec), with: PackageLockFile.proposal(beside: spec))
    let mirror = mirror
    try Blocking.wait { await mirror.use(lock, policies: policies) }
    note(text)
    return .lockInForce
  }

  /// Notes that what runs is what the files say, so that the next `up` need not start anew.
  ///
  /// INVARIANT: from the moment the new lock is in force nothing fails any more, or the ledger would say that the lock is
  /// as it was. Without the note the next `up` starts anew, with the same lock.
  private func note(_ text: String) {
    var noted = plan.record
    noted.lock = Fingerprint(text).description
    do { try noted.write(plan.folder) } catch {
      plan.logger.error("the new package lock is not noted", metadata: ["error": "\(error)"])
    }
  }

  private func record(
    _ event: String, in place: WorkspacePosition, _ person: String?, _ reason: String,
    _ details: [String: String] = [:]
  ) throws {
    let environment = plan.environment
    let account = environment.organization.account
    let record = DecisionRecord(
      eventSource: "control.cordon", eventName: event, source: .operatorIn(place),
      person: person ?? "operator",
      resources: ["arn:aws:cordon:\(environment.region):\(account):package-lock/\(environment.name)"],
      outcome: .allowed, control: "control socket", reason: reason, requestID: RequestID.random(),
      details: details)
    let log = log
    try Blocking.wait { try await log.append(record) }
  }
}
