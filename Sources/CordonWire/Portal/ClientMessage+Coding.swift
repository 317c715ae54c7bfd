extension ClientMessage {
  private enum Limit {
    static let composition = 4_096
    static let answer = 4_096
    static let find = 256
    static let name = 1_024
  }

  /// Reads one message. It comes from a machine that nobody here knows: every length has a bound, every number a range.
  public init(parsing bytes: [UInt8]) throws(PortalWireError) {
    guard bytes.count <= PortalWire.longestClientMessage else { throw .tooLong }
    var reader = PortalReader(bytes)
    let kind = try reader.opening()
    self = try Self.read(kind, &reader)
    try reader.close()
  }

  private static func read(_ kind: UInt8, _ reader: inout PortalReader) throws(PortalWireError) -> Self {
    switch kind {
    case 1: return .pointer(try Pointer(&reader))
    case 2: return .wheel(try Wheel(&reader))
    case 3: return .touch(try Touch(&reader))
    case 4: return .key(try Key(&reader))
    case 5:
      let text = try reader.text(Limit.composition)
      let start = try reader.u16()
      let end = try reader.u16()
      guard start <= end, Int(end) <= text.utf16.count else { throw .outOfRange }
      return .composing(text, start: start, end: end)
    case 6: return .composed(try reader.text(Limit.composition))
    case 7: return .releaseAll
    case 8: return .resize(width: try reader.u16(), height: try reader.u16(), scale: try reader.u16())
    case 9: return .travel(try reader.choice(Travel.self))
    case 10: return .selectTab(try reader.u32())
    case 11: return .closeTab(try reader.u32())
    case 12: return .newTab
    case 13:
      return .answerDialog(
        try reader.u32(), accept: try reader.flag(), text: try reader.text(Limit.answer))
    case 14:
      let backwards = try reader.flag()
      return .find(try reader.text(Limit.find), backwards: backwards)
    case 15: return .acknowledge(try reader.u32())
    case 16: return .refresh
    case 17: return .prefer(try reader.choice(Preference.self))
    case 18: return .paste(try reader.text(PortalWire.longestClipboard))
    case 19: return .copy
    case 20: return .print
    case 21:
      return .upload(
        FileHead(chooser: try reader.u32(), name: try reader.text(Limit.name), size: try reader.u32()))
    case 22: return .piece(try reader.data(PortalWire.longestPiece))
    case 23: return .declineFile(try reader.u32())
    default: throw .unknown(kind: kind)
    }
  }

  /// The message's bytes.
  public var encoded: [UInt8] {
    switch self {
    case .pointer(let pointer): pointer.encoded
    case .wheel(let wheel): wheel.encoded
    case .touch(let touch): touch.encoded
    case .key(let key): key.encoded
    case .composing(let text, let start, let end):
      Self.message(5) {
        $0.text(text, Limit.composition); $0.u16(start); $0.u16(end)
      }
    case .composed(let text): Self.message(6) { $0.text(text, Limit.composition) }
    case .releaseAll: Self.message(7) { _ in }
    case .resize(let width, let height, let scale):
      Self.message(8) {
        $0.u16(width); $0.u16(height); $0.u16(scale)
      }
    case .travel(let way): Self.message(9) { $0.u8(way.rawValue) }
    case .selectTab(let tab): Self.message(10) { $0.u32(tab) }
    case .closeTab(let tab): Self.message(11) { $0.u32(tab) }
    case .newTab: Self.message(12) { _ in }
    case .answerDialog(let id, let accept, let text):
      Self.message(13) {
        $0.u32(id); $0.flag(accept); $0.text(text, Limit.answer)
      }
    case .find(let text, let backwards):
      Self.message(14) {
        $0.flag(backwards); $0.text(text, Limit.find)
      }
    case .acknowledge(let frame): Self.message(15) { $0.u32(frame) }
    case .refresh: Self.message(16) { _ in }
    case .prefer(let preference): Self.message(17) { $0.u8(preference.rawValue) }
    case .paste(let text): Self.message(18) { $0.text(text, PortalWire.longestClipboard) }
    case .copy: Self.message(19) { _ in }
    case .print: Self.message(20) { _ in }
    case .upload(let head):
      Self.message(21) {
        $0.u32(head.chooser); $0.text(head.name, Limit.name); $0.u32(head.size)
      }
    case .piece(let bytes): Self.message(22) { $0.data(Array(bytes.prefix(PortalWire.longestPiece))) }
    case .declineFile(let id): Self.message(23) { $0.u32(id) }
    }
  }

  fileprivate static func message(_ kind: UInt8, _ write: (inout PortalWriter) -> Void) -> [UInt8] {
    var writer = PortalWriter(kind: kind)
    write(&writer)
    return writer.bytes
  }
}

extension PortalReader {
  fileprivate mutating func modifiers() throws(PortalWireError) -> ClientMessage.Modifiers {
    ClientMessage.Modifiers(rawValue: try u8(atMost: 15))
  }
}

extension ClientMessage.Pointer {
  fileprivate init(_ reader: inout PortalReader) throws(PortalWireError) {
    kind = try reader.choice(Kind.self)
    x = try reader.position()
    y = try reader.position()
    button = try reader.choice(Button.self)
    buttons = try reader.u8(atMost: 7)
    clicks = try reader.u8(atMost: 3)
    modifiers = try reader.modifiers()
  }

  fileprivate var encoded: [UInt8] {
    ClientMessage.message(1) {
      $0.u8(kind.rawValue)
      $0.position(x)
      $0.position(y)
      $0.u8(button.rawValue)
      $0.u8(buttons)
      $0.u8(clicks)
      $0.u8(modifiers.rawValue)
    }
  }
}

extension ClientMessage.Wheel {
  fileprivate init(_ reader: inout PortalReader) throws(PortalWireError) {
    x = try reader.position()
    y = try reader.position()
    deltaX = try reader.distance()
    deltaY = try reader.distance()
    modifiers = try reader.modifiers()
  }

  fileprivate var encoded: [UInt8] {
    ClientMessage.message(2) {
      $0.position(x)
      $0.position(y)
      $0.distance(deltaX)
      $0.distance(deltaY)
      $0.u8(modifiers.rawValue)
    }
  }
}

extension ClientMessage.Touch {
  fileprivate init(_ reader: inout PortalReader) throws(PortalWireError) {
    kind = try reader.choice(Kind.self)
    modifiers = try reader.modifiers()
    let count = Int(try reader.u8())
    guard count <= Self.mostFingers else { throw .tooLong }
    fingers = []
    for _ in 0..<count {
      fingers.append(Finger(id: try reader.u8(), x: try reader.position(), y: try reader.position()))
    }
  }

  fileprivate var encoded: [UInt8] {
    ClientMessage.message(3) {
      $0.u8(kind.rawValue)
      $0.u8(modifiers.rawValue)
      let told = fingers.prefix(Self.mostFingers)
      $0.u8(UInt8(told.count))
      for finger in told {
        $0.u8(finger.id)
        $0.position(finger.x)
        $0.position(finger.y)
      }
    }
  }
}

extension ClientMessage.Key {
  private static let longest = 32

  fileprivate init(_ reader: inout PortalReader) throws(PortalWireError) {
    isDown = try reader.flag()
    repeats = try reader.flag()
    place = try reader.choice(Place.self)
    modifiers = try reader.modifiers()
    key = try reader.shortText(Self.longest)
    code = try reader.shortText(Self.longest)
  }

  fileprivate var encoded: [UInt8] {
    ClientMessage.message(4) {
      $0.flag(isDown)
      $0.flag(repeats)
      $0.u8(place.rawValue)
      $0.u8(modifiers.rawValue)
      $0.shortText(key, Self.longest)
      $0.shortText(code, Self.longest)
    }
  }
}
