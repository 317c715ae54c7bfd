/// What a WebSocket's frames mean: frames in, actions out (RFC 6455). Holds no socket, so that a table can try it.
///
/// A browser masks every frame, negotiates no extension here, and sends binary messages: whatever is otherwise ends the
/// stream.
struct WebSocketRules: Sendable {
  /// One frame, unmasked.
  struct Frame: Sendable, Equatable {
    var opcode: UInt8
    var isFinal = true
    var isMasked = true
    var hasReservedBits = false
    var payload: [UInt8] = []
  }

  /// What is to be done about it.
  enum Action: Sendable, Equatable {
    /// A whole message.
    case deliver([UInt8])
    /// Echoes a ping (§5.5.3).
    case pong([UInt8])
    /// Says goodbye with this code, and reads nothing more.
    case close(CloseCode)
    case nothing
  }

  /// Why a stream ends (§7.4.1, and 4000 onwards for our own).
  enum CloseCode: UInt16, Sendable {
    case normal = 1000
    case goingAway = 1001
    case protocolError = 1002
    case unacceptable = 1003
    case badMessage = 1007
    case refused = 1008
    case tooLarge = 1009
    /// Nobody is signed in any more.
    case signedOut = 4401
    /// The session has ended.
    case ended = 4410
  }

  private var pieces: [UInt8] = []
  private var pieceCount = 0
  private var isOver = false
  private let longest: Int
  private let mostPieces: Int

  init(longestMessage: Int, mostPieces: Int) {
    longest = longestMessage
    self.mostPieces = mostPieces
  }

  /// Takes a frame.
  mutating func take(_ frame: Frame) -> Action {
    guard !isOver else { return .nothing }
    let action = judge(frame)
    if case .close = action { isOver = true }
    return action
  }

  private mutating func judge(_ frame: Frame) -> Action {
    guard frame.isMasked, !frame.hasReservedBits else { return .close(.protocolError) }
    switch frame.opcode {
    case 0x0:
      guard pieceCount > 0 else { return .close(.protocolError) }
      return add(frame)
    case 0x2:
      guard pieceCount == 0 else { return .close(.protocolError) }
      return add(frame)
    case 0x1: return .close(.unacceptable)
    case 0x8, 0x9, 0xA:
      guard frame.isFinal, frame.payload.count <= 125 else { return .close(.protocolError) }
      if frame.opcode == 0x9 { return .pong(frame.payload) }
      return frame.opcode == 0xA ? .nothing : goodbye(frame.payload)
    default: return .close(.protocolError)
    }
  }

  private mutating func add(_ frame: Frame) -> Action {
    pieceCount += 1
    guard pieces.count + frame.payload.count <= longest, pieceCount <= mostPieces else {
      pieces = []
      return .close(.tooLarge)
    }
    pieces += frame.payload
    guard frame.isFinal else { return .nothing }
    defer { (pieces, pieceCount) = ([], 0) }
    return .deliver(pieces)
  }

  /// A goodbye has no payload, or a code and UTF-8 (§5.5.1).
  private func goodbye(_ payload: [UInt8]) -> Action {
    guard payload.count >= 2 else { return .close(payload.isEmpty ? .normal : .protocolError) }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    let isCode = (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
    guard isCode, String(validating: payload.dropFirst(2), as: UTF8.self) != nil else {
      return .close(.protocolError)
    }
    return .close(.normal)
  }
}
