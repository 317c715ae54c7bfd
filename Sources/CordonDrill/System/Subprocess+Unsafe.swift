import Glibc
import Synchronization

/// What to start and with what.
struct Launch: Sendable {
  /// The program's absolute path or name, and its arguments.
  var arguments: [String]
  /// The whole environment; nothing is inherited.
  var environment: [String: String]
  /// Descriptors handed over on purpose, by their number in the child.
  var planted: [Int32: Int32] = [:]
  /// A descriptor to use as the child's output instead of a pipe.
  var output: Int32?
}

/// A child process with pipes for its input, output and errors.
struct Child: Sendable {
  let process: Int32
  let input: Int32
  let output: Int32
  let errors: Int32
}

extension Posix {
  /// A descriptor exists for a moment before it is marked close-on-exec; no child may be started in it.
  static let spawning = Mutex<Void>(())

  /// Starts a child in a process group of its own, with no descriptor but 0, 1, 2 and the planted ones: every other
  /// one is marked close-on-exec, those that came from outside by `sealInheritedDescriptors`.
  static func start(_ launch: Launch) throws(DrillError) -> Child {
    try spawning.withLock { _ throws(DrillError) in
      let input = try pipe()
      let output = try pipe()
      let errors = try pipe()
      let process = spawn(
        launch, input: input.read, output: launch.output ?? output.write, errors: errors.write)
      for descriptor in [input.read, output.write, errors.write] { closeDescriptor(descriptor) }
      guard process > 0 else {
        for descriptor in [input.write, output.read, errors.read] { closeDescriptor(descriptor) }
        throw .system(call: "start \(launch.arguments.first ?? "")", errno: -process)
      }
      for descriptor in [input.write, output.read, errors.read] { setNonBlocking(descriptor) }
      return Child(process: process, input: input.write, output: output.read, errors: errors.read)
    }
  }

  /// The child's process id, or the negated errno.
  private static func spawn(_ launch: Launch, input: Int32, output: Int32, errors: Int32) -> Int32 {
    // SAFETY: the attribute and action objects are initialised before use and destroyed after; the argument and
    // environment arrays are zero-terminated and outlive the call.
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    for (target, source) in launch.planted {
      unsafe posix_spawn_file_actions_adddup2(&actions, source, target)
    }

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var process: pid_t = 0
    let status = unsafe withCStrings(launch.arguments) { arguments in
      unsafe withCStrings(launch.environment.map { "\($0.key)=\($0.value)" }.sorted()) { environment in
        guard let program = unsafe arguments[0] else { return EINVAL }
        return unsafe posix_spawnp(&process, program, &actions, &attributes, arguments, environment)
      }
    }
    return status == 0 ? process : -status
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    // SAFETY: every string is duplicated, the array ends with nil, and all of it is freed after the call.
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("the array ends with nil, so it has a base")
      }
      return unsafe body(base)
    }
  }

  /// The exit status, 128 + N after signal N, or nil while the child lives.
  static func exitStatus(_ process: Int32, wait: Bool) -> Int32? {
    var status: Int32 = 0
    while true {
      // SAFETY: waitpid writes one status.
      let result = unsafe waitpid(process, &status, wait ? 0 : WNOHANG)
      if result == 0 { return nil }
      if result < 0 && errno == EINTR { continue }
      if result < 0 { return 127 }
      let signal = status & 0x7F
      return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
  }

  /// Signals a child's whole process group.
  static func signalGroup(_ process: Int32, _ signal: Int32) {
    _ = kill(-process, signal)
  }
}
