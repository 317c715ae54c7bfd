import CordonWire

/// How much may be on its way to one client, and how good a picture may be: learned from when its acknowledgements come.
///
/// Pure: the clock's time comes in. A client that acknowledges nothing gets at most `window` frames.
struct Pace: Sendable {
  /// The worst and the best quality of pictures that move.
  private static let qualities = 35...82
  /// What a frame's way may take longer than the shortest one seen, before quality falls.
  private static let slow = Duration.milliseconds(120)
  private static let quick = Duration.milliseconds(40)
  /// Frames on their way.
  private static let window = 3

  private struct Sent {
    var number: UInt32
    var bytes: Int
    var at: Duration
  }

  private var onTheWay: [Sent] = []
  private var shortest: Duration?
  private var next: UInt32 = 1
  private var measured = 70
  /// What the person wants.
  var preference = ClientMessage.Preference.automatic

  /// The quality of the next picture that moves.
  var quality: Int {
    switch preference {
    case .automatic: measured
    case .sharp: max(measured, 75)
    case .sparing: min(measured, 50)
    }
  }

  /// Whether another frame may be sent.
  var hasRoom: Bool { onTheWay.count < Self.window }
  /// Whether every frame was acknowledged.
  var isQuiet: Bool { onTheWay.isEmpty }
  /// Bytes that were sent and not acknowledged.
  var bytesOnTheWay: Int { onTheWay.reduce(0) { $0 + $1.bytes } }

  /// Numbers a frame that is sent now.
  mutating func send(bytes: Int, at now: Duration) -> UInt32 {
    defer { next &+= 1 }
    onTheWay.append(Sent(number: next, bytes: bytes, at: now))
    return next
  }

  /// A client says that it has drawn a frame, and so all before it. A number that was never sent means nothing.
  mutating func acknowledge(_ number: UInt32, at now: Duration) {
    guard let index = onTheWay.firstIndex(where: { $0.number == number }) else { return }
    let took = now - onTheWay[index].at
    onTheWay.removeFirst(index + 1)
    let least = min(shortest ?? took, took)
    shortest = least
    if took > least + Self.slow {
      measured = max(measured - 10, Self.qualities.lowerBound)
    } else if took < least + Self.quick {
      measured = min(measured + 2, Self.qualities.upperBound)
    }
  }

  /// Another client, or the same one again: nothing is on its way.
  mutating func restart() {
    onTheWay = []
    shortest = nil
  }
}
