import Testing

@testable import CordonPortal

@Suite struct `A stream's frames` {
  typealias Frame = WebSocketRules.Frame
  typealias Action = WebSocketRules.Action

  static func binary(_ bytes: [UInt8], isFinal: Bool = true) -> Frame {
    Frame(opcode: 2, isFinal: isFinal, payload: bytes)
  }
  static func more(_ bytes: [UInt8], isFinal: Bool = true) -> Frame {
    Frame(opcode: 0, isFinal: isFinal, payload: bytes)
  }

  @Test(
    arguments: [
      ("whole", [binary([1, 2])], [Action.deliver([1, 2])]),
      ("empty", [binary([])], [.deliver([])]),
      (
        "in pieces", [binary([1], isFinal: false), more([2], isFinal: false), more([3])],
        [.nothing, .nothing, .deliver([1, 2, 3])]
      ),
      (
        "ping between pieces", [binary([1], isFinal: false), Frame(opcode: 9, payload: [7]), more([2])],
        [.nothing, .pong([7]), .deliver([1, 2])]
      ),
      ("pong", [Frame(opcode: 10)], [.nothing]),
      ("goodbye", [Frame(opcode: 8, payload: [3, 0xE8])], [.close(.normal)]),
      ("goodbye without a code", [Frame(opcode: 8)], [.close(.normal)]),
      ("half a code", [Frame(opcode: 8, payload: [3])], [.close(.protocolError)]),
      ("a code that nobody may send", [Frame(opcode: 8, payload: [3, 0xED])], [.close(.protocolError)]),
      ("a goodbye that is no text", [Frame(opcode: 8, payload: [3, 0xE8, 0xFF])], [.close(.protocolError)]),
      ("text", [Frame(opcode: 1, payload: [65])], [.close(.unacceptable)]),
      ("unmasked", [Frame(opcode: 2, isMasked: false)], [.close(.protocolError)]),
      ("unmasked ping", [Frame(opcode: 9, isMasked: false)], [.close(.protocolError)]),
      ("an extension", [Frame(opcode: 2, hasReservedBits: true)], [.close(.protocolError)]),
      ("an unknown opcode", [Frame(opcode: 3)], [.close(.protocolError)]),
      ("an unknown control frame", [Frame(opcode: 11)], [.close(.protocolError)]),
      ("a piece of nothing", [more([1])], [.close(.protocolError)]),
      (
        "a message inside of another", [binary([1], isFinal: false), binary([2])],
        [.nothing, .close(.protocolError)]
      ),
      ("too long", [binary(Array(repeating: 0, count: 17))], [.close(.tooLarge)]),
      (
        "too long in pieces", [binary(Array(repeating: 0, count: 16), isFinal: false), more([1])],
        [.nothing, .close(.tooLarge)]
      ),
      (
        "endless pieces",
        [
          binary([], isFinal: false), more([], isFinal: false), more([], isFinal: false),
          more([], isFinal: false),
        ], [.nothing, .nothing, .nothing, .close(.tooLarge)]
      ),
      ("a long ping", [Frame(opcode: 9, payload: Array(repeating: 0, count: 126))], [.close(.protocolError)]),
      ("a ping in pieces", [Frame(opcode: 9, isFinal: false)], [.close(.protocolError)]),
      ("whatever follows the end", [Frame(opcode: 1), binary([1])], [.close(.unacceptable), .nothing]),
    ] as [(String, [Frame], [Action])])
  func `mean what RFC 6455 says, or end it`(name: String, frames: [Frame], expected: [Action]) {
    var rules = WebSocketRules(longestMessage: 16, mostPieces: 3)
    #expect(frames.map { rules.take($0) } == expected, "\(name)")
  }
}
