/// What a person's browser says while it plays a recording.
public enum ReplayMessage: Sendable, Equatable {
  /// Go on; at the end, from the beginning.
  case play
  /// Stand still.
  case pause
  /// Go to so many milliseconds after the first picture.
  case seek(UInt32)
  /// So many times as fast as it was.
  case speed(Speed)
  /// The frame of this number is drawn, and all before it.
  case drawn(UInt32)

  /// How fast a recording can be played.
  public enum Speed: UInt8, Sendable, CaseIterable {
    case one = 1, two = 2, four = 4, eight = 8, sixteen = 16
  }

  private static let longest = 64

  /// Reads one message, of a machine that nobody here knows.
  public init(parsing bytes: [UInt8]) throws(PortalWireError) {
    guard bytes.count <= Self.longest else { throw .tooLong }
    var reader = PortalReader(bytes)
    let kind = try reader.opening()
    switch kind {
    case 1: self = .play
    case 2: self = .pause
    case 3: self = .seek(try reader.u32())
    case 4: self = .speed(try reader.choice(Speed.self))
    case 5: self = .drawn(try reader.u32())
    default: throw .unknown(kind: kind)
    }
    try reader.close()
  }

  /// The message's bytes.
  public var encoded: [UInt8] {
    var writer = PortalWriter(kind: kind)
    switch self {
    case .play, .pause: break
    case .seek(let number), .drawn(let number): writer.u32(number)
    case .speed(let speed): writer.u8(speed.rawValue)
    }
    return writer.bytes
  }

  private var kind: UInt8 {
    switch self {
    case .play: 1
    case .pause: 2
    case .seek: 3
    case .speed: 4
    case .drawn: 5
    }
  }
}
