import CLinux
import Glibc

/// Names a descriptor that a plan expects from the process that launches it.
public struct DescriptorName: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
  /// The name.
  public let rawValue: String
  /// A name known at run time.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// A name in the source.
  public init(stringLiteral value: String) { rawValue = value }
}

/// What a child does between fork and exec: descriptors by number, then steps in order.
public struct LaunchPlan: Sendable, Equatable {
  /// Descriptor `i` of the child is the one with the name at index `i`; all others are closed.
  public var descriptors: [DescriptorName]
  /// Is the child process 1 of a process namespace of its own, so that its end is the end of all below it?
  /// Needs the capability to make one; without it `.forkInit` does the same later.
  public var leadsProcesses: Bool
  /// What happens, in order.
  public var steps: [LaunchStep]

  /// A plan.
  public init(descriptors: [DescriptorName], leadsProcesses: Bool = false, steps: [LaunchStep]) {
    self.descriptors = descriptors
    self.leadsProcesses = leadsProcesses
    self.steps = steps
  }
}

/// Why nothing was launched, or why the child gave up.
public enum LaunchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The plan wants a descriptor that was not given.
  case missingDescriptor(DescriptorName)
  /// The plan cannot be run anywhere: a text with a NUL in it, or an address that is not numeric.
  case malformed(step: Int, String)
  /// Forking failed, or placing the descriptors in the child.
  case fork(SystemError)
  /// A step failed in the child.
  case step(Int, String, SystemError)

  /// `step 7, mount overlay at usr: Operation not permitted (errno 1)`.
  public var description: String {
    switch self {
    case .missingDescriptor(let name): "launch: no descriptor '\(name.rawValue)'"
    case .malformed(let step, let what): "launch: step \(step) is malformed: \(what)"
    case .fork(let error): "launch: \(error)"
    case .step(let index, _, let error): "launch: step \(index), \(error)"
    }
  }
}

extension LaunchPlan {
  /// Forks a child that runs this plan.
  ///
  /// The parent is always one thread that never ends, so `.dieWithParent` means the process, not a thread.
  /// The caller asks `Launched.confirm()` whether every step succeeded.
  public func launch(_ given: [DescriptorName: CInt]) throws(LaunchError) -> Launched {
    if let problem { throw problem }
    var numbers: [Int32] = []
    for name in descriptors {
      guard let number = given[name] else { throw .missingDescriptor(name) }
      numbers.append(number)
    }
    // SAFETY: the arena owns what its steps point to.
    let arena = unsafe StepArena(steps)
    var pid: pid_t = 0
    var pidfd: CInt = -1
    var errors: CInt = -1
    // SAFETY: the arrays and the arena outlive the call, which returns after the fork.
    let code = unsafe withExtendedLifetime(arena) {
      unsafe cordon_launch(
        arena.steps, arena.steps.count, numbers, numbers.count, leadsProcesses ? 1 : 0, &pid, &pidfd, &errors)
    }
    if code != 0 { throw .fork(SystemError(code: code, call: "fork")) }
    let process = ChildProcess(identifier: pid, pidfd: FileDescriptor(adopting: pidfd))
    return Launched(process: process, errors: FileDescriptor(adopting: errors), plan: self)
  }

  /// What makes the plan unusable whoever runs it.
  private var problem: LaunchError? {
    for (index, step) in steps.enumerated() {
      if let problem = step.problem { return .malformed(step: index, problem) }
    }
    return nil
  }
}

extension LaunchStep {
  /// A NUL would silently cut a path or an argument short.
  fileprivate var problem: String? {
    switch self {
    case .listen(let address, _, _, _): address.encoded == nil ? "'\(address.host)' is no address" : nil
    case .execute(let path, let arguments, let environment):
      ([path] + arguments + environment).contains { $0.utf8.contains(0) } ? "NUL in an argument" : nil
    case .mount(let source, let target, let type, _, let options):
      [source, target, type, options].contains { $0.utf8.contains(0) } ? "NUL in a mount" : nil
    case .makeFolder(let path, _), .writeNewFile(let path, _, _), .changeOwner(let path, _, _),
      .open(let path, _, _), .changeFolder(let path), .joinControlGroup(let path):
      path.utf8.contains(0) ? "NUL in a path" : nil
    case .symbolicLink(let target, let path):
      (target + path).utf8.contains(0) ? "NUL in a link" : nil
    default: nil
    }
  }
}

/// A child that is working through its plan.
public struct Launched: ~Copyable, Sendable {
  /// The child.
  public let process: ChildProcess
  private let errors: FileDescriptor
  private let plan: LaunchPlan

  init(process: ChildProcess, errors: consuming FileDescriptor, plan: LaunchPlan) {
    self.process = process
    self.errors = errors
    self.plan = plan
  }

  /// The descriptor that becomes readable when the child has executed its command, ended or failed.
  public var settled: CInt { errors.rawValue }

  /// Waits until the child has executed its command or ended; throws the step that failed.
  public func confirm() throws(LaunchError) {
    let size = MemoryLayout<cordon_failure>.size
    let report: [UInt8]
    do { report = try errors.readToEnd(limit: size) } catch { throw .fork(error) }
    guard report.count == size else { return }
    _ = process.waitBlocking()
    let step = Self.number(report, at: 0)
    let code = Self.number(report, at: 4)
    guard plan.steps.indices.contains(step) else {
      throw .fork(SystemError(code: Int32(code), call: "place descriptors"))
    }
    let words = plan.steps[step].description
    throw .step(step, words, SystemError(code: Int32(code), call: words))
  }

  /// Reads a native 32-bit number.
  private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
    Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]) << 16
      | Int(Int8(bitPattern: bytes[offset + 3])) << 24
  }
}
