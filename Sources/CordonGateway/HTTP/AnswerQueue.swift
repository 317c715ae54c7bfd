/// Who may have how many bytes of answers in memory, first come first served.
///
/// A reservation larger than the limit is cut to it: such an answer goes alone.
struct AnswerQueue: Sendable {
  /// What became of a reservation.
  enum Turn: Equatable, Sendable {
    case granted
    /// It waits, under this number.
    case waits(UInt64)
  }

  private struct Waiting {
    var number: UInt64
    var bytes: Int
  }

  let limit: Int
  /// What is reserved now, and the most that ever was.
  private(set) var held = 0
  private(set) var peak = 0
  private var waiting: [Waiting] = []
  private var lastNumber: UInt64 = 0

  init(limit: Int) { self.limit = max(1, limit) }

  /// How many wait.
  var waitingCount: Int { waiting.count }

  /// Reserves bytes where there is room and nobody waits; else waits its turn.
  mutating func reserve(_ bytes: Int) -> Turn {
    if reserveNow(bytes) { return .granted }
    lastNumber &+= 1
    waiting.append(Waiting(number: lastNumber, bytes: clamped(bytes)))
    return .waits(lastNumber)
  }

  /// Reserves bytes where there is room and nobody waits; never waits.
  mutating func reserveNow(_ bytes: Int) -> Bool {
    guard waiting.isEmpty, held + clamped(bytes) <= limit else { return false }
    take(bytes)
    return true
  }

  /// Gives bytes back; answers whose turn it is now, in order.
  mutating func release(_ bytes: Int) -> [UInt64] {
    held = max(0, held - bytes)
    return admit()
  }

  /// Ends a wait; false where its turn has come already. Those behind it may be next.
  mutating func giveUp(_ number: UInt64) -> (waited: Bool, next: [UInt64]) {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return (false, []) }
    waiting.remove(at: index)
    return (true, admit())
  }

  /// What is reserved for an answer of so many bytes.
  func clamped(_ bytes: Int) -> Int { min(max(0, bytes), limit) }

  private mutating func admit() -> [UInt64] {
    var next: [UInt64] = []
    while let first = waiting.first, held + first.bytes <= limit {
      waiting.removeFirst()
      take(first.bytes)
      next.append(first.number)
    }
    return next
  }

  private mutating func take(_ bytes: Int) {
    held += clamped(bytes)
    peak = max(peak, held)
  }
}
