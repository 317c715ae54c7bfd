import CordonWire

/// A file that a person may fetch, once.
struct OfferedFile: Sendable {
  var name: FileName
  var bytes: [UInt8]
}

/// Files that were judged and recorded, and wait for their person: few, not for long, each given out once. They are in memory
/// only, and gone with the session.
struct FileShelf: Sendable {
  private struct Place {
    var offer: ServerMessage.Offer
    var file: OfferedFile
    var until: Duration
  }

  /// The most that wait; a further one takes the oldest one's place.
  static let most = 3
  /// How long each waits.
  static let lifetime = Duration.seconds(300)
  private var places: [Place] = []

  /// Puts a file in, under a number that nobody guesses.
  mutating func put(_ file: OfferedFile, deed: ServerMessage.Deed, at now: Duration) -> ServerMessage.Offer {
    places.removeAll { $0.until <= now }
    if places.count >= Self.most { places.removeFirst() }
    let offer = ServerMessage.Offer(
      id: SessionID().text, deed: deed, name: file.name.text, size: UInt32(clamping: file.bytes.count))
    places.append(Place(offer: offer, file: file, until: now + Self.lifetime))
    return offer
  }

  /// Gives a file out; there is none under its number any more.
  mutating func take(_ id: String, at now: Duration) -> OfferedFile? {
    places.removeAll { $0.until <= now }
    guard let place = places.firstIndex(where: { $0.offer.id == id }) else { return nil }
    return places.remove(at: place).file
  }

  /// What waits.
  func offers(at now: Duration) -> [ServerMessage.Offer] { places.filter { $0.until > now }.map(\.offer) }

  /// Forgets everything.
  mutating func clear() { places = [] }
}
