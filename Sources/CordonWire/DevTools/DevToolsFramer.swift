/// Cuts the byte stream of Chromium's debugging pipe into messages: each ends with a NUL
/// (`--remote-debugging-pipe`).
///
/// The other side renders hostile pages, so one message is bounded: a screenshot of a 4K window in base64 stays well below.
public struct DevToolsFramer: Sendable {
  /// Why the browser must be ended.
  public enum Failure: Error, Equatable, Sendable {
    /// A message longer than the limit.
    case tooLong(limit: Int)
  }

  /// The longest message in bytes.
  public static let maximumLength = 64 << 20

  private let limit: Int
  private var pending: [UInt8] = []
  private var failed = false

  /// Starts at the beginning of a stream.
  public init(limit: Int = DevToolsFramer.maximumLength) { self.limit = limit }

  /// Whether the stream stands between two messages.
  public var isIdle: Bool { pending.isEmpty }

  /// Takes in what was read and gives out the messages that are whole, without their NULs.
  ///
  /// After an error it throws the same error for ever.
  public mutating func messages(in bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
    var found: [[UInt8]] = []
    if failed { throw .tooLong(limit: limit) }
    cut(bytes, &found)
    if pending.count > limit {
      failed = true
      pending = []
      throw .tooLong(limit: limit)
    }
    return found
  }

  private mutating func cut(_ bytes: [UInt8], _ found: inout [[UInt8]]) {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0) {
      pending.append(contentsOf: rest[..<end])
      found.append(pending)
      pending = []
      rest = rest[rest.index(after: end)...]
    }
    pending.append(contentsOf: rest)
  }

  /// A message as the pipe wants it.
  public static func framed(_ message: [UInt8]) -> [UInt8] { message + [0] }
}
