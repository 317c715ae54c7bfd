extension ServerMessage {
  private enum Limit {
    static let tabs = 64
    static let title = 256
    static let address = 4_096
    static let dialog = 8_192
    static let reason = 1_024
    static let id = 32
    static let name = 255
  }

  /// Reads one message, as a client does. Bounds and ranges are checked as the server checks its clients'.
  public init(parsing bytes: [UInt8]) throws(PortalWireError) {
    guard bytes.count <= PortalWire.longestServerMessage else { throw .tooLong }
    var reader = PortalReader(bytes)
    let kind = try reader.opening()
    self = try Self.read(kind, &reader)
    try reader.close()
  }

  private static func read(_ kind: UInt8, _ reader: inout PortalReader) throws(PortalWireError) -> Self {
    switch kind {
    case 1: return .frame(try Frame(&reader))
    case 2: return .cursor(try reader.choice(Cursor.self))
    case 3: return try tabs(&reader)
    case 4:
      return .dialog(
        Dialog(
          id: try reader.u32(), kind: try reader.choice(Dialog.Kind.self), tab: try reader.u32(),
          message: try reader.text(Limit.dialog), preset: try reader.text(Limit.dialog)))
    case 5: return .dialogClosed(try reader.u32())
    case 6:
      return .navigation(
        Navigation(
          canGoBack: try reader.flag(), canGoForward: try reader.flag(),
          address: try reader.text(Limit.address)))
    case 7: return .clock(idle: try reader.u32(), longest: try reader.u32())
    case 8:
      return .denied(
        Denial(
          try reader.choice(Deed.self), subject: try reader.text(Limit.reason),
          reason: try reader.text(Limit.reason)))
    case 9: return try crossings(&reader)
    case 10: return .clipboard(try reader.text(PortalWire.longestClipboard))
    case 11: return .found(try reader.flag())
    case 12:
      guard try reader.flag() else { return .caret(nil) }
      return .caret(
        Caret(x: try reader.position(), y: try reader.position(), height: try reader.position()))
    case 13: return .ended(try reader.choice(End.self), try reader.text(Limit.reason))
    case 14:
      return .offer(
        Offer(
          id: try reader.shortText(Limit.id), deed: try reader.choice(Deed.self),
          name: try reader.shortText(Limit.name), size: try reader.u32()))
    case 15: return .chooseFile(try reader.u32())
    case 16: return .fileChosen(try reader.u32())
    case 17:
      return .replay(
        Replay(
          at: try reader.u32(), length: try reader.u32(), speed: try reader.u8(),
          isPlaying: try reader.flag(),
          ending: try reader.choice(Replay.Ending.self)))
    default: throw .unknown(kind: kind)
    }
  }

  private static func tabs(_ reader: inout PortalReader) throws(PortalWireError) -> Self {
    let active = try reader.u32()
    let count = Int(try reader.u8())
    guard count <= Limit.tabs else { throw .tooLong }
    var tabs: [Tab] = []
    for _ in 0..<count {
      tabs.append(
        Tab(
          id: try reader.u32(), hasCrashed: try reader.flag(), title: try reader.text(Limit.title),
          address: try reader.text(Limit.address)))
    }
    return .tabs(active: active, tabs)
  }

  private static func crossings(_ reader: inout PortalReader) throws(PortalWireError) -> Self {
    let count = Int(try reader.u8())
    guard count <= Deed.allCases.count else { throw .tooLong }
    var crossings: [Crossing] = []
    for _ in 0..<count {
      crossings.append(
        Crossing(
          try reader.choice(Deed.self), isOpen: try reader.flag(), reason: try reader.text(Limit.reason)))
    }
    return .crossings(crossings)
  }

  /// The message's bytes. A text that is too long is cut after a whole character.
  public var encoded: [UInt8] {
    switch self {
    case .frame(let frame): return frame.encoded
    case .cursor(let cursor): return Self.message(2) { $0.u8(cursor.rawValue) }
    case .tabs(let active, let tabs): return Self.encoded(tabs, active: active)
    case .dialog(let dialog): return dialog.encoded
    case .dialogClosed(let id): return Self.message(5) { $0.u32(id) }
    case .navigation(let navigation):
      return Self.message(6) {
        $0.flag(navigation.canGoBack)
        $0.flag(navigation.canGoForward)
        $0.text(navigation.address, Limit.address)
      }
    case .clock(let idle, let longest):
      return Self.message(7) {
        $0.u32(idle); $0.u32(longest)
      }
    case .denied(let denial):
      return Self.message(8) {
        $0.u8(denial.deed.rawValue)
        $0.text(denial.subject, Limit.reason)
        $0.text(denial.reason, Limit.reason)
      }
    case .crossings(let crossings): return Self.encoded(crossings)
    case .clipboard(let text): return Self.message(10) { $0.text(text, PortalWire.longestClipboard) }
    case .found(let found): return Self.message(11) { $0.flag(found) }
    case .caret(let caret): return Self.encoded(caret)
    case .ended(let end, let reason):
      return Self.message(13) {
        $0.u8(end.rawValue); $0.text(reason, Limit.reason)
      }
    case .offer(let offer):
      return Self.message(14) {
        $0.shortText(offer.id, Limit.id)
        $0.u8(offer.deed.rawValue)
        $0.shortText(offer.name, Limit.name)
        $0.u32(offer.size)
      }
    case .chooseFile(let id): return Self.message(15) { $0.u32(id) }
    case .fileChosen(let id): return Self.message(16) { $0.u32(id) }
    case .replay(let replay):
      return Self.message(17) {
        $0.u32(replay.at)
        $0.u32(replay.length)
        $0.u8(replay.speed)
        $0.flag(replay.isPlaying)
        $0.u8(replay.ending.rawValue)
      }
    }
  }

  private static func encoded(_ tabs: [Tab], active: UInt32) -> [UInt8] {
    message(3) {
      let told = tabs.prefix(Limit.tabs)
      $0.u32(active)
      $0.u8(UInt8(told.count))
      for tab in told {
        $0.u32(tab.id)
        $0.flag(tab.hasCrashed)
        $0.text(tab.title, Limit.title)
        $0.text(tab.address, Limit.address)
      }
    }
  }

  private static func encoded(_ crossings: [Crossing]) -> [UInt8] {
    message(9) {
      let told = crossings.prefix(Deed.allCases.count)
      $0.u8(UInt8(told.count))
      for crossing in told {
        $0.u8(crossing.deed.rawValue)
        $0.flag(crossing.isOpen)
        $0.text(crossing.reason, Limit.reason)
      }
    }
  }

  private static func encoded(_ caret: Caret?) -> [UInt8] {
    message(12) {
      $0.flag(caret != nil)
      guard let caret else { return }
      $0.position(caret.x)
      $0.position(caret.y)
      $0.position(caret.height)
    }
  }

  fileprivate static func message(_ kind: UInt8, _ write: (inout PortalWriter) -> Void) -> [UInt8] {
    var writer = PortalWriter(kind: kind)
    write(&writer)
    return writer.bytes
  }
}

extension ServerMessage.Dialog {
  fileprivate var encoded: [UInt8] {
    ServerMessage.message(4) {
      $0.u32(id)
      $0.u8(kind.rawValue)
      $0.u32(tab)
      $0.text(message, 8_192)
      $0.text(preset, 8_192)
    }
  }
}

extension ServerMessage.Frame {
  fileprivate init(_ reader: inout PortalReader) throws(PortalWireError) {
    number = try reader.u32()
    isWhole = try reader.flag()
    width = try reader.u16()
    height = try reader.u16()
    pageWidth = try reader.u16()
    pageHeight = try reader.u16()
    let count = Int(try reader.u16())
    guard count <= Self.mostRectangles else { throw .tooLong }
    rectangles = []
    for _ in 0..<count {
      let rectangle = Rectangle(
        x: try reader.u16(), y: try reader.u16(), width: try reader.u16(), height: try reader.u16(),
        image: try reader.data(PortalWire.longestServerMessage))
      guard Int(rectangle.x) + Int(rectangle.width) <= Int(width),
        Int(rectangle.y) + Int(rectangle.height) <= Int(height)
      else { throw .outOfRange }
      rectangles.append(rectangle)
    }
  }

  fileprivate var encoded: [UInt8] {
    ServerMessage.message(1) {
      let told = rectangles.prefix(Self.mostRectangles)
      $0.u32(number)
      $0.flag(isWhole)
      $0.u16(width)
      $0.u16(height)
      $0.u16(pageWidth)
      $0.u16(pageHeight)
      $0.u16(UInt16(told.count))
      for rectangle in told {
        $0.u16(rectangle.x)
        $0.u16(rectangle.y)
        $0.u16(rectangle.width)
        $0.u16(rectangle.height)
        $0.data(rectangle.image)
      }
    }
  }
}
