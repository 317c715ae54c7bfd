import Glibc

/// The drill's own client of Chromium's debugging pipe: messages with a NUL at their end, over the browser's descriptors 3 and 4.
///
/// Its browser shows hostile pages, so that what comes back is bounded and may be anything. Not safe for several threads.
final class DevToolsPipe {
  /// Why nothing more can be said to a browser.
  enum Failure: Error, Equatable {
    /// It ended, or closed the pipe.
    case gone(String)
    /// It sent a message beyond the limit.
    case tooLong
    /// It did not answer in time.
    case noAnswer(String)
    /// It refused a command.
    case refused(String)
  }

  static let longestMessage = 64 << 20
  private static let keptComplaints = 8_192
  private static let keptEvents = 4_096

  private let child: Child
  private var pending: [UInt8] = []
  private var answers: [Int: DevToolsValue] = [:]
  /// Answers that somebody waits for; all others are let go.
  private var awaited: Set<Int> = []
  private var next = 1
  private var complaints: [UInt8] = []
  private var isOpen = true
  /// What happened, oldest first; the newest are kept.
  private(set) var events: [DevToolsValue] = []

  /// Starts a browser whose input and output become the pipe.
  init(_ launch: Launch) throws(DrillError) { child = try Posix.start(launch) }

  /// Ends the browser with its whole group.
  func end() {
    guard isOpen else { return }
    isOpen = false
    Posix.signalGroup(child.process, SIGKILL)
    _ = Posix.exitStatus(child.process, wait: true)
    for descriptor in [child.input, child.output, child.errors] { Posix.closeDescriptor(descriptor) }
  }

  deinit { end() }

  /// What the browser last wrote to its errors.
  var complaint: String {
    RunResult(status: 0, output: [], errors: complaints, timedOut: false).lastLine
  }

  // MARK: Commands

  /// Says something and waits for its answer.
  @discardableResult
  func call(
    _ method: String, _ parameters: DevToolsValue = [:], session: String? = nil, seconds: Double = 15
  ) throws(Failure) -> DevToolsValue {
    let number = try send(method, parameters, session: session)
    awaited.insert(number)
    defer { awaited.remove(number) }
    let deadline = Posix.monotonicSeconds() + seconds
    while answers[number] == nil {
      let left = deadline - Posix.monotonicSeconds()
      guard left > 0 else { throw .noAnswer(method) }
      try turn(seconds: left)
    }
    guard let answer = answers.removeValue(forKey: number) else { throw .noAnswer(method) }
    if let error = answer["error"] { throw .refused(error["message"]?.text ?? "without a reason") }
    return answer["result"] ?? [:]
  }

  /// Says something whose answer does not matter: input that opens a dialog is answered only after it.
  @discardableResult
  func send(
    _ method: String, _ parameters: DevToolsValue = [:], session: String? = nil
  ) throws(Failure) -> Int {
    guard isOpen else { throw .gone("ended") }
    let number = next
    next += 1
    var message: [String: DevToolsValue] = [
      "id": .number(Double(number)), "method": .text(method), "params": parameters,
    ]
    if let session { message["sessionId"] = .text(session) }
    var rest = (DevToolsValue.object(message).bytes + [0])[...]
    while !rest.isEmpty {
      guard let taken = Posix.write(child.input, rest) else { throw .gone(complaint) }
      rest = rest.dropFirst(taken)
      if taken == 0 { try turn(seconds: 0.05) }
    }
    return number
  }

  /// Waits for an event of a session; false where none came in time.
  func wait(for method: String, session: String, seconds: Double) throws(Failure) -> Bool {
    let deadline = Posix.monotonicSeconds() + seconds
    while true {
      let found = events.contains { $0["method"]?.text == method && $0["sessionId"]?.text == session }
      if found { return true }
      let left = deadline - Posix.monotonicSeconds()
      guard left > 0 else { return false }
      try turn(seconds: left)
    }
  }

  /// Lets time pass while the pipe is read.
  func pass(seconds: Double) throws(Failure) {
    let deadline = Posix.monotonicSeconds() + seconds
    while true {
      let left = deadline - Posix.monotonicSeconds()
      guard left > 0 else { return }
      try turn(seconds: left)
    }
  }

  // MARK: Reading

  private func turn(seconds: Double) throws(Failure) {
    var interests = [
      Posix.Interest(descriptor: child.output), Posix.Interest(descriptor: child.errors),
    ]
    Posix.wait(&interests, milliseconds: Int32(min(seconds, 0.25) * 1_000) + 1)
    if interests[1].isReadable, case .bytes(let bytes) = Posix.read(child.errors) {
      complaints = (complaints + bytes).suffix(Self.keptComplaints)
    }
    guard interests[0].isReadable else { return }
    switch Posix.read(child.output, atMost: 1 << 20) {
    case .bytes(let bytes): try take(bytes)
    case .again: break
    case .end, .failed: throw .gone(complaint)
    }
  }

  private func take(_ bytes: [UInt8]) throws(Failure) {
    for message in try Self.cut(bytes, pending: &pending) {
      guard let value = DevToolsValue(message) else { continue }
      if let number = value["id"]?.whole {
        if awaited.contains(number) { answers[number] = value }
      } else {
        events.append(value)
        if events.count > Self.keptEvents { events.removeFirst(Self.keptEvents / 2) }
      }
    }
  }

  /// Cuts what came into messages; the rest stays pending.
  static func cut(
    _ bytes: [UInt8], pending: inout [UInt8], limit: Int = longestMessage
  ) throws(Failure) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0) {
      messages.append(pending + rest[..<end])
      pending = []
      rest = rest[rest.index(after: end)...]
    }
    pending += rest
    guard pending.count <= limit, messages.allSatisfy({ $0.count <= limit }) else { throw .tooLong }
    return messages
  }
}
