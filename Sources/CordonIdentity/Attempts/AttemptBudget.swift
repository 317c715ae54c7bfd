import Crypto

/// How often somebody may try: a few times at once, and then after a pause that doubles with each failure.
///
/// Strangers' names and addresses share a fixed number of places by a hash that nobody outside knows, so that whoever
/// makes up a million of them fills no memory and pushes nobody out.
struct AttemptBudget: Sendable {
  /// Who is held up.
  enum Key: Sendable, Hashable {
    /// Whoever tries the name of somebody in the spec.
    case person(String)
    /// One browser that its owner has signed in from before.
    case device(String)
    /// Whoever tries another name.
    case stranger(String)
    /// Whoever tries from an address; of IPv6 the half that providers hand out.
    case address([UInt8])
  }

  /// Whether an attempt is looked at.
  enum Verdict: Sendable, Equatable {
    case go
    /// Not before so many seconds. `count` is how many were sent away since the last that was looked at.
    case wait(seconds: Int, count: Int)
  }

  private struct Entry: Sendable {
    var failures = 0
    var last: Int64 = 0
    var opens: Int64 = 0
    var sentAway = 0
  }

  private static let places = 4_096
  private static let forgotten: Int64 = 3_600

  private let secret = SymmetricKey(size: .bits256)
  private var people: [Key: Entry] = [:]
  private var others: [Int: Entry] = [:]

  /// Takes one attempt out of the budget before it is judged, so that many at once are not one.
  mutating func take(_ key: Key, at now: Int64) -> Verdict {
    var entry = self.entry(key, at: now)
    defer { self.put(entry, key) }
    guard now >= entry.opens else {
      entry.sentAway += 1
      return .wait(seconds: Int(clamping: entry.opens - now), count: entry.sentAway)
    }
    entry.failures += 1
    entry.sentAway = 0
    entry.opens = now + Self.pause(after: entry.failures, key)
    return .go
  }

  /// Gives an attempt back that was not judged, or that was right: an address earns no more than that by one.
  mutating func giveBack(_ key: Key, at now: Int64) {
    var entry = self.entry(key, at: now)
    entry.failures = max(0, entry.failures - 1)
    entry.opens = min(entry.opens, now + Self.pause(after: entry.failures, key))
    put(entry, key)
  }

  /// Forgets the failures: it was the owner.
  mutating func clear(_ key: Key) { put(Entry(), key) }

  /// Seconds until the next attempt. Many people may share an address, so it is held up later and shorter.
  private static func pause(after failures: Int, _ key: Key) -> Int64 {
    let (free, most): (Int, Int64) = if case .address = key { (20, 60) } else { (5, 900) }
    guard failures >= free else { return 0 }
    return min(most, 1 << Int64(min(failures - free, 20)))
  }

  private func entry(_ key: Key, at now: Int64) -> Entry {
    guard var entry = (place(key).map { others[$0] } ?? people[key]) else { return Entry(last: now) }
    if now < entry.last {
      // The clock went back: the pause stays as long as it was.
      entry.opens = now + max(0, entry.opens - entry.last)
    } else if now - entry.last > Self.forgotten, now >= entry.opens {
      return Entry(last: now)
    }
    entry.last = now
    return entry
  }

  private mutating func put(_ entry: Entry, _ key: Key) {
    if let place = place(key) {
      others[place] = entry.failures == 0 && entry.sentAway == 0 ? nil : entry
    } else {
      people[key] = entry
    }
  }

  /// Which of the shared places; nil for people of the spec, who have their own.
  private func place(_ key: Key) -> Int? {
    let (kind, bytes): (UInt8, [UInt8])
    switch key {
    case .person: return nil
    case .device(let id): (kind, bytes) = (0, Array(id.utf8))
    case .stranger(let name): (kind, bytes) = (1, Array(name.utf8.prefix(256)))
    case .address(let address): (kind, bytes) = (2, address.count == 16 ? Array(address.prefix(8)) : address)
    }
    let hash = HMAC<SHA256>.authenticationCode(for: [kind] + bytes, using: secret)
    return Int(kind) * Self.places
      + hash.prefix(4).reduce(0) { ($0 << 8 | Int($1)) % Self.places }
  }
}
