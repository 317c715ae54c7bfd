import Glibc

/// What a command came to.
struct RunResult: Sendable, Equatable {
  var status: Int32
  var output: [UInt8]
  var errors: [UInt8]
  var timedOut: Bool

  var text: String { String(decoding: output, as: UTF8.self) }
  var errorText: String { String(decoding: errors, as: UTF8.self) }

  /// The last thing the command said, made fit for one line of a report.
  var lastLine: String {
    let lines = (errors + output).split(separator: UInt8(ascii: "\n"))
      .filter { !$0.starts(with: Array("cordon-drill-".utf8)) }
    guard let last = lines.last else { return "" }
    let shown = String(decoding: last.prefix(160), as: UTF8.self)
    return String(String.UnicodeScalarView(shown.unicodeScalars.map { Printable.isSafe($0) ? $0 : " " }))
  }
}

/// What may go to the operator's terminal of a text that an attacker wrote.
enum Printable {
  /// No C0 or C1 control and no change of direction.
  static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: false
    default: true
    }
  }
}

/// A started command whose output is collected, bounded in size and in time.
final class Running {
  private static let outputLimit = 4 << 20
  private let child: Child
  private var pendingInput: ArraySlice<UInt8>
  private var closesInput: Bool
  private var inputIsOpen = true
  private var outputIsOpen = true
  private var errorsAreOpen = true
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  private let deadline: Double
  private var status: Int32?
  private var timedOut = false

  /// Starts a command. With `closesInput` false its input stays open until `endInput`.
  init(
    _ launch: Launch, input: [UInt8] = [], closesInput: Bool = true, seconds: Double
  ) throws(DrillError) {
    child = try Posix.start(launch)
    pendingInput = input[...]
    self.closesInput = closesInput
    deadline = Posix.monotonicSeconds() + seconds
  }

  /// Runs a command to its end.
  static func run(
    _ launch: Launch, input: [UInt8] = [], seconds: Double = 60
  ) throws(DrillError) -> RunResult {
    try Running(launch, input: input, seconds: seconds).finish()
  }

  /// Waits for a line in the output; false when the command ended or its time was over before.
  func wait(forLine line: String) -> Bool {
    let wanted = Array("\(line)\n".utf8)
    while !output.contains(subsequence: wanted) {
      guard turn() else { return output.contains(subsequence: wanted) }
    }
    return true
  }

  /// Lets the command see the end of its input.
  func endInput() {
    closesInput = true
  }

  /// Collects everything until the end; a command over its time is killed with its whole group.
  func finish() -> RunResult {
    closesInput = true
    while turn() {}
    if status == nil { status = waitForExit() }
    if timedOut { Posix.signalGroup(child.process, SIGKILL) }
    closeAll()
    return RunResult(status: status ?? 127, output: output, errors: errors, timedOut: timedOut)
  }

  /// One round of reading and writing; false when nothing is left to do or time is over.
  private func turn() -> Bool {
    feed()
    guard outputIsOpen || errorsAreOpen else { return false }
    let left = deadline - Posix.monotonicSeconds()
    guard left > 0 else {
      timedOut = true
      Posix.signalGroup(child.process, SIGKILL)
      return false
    }
    var interests = interests()
    // A grandchild may hold the pipes open after the command ended, so the exit is looked for as well.
    Posix.wait(&interests, milliseconds: Int32(min(left, 0.25) * 1_000) + 1)
    for interest in interests where interest.isReadable { collect(interest.descriptor) }
    if !interests.contains(where: \.isReadable), hasExited() { return false }
    return true
  }

  private func interests() -> [Posix.Interest] {
    var wanted: [Posix.Interest] = []
    if outputIsOpen { wanted.append(.init(descriptor: child.output)) }
    if errorsAreOpen { wanted.append(.init(descriptor: child.errors)) }
    if inputIsOpen && !pendingInput.isEmpty {
      wanted.append(.init(descriptor: child.input, reading: false, writing: true))
    }
    return wanted
  }

  private func feed() {
    guard inputIsOpen else { return }
    if !pendingInput.isEmpty {
      guard let taken = Posix.write(child.input, pendingInput.prefix(65_536)) else { return closeInput() }
      pendingInput = pendingInput.dropFirst(taken)
    }
    if pendingInput.isEmpty && closesInput { closeInput() }
  }

  private func closeInput() {
    Posix.closeDescriptor(child.input)
    inputIsOpen = false
    pendingInput = []
  }

  private func collect(_ descriptor: Int32) {
    switch Posix.read(descriptor) {
    case .bytes(let bytes):
      if descriptor == child.output {
        output += bytes.prefix(max(0, Self.outputLimit - output.count))
      } else {
        errors += bytes.prefix(max(0, Self.outputLimit - errors.count))
      }
    case .again: break
    case .end, .failed:
      if descriptor == child.output { outputIsOpen = false } else { errorsAreOpen = false }
    }
  }

  private func hasExited() -> Bool {
    if status == nil { status = Posix.exitStatus(child.process, wait: false) }
    return status != nil
  }

  private func waitForExit() -> Int32 {
    while !timedOut {
      if hasExited(), let status { return status }
      var nothing: [Posix.Interest] = []
      Posix.wait(&nothing, milliseconds: 5)
      if Posix.monotonicSeconds() > deadline { timedOut = true }
    }
    Posix.signalGroup(child.process, SIGKILL)
    return Posix.exitStatus(child.process, wait: true) ?? 127
  }

  private func closeAll() {
    if inputIsOpen { closeInput() }
    Posix.closeDescriptor(child.output)
    Posix.closeDescriptor(child.errors)
  }
}

extension Collection where Element == UInt8, Index == Int {
  /// Whether `wanted` stands somewhere in these bytes, in one piece.
  func contains(subsequence wanted: some Collection<UInt8>) -> Bool {
    firstIndex(ofSubsequence: wanted) != nil
  }

  /// Where `wanted` stands for the first time.
  func firstIndex(ofSubsequence wanted: some Collection<UInt8>) -> Int? {
    guard let first = wanted.first else { return startIndex }
    guard count >= wanted.count else { return nil }
    for start in startIndex...(endIndex - wanted.count) where self[start] == first {
      if self[start..<(start + wanted.count)].elementsEqual(wanted) { return start }
    }
    return nil
  }
}
