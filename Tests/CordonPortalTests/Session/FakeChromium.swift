import CordonPolicy
import CordonWire
import Foundation
import Synchronization

@testable import CordonPortal

/// What answers on a debugging pipe like a browser that does nothing: for what Chromium cannot be made to do on demand.
final class FakeChromium: RunningBrowser {
  let devTools: DevToolsConnection
  let triedPages: Set<String> = ["TRIED"]
  private let writer: FileHandle
  private let reader: FileHandle
  private let state = Mutex(State())
  private let writing = Mutex(())

  private struct State {
    var framer = DevToolsFramer()
    var targets = 0
    /// How often each method is refused before it is done.
    var refusals: [String: Int] = [:]
    /// The page that answers nothing.
    var hung: String?
    var methods: [String] = []
    var inserted: [String] = []
    var selection = ""
    var answer: String?
    var isEnded = false
    var sent: [(method: String, params: JSONValue)] = []
    var document: [UInt8] = []
    var files: [String: [UInt8]] = [:]
    var placed: [(name: String, bytes: [UInt8])] = []
    var taken: [String] = []
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  init(refusing refusals: [String: Int] = [:]) async throws {
    state.withLock { $0.refusals = refusals }
    let (commands, events) = (Pipe(), Pipe())
    reader = commands.fileHandleForReading
    writer = events.fileHandleForWriting
    devTools = try await DevToolsConnection.open(
      input: dup(commands.fileHandleForWriting.fileDescriptor),
      output: dup(events.fileHandleForReading.fileDescriptor))
    reader.readabilityHandler = { [weak self] handle in
      let bytes = Array(handle.availableData)
      if bytes.isEmpty { handle.readabilityHandler = nil } else { self?.take(bytes) }
    }
  }

  private func take(_ bytes: [UInt8]) {
    let messages = state.withLock { (try? $0.framer.messages(in: bytes)) ?? [] }
    for message in messages {
      guard let value = try? JSONValue(parsing: message), let id = value["id"]?.int,
        let method = value["method"]?.text
      else { continue }
      let number = state.withLock { state in
        state.methods.append(method)
        state.sent.append((method, value["params"] ?? .object([])))
        if method == "Input.insertText" { state.inserted.append(value["params"]?["text"]?.text ?? "") }
        if method == "Target.createTarget" { state.targets += 1 }
        return state.targets
      }
      if let page = value["sessionId"]?.text, page == hung { continue }
      let result =
        switch method {
        case "Target.createTarget": #"{"targetId":"T\#(number)"}"#
        case "Target.attachToTarget": #"{"sessionId":"S-\#(value["params"]?["targetId"]?.text ?? "")"}"#
        case "Page.createIsolatedWorld": #"{"executionContextId":1}"#
        case "Runtime.callFunctionOn":
          #"{"result":{"value":\#(answer ?? JSONValue.string(selection).written(.canonical))}}"#
        case "Page.printToPDF": #"{"stream":"1"}"#
        case "IO.read": nextPiece()
        default: "{}"
        }
      if refuses(method) {
        write(#"{"id":\#(id),"error":{"code":-32000,"message":"Not attached to an active page"}}"#)
      } else {
        write(#"{"id":\#(id),"result":\#(result)}"#)
      }
    }
  }

  /// The document in pieces of a mebibyte at most, the last of which says so.
  private func nextPiece() -> String {
    state.withLock { state in
      let piece = Data(state.document.prefix(1 << 20)).base64EncodedString()
      state.document.removeFirst(min(1 << 20, state.document.count))
      return #"{"data":"\#(piece)","base64Encoded":true,"eof":\#(state.document.isEmpty)}"#
    }
  }

  /// What a page would print.
  func prints(_ bytes: [UInt8]) { state.withLock { $0.document = bytes } }

  /// Downloads a file, as Chromium would tell of it.
  func downloads(_ id: String, _ name: String, _ bytes: [UInt8], saying size: Int? = nil) {
    state.withLock { $0.files[id] = bytes }
    tell(
      "Browser.downloadWillBegin",
      #"{"guid":"\#(id)","url":"http://n.test/x?secret","suggestedFilename":"\#(name)"}"#)
    let size = size ?? bytes.count
    for state in ["inProgress", "completed"] {
      tell(
        "Browser.downloadProgress",
        #"{"guid":"\#(id)","state":"\#(state)","receivedBytes":\#(size),"totalBytes":\#(size)}"#)
    }
  }

  func takeDownload(_ id: String, atMost limit: Int) async throws -> [UInt8]? {
    state.withLock { state in
      state.taken.append(id)
      guard let bytes = state.files.removeValue(forKey: id), bytes.count <= limit else { return nil }
      return bytes
    }
  }

  func placeUpload(_ name: String, _ bytes: [UInt8]) async throws -> String {
    state.withLock { $0.placed.append((name, bytes)) }
    return "/home/workspace/uploads/\(name)"
  }

  /// What a method was sent with, each time.
  func params(of method: String) -> [JSONValue] {
    state.withLock { $0.sent.filter { $0.method == method }.map(\.params) }
  }
  var placed: [String] { state.withLock { $0.placed.map(\.name) } }
  var taken: [String] { state.withLock { $0.taken } }

  private func refuses(_ method: String) -> Bool {
    state.withLock { state in
      guard let left = state.refusals[method], left > 0 else { return false }
      state.refusals[method] = left - 1
      return true
    }
  }

  /// One message after the other: a long one is more than the pipe takes at once.
  private func write(_ text: String) {
    writing.withLock { _ in try? writer.write(contentsOf: Array(text.utf8) + [0]) }
  }

  /// Says an event of the browser.
  func tellAll(_ method: String, _ params: String) { write(#"{"method":"\#(method)","params":\#(params)}"#) }

  /// Says an event of the first page.
  func tell(_ method: String, _ params: String) {
    write(#"{"method":"\#(method)","params":\#(params),"sessionId":"S-T1"}"#)
  }

  /// The methods that came, in their order.
  var methods: [String] { state.withLock { $0.methods } }
  func count(_ method: String) -> Int { state.withLock { $0.methods.count { $0 == method } } }
  /// The session of the page that answers nothing.
  var hung: String? {
    get { state.withLock { $0.hung } }
    set { state.withLock { $0.hung = newValue } }
  }
  /// What the page's person has selected.
  var selection: String {
    get { state.withLock { $0.selection } }
    set { state.withLock { $0.selection = newValue } }
  }
  /// What the portal's functions answer in the page instead, as JSON.
  var answer: String? {
    get { state.withLock { $0.answer } }
    set { state.withLock { $0.answer = newValue } }
  }
  var inserted: [String] { state.withLock { $0.inserted } }
  var isEnded: Bool { state.withLock { $0.isEnded } }

  func end() {
    devTools.close()
    let waiters = state.withLock { state in
      state.isEnded = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isEnded = state.withLock { state in
        if !state.isEnded { state.waiters.append(continuation) }
        return state.isEnded
      }
      if isEnded { continuation.resume() }
    }
  }
}

/// Hours in a moment: time passes only when the test says so.
final class ManualClock: SessionClock {
  private struct Sleeper {
    var until: Duration
    var continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now = Duration.seconds(1_000)
    /// How far the calendar was put forward, or back.
    var shift = Duration.zero
    var sleepers: [Int: Sleeper] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  var now: Duration { state.withLock { $0.now } }
  var date: Date {
    state.withLock { Date(timeIntervalSince1970: 1_795_000_000 + ($0.now + $0.shift) / .seconds(1)) }
  }

  /// Puts the calendar forward, or back; no time passes by it.
  func putCalendar(by shift: Duration) { state.withLock { $0.shift += shift } }

  func sleep(for duration: Duration) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if Task.isCancelled { return true }
          state.sleepers[id] = Sleeper(until: state.now + duration, continuation: continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume()
    }
    try Task.checkCancellation()
  }

  /// Lets time pass, and wakes who waited for it.
  func advance(_ seconds: Int) {
    let woken = state.withLock { state in
      state.now += .seconds(seconds)
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers.removeValue(forKey: id) }
      return due.values.map(\.continuation)
    }
    for sleeper in woken { sleeper.resume() }
  }

  /// Waits until somebody sleeps.
  func untilAsleep() async {
    for _ in 0..<2_000 where state.withLock({ $0.sleepers.isEmpty }) {
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
