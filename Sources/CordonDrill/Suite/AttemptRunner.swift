/// Runs attempts, outside as controls or inside as attacks, and gathers what was seen of them.
///
/// May be used by several threads at once.
struct AttemptRunner: Sendable {
  /// How a command comes to run: nowhere special, or in a workspace.
  enum Place: Sendable {
    case control(environment: [String: String], planted: [Int32: Int32])
    case workspace(CordonCommand, attacker: String, neighbour: String?)
  }

  let place: Place
  let recorder: Recorder
  let folder: String

  /// Starts the receiver, then the command; both are ended when this returns.
  ///
  /// - Parameters:
  ///   - variables: What both are told.
  ///   - secret: What the command is given, or the receiver where the secret is the neighbour's.
  func run(
    _ attempt: Attempt, variables: [String: String], secret: Canary
  ) throws(DrillError) -> Judge.Seen {
    var command = variables
    var receiver = variables
    switch attempt.secret {
    case .given, .reward: command["CANARY"] = secret.text
    case .neighbours: receiver["CANARY"] = secret.text
    default: break
    }
    let mark = recorder.mark()
    let waiting = try attempt.receiver.map { script throws(DrillError) in
      try start(script, attempt, receiver, isReceiver: true)
    }
    // A receiver that does not come up says so by what it printed; the command runs all the same.
    _ = waiting?.wait(forLine: Script.readyMarker)
    var seen = Judge.Seen(command: try runCommand(attempt, command, secret: secret))
    waiting?.endInput()
    seen.receiver = waiting?.finish()
    settle(after: mark)
    seen.outside = recorder.arrivals(after: mark)
    seen.contacts = recorder.contacts(after: mark, from: .sink)
    return seen
  }

  private func runCommand(
    _ attempt: Attempt, _ variables: [String: String], secret: Canary
  ) throws(DrillError) -> RunResult {
    guard attempt.secret == .outputFile else {
      return try start(attempt.script, attempt, variables, isReceiver: false).finish()
    }
    let path = "\(folder)/output-\(secret.text.prefix(8))-\(UInt32.random(in: 0 ... .max))"
    try Files.write(secret.text + "\n", to: path)
    let output = try Posix.open(path, appending: true)
    defer {
      Posix.closeDescriptor(output)
      Files.remove(path)
    }
    var result = try start(attempt.script, attempt, variables, isReceiver: false, output: output).finish()
    // What the command printed went to the file; only the part that the drill did not write itself counts.
    result.output = Array(try Files.read(path).dropFirst(secret.bytes.count + 1))
    return result
  }

  private func start(
    _ script: Script, _ attempt: Attempt, _ variables: [String: String], isReceiver: Bool,
    output: Int32? = nil
  ) throws(DrillError) -> Running {
    var launch =
      switch place {
      case .control(let environment, let planted):
        Launch(
          arguments: lowered(attempt) + script.command,
          environment: environment.merging(variables) { $1 }, planted: planted)
      case .workspace(let cordon, let attacker, let neighbour):
        cordon.exec(isReceiver ? neighbour ?? attacker : attacker, parameters: variables, script.command)
      }
    launch.output = output
    return try Running(launch, closesInput: !isReceiver, seconds: attempt.seconds)
  }

  private func lowered(_ attempt: Attempt) -> [String] {
    attempt.control == .unprivileged ? DrillWorld.withoutPrivileges : []
  }

  /// Waits until nothing new has arrived for a while: what was sent last is still on its way through the gateway.
  private func settle(after mark: Recorder.Mark) {
    var last = mark
    for _ in 0..<20 {
      var nothing: [Posix.Interest] = []
      Posix.wait(&nothing, milliseconds: 60)
      let now = recorder.mark()
      if now == last { return }
      last = now
    }
  }
}
