import CordonWire
import Testing

@Suite struct `The portal's messages` {
  static let fromClient: [ClientMessage] = [
    .pointer(.init(.down, x: 12.5, y: 799.875, button: .left, buttons: 1, clicks: 2, modifiers: [.shift])),
    .wheel(.init(x: 1, y: 2, deltaX: -3, deltaY: 120, modifiers: [.control])),
    .touch(.init(.start, [.init(id: 0, x: 1, y: 2), .init(id: 9, x: 3, y: 4)])),
    .touch(.init(.end, [])),
    .key(.init(isDown: true, key: "ü", code: "BracketLeft", modifiers: [.alt, .meta], repeats: true)),
    .key(.init(isDown: false, key: "Shift", code: "ShiftRight", place: .right)),
    .composing("にほん", start: 0, end: 3), .composed("日本"), .releaseAll,
    .resize(width: 1_280, height: 800, scale: 200), .travel(.home), .selectTab(7), .closeTab(.max), .newTab,
    .answerDialog(3, accept: true, text: "yes"), .find("needle", backwards: true), .acknowledge(70_000),
    .refresh, .prefer(.sparing), .paste("a\nb"), .copy, .print,
    .upload(.init(chooser: 3, name: "Täglich.csv", size: 70_000)), .piece([0, 255, 1]), .declineFile(3),
  ]

  static let fromServer: [ServerMessage] = [
    .frame(
      .init(
        number: 9, isWhole: false, width: 2_560, height: 1_600, pageWidth: 1_280, pageHeight: 800,
        rectangles: [.init(x: 16, y: 32, width: 48, height: 16, image: [0xFF, 0xD8, 0xFF])])),
    .cursor(.northEastSouthWestResize),
    .tabs(
      active: 2,
      [
        .init(id: 1, title: "Lab", address: "http://n/"),
        .init(id: 2, hasCrashed: true, title: "", address: ""),
      ]),
    .dialog(.init(id: 1, kind: .prompt, tab: 2, message: "Name?", preset: "x")), .dialogClosed(1),
    .navigation(.init(canGoBack: true, canGoForward: false, address: "http://n/lab")),
    .clock(idle: 900, longest: 28_800),
    .denied(.init(.download, subject: "data.csv", reason: "downloads are off")),
    .crossings([.init(.pasteIn, isOpen: true, reason: "browser.clipboard.in is on")]),
    .clipboard("copied"), .found(false), .caret(nil), .caret(.init(x: 10, y: 20, height: 16)),
    .offer(.init(id: String(repeating: "a", count: 32), deed: .download, name: "a b.csv", size: .max)),
    .chooseFile(9), .fileChosen(9),
    .replay(.init(at: 61_000, length: .max, speed: 4, isPlaying: true, ending: .cut)),
    .ended(.idle, "nobody was here for 15 minutes"),
  ]

  @Test(arguments: fromClient) func `a client's message is read as it was written`(message: ClientMessage)
    throws
  {
    #expect(try ClientMessage(parsing: message.encoded) == message)
  }

  @Test(arguments: fromServer) func `the server's message is read as it was written`(message: ServerMessage)
    throws
  {
    #expect(try ServerMessage(parsing: message.encoded) == message)
  }

  static let fromPlayer: [ReplayMessage] = [.play, .pause, .seek(61_000), .speed(.eight), .drawn(.max)]

  @Test(arguments: fromPlayer) func `a player's message is read as it was written`(message: ReplayMessage)
    throws
  {
    #expect(try ReplayMessage(parsing: message.encoded) == message)
    let bytes = message.encoded
    for length in bytes.indices {
      #expect(throws: PortalWireError.self) { try ReplayMessage(parsing: Array(bytes[..<length])) }
    }
    #expect(throws: PortalWireError.self) { try ReplayMessage(parsing: bytes + [0]) }
  }

  @Test(arguments: [
    (PortalWireError.cut, [] as [UInt8]), (.version(2), [2, 1]), (.unknown(kind: 0), [1, 0]),
    (.unknown(kind: 6), [1, 6]),
    // A speed that there is not, and a message that is longer than any.
    (.outOfRange, [1, 4, 3]), (.outOfRange, [1, 4, 0]), (.tooLong, [UInt8](repeating: 1, count: 65)),
  ])
  func `of a player, what is no message is refused with its reason`(expected: PortalWireError, bytes: [UInt8])
  {
    #expect(throws: expected) { try ReplayMessage(parsing: bytes) }
  }

  @Test(arguments: fromClient.map(\.encoded)) func `a message that is cut or goes on is none`(bytes: [UInt8])
  {
    for length in bytes.indices {
      #expect(throws: PortalWireError.self) { try ClientMessage(parsing: Array(bytes[..<length])) }
    }
    #expect(throws: PortalWireError.longer) { try ClientMessage(parsing: bytes + [0]) }
  }

  @Test(arguments: [
    (PortalWireError.cut, [] as [UInt8]), (.cut, [1]), (.version(2), [2, 9, 0]), (.unknown(kind: 0), [1, 0]),
    (.unknown(kind: 24), [1, 24]),
    // A button, a modifier, a number of clicks and a way that do not exist.
    (.outOfRange, [1, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0]), (.outOfRange, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 16]),
    (.outOfRange, [1, 1, 0, 0, 0, 0, 0, 0, 0, 4, 0]), (.outOfRange, [1, 9, 4]),
    // Eleven fingers; a key's name of 33 bytes; a text that says it has four gigabytes.
    (.tooLong, [1, 3, 0, 0, 11]), (.tooLong, [1, 4, 1, 0, 0, 0, 33]), (.tooLong, [1, 6, 255, 255, 255, 255]),
    // A piece of more than a piece, a name of four gigabytes.
    (.tooLong, [1, 22, 0, 3, 0, 1]), (.tooLong, [1, 21, 0, 0, 0, 1, 255, 255, 255, 255]),
    // Half of a character, a lone surrogate, an overlong slash.
    (.notText, [1, 6, 0, 0, 0, 1, 0xC3]), (.notText, [1, 6, 0, 0, 0, 3, 0xED, 0xA0, 0x80]),
    (.notText, [1, 6, 0, 0, 0, 2, 0xC0, 0xAF]),
    // A selection outside of its text.
    (.outOfRange, [1, 5, 0, 0, 0, 1, 0x61, 0, 0, 0, 2]), (.outOfRange, [1, 5, 0, 0, 0, 1, 0x61, 0, 1, 0, 0]),
  ])
  func `hostile bytes are refused with their reason`(expected: PortalWireError, bytes: [UInt8]) {
    #expect(throws: expected) { try ClientMessage(parsing: bytes) }
  }

  @Test func `a text that is longer than a message may be is refused before it is read`() {
    let long = String(repeating: "a", count: PortalWire.longestClipboard + 1)
    var bytes = ClientMessage.paste(long).encoded
    #expect(bytes.count <= PortalWire.longestClientMessage)
    bytes += [UInt8](repeating: 0x61, count: PortalWire.longestClientMessage)
    #expect(throws: PortalWireError.tooLong) { try ClientMessage(parsing: bytes) }
  }

  @Test func `what a page calls itself is cut between characters`() throws {
    let title = String(repeating: "é", count: 400)
    let message = ServerMessage.tabs(active: 1, [.init(id: 1, title: title, address: "")])
    guard case .tabs(_, let tabs) = try ServerMessage(parsing: message.encoded) else {
      Issue.record("no tabs")
      return
    }
    #expect(tabs.first?.title == String(repeating: "é", count: 128))
  }

  @Test func `a rectangle outside of its picture is refused`() {
    let message = ServerMessage.frame(
      .init(
        number: 1, isWhole: true, width: 100, height: 100, pageWidth: 100, pageHeight: 100,
        rectangles: [.init(x: 90, y: 0, width: 11, height: 1, image: [])]))
    #expect(throws: PortalWireError.outOfRange) { try ServerMessage(parsing: message.encoded) }
  }

  @Test func `numbers that no screen has are brought to the message's range`() throws {
    let pointer = ClientMessage.Pointer(.move, x: .infinity, y: -5)
    #expect(
      try ClientMessage(parsing: ClientMessage.pointer(pointer).encoded)
        == .pointer(.init(.move, x: 0, y: 0)))
    let wheel = ClientMessage.Wheel(x: 1e9, y: 0, deltaX: .nan, deltaY: -1e9)
    #expect(
      try ClientMessage(parsing: ClientMessage.wheel(wheel).encoded)
        == .wheel(.init(x: 8_191.875, y: 0, deltaX: 0, deltaY: -32_768)))
  }
}
