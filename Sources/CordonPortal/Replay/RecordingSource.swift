public import CordonModel

/// A recording, as whoever may watch it sees it listed.
public struct PortalRecording: Sendable, Equatable {
  /// The number of the session that it is of.
  public var session: SessionID
  /// Who worked in it.
  public var person: Slug
  /// In which project.
  public var project: Slug
  /// When it began, in seconds since 1970.
  public var began: Int64
  /// Seconds from its beginning to what was written last.
  public var length: Int64
  /// Bytes of the disk.
  public var bytes: Int64
  /// Whether its session goes on.
  public var isOpen: Bool
  /// When it will be removed, in seconds since 1970; nil where nothing removes it.
  public var removedAt: Int64?

  /// Describes a recording.
  public init(
    session: SessionID, person: Slug, project: Slug, began: Int64, length: Int64, bytes: Int64, isOpen: Bool,
    removedAt: Int64? = nil
  ) {
    self.session = session
    self.person = person
    self.project = project
    self.began = began
    self.length = length
    self.bytes = bytes
    self.isOpen = isOpen
    self.removedAt = removedAt
  }
}

/// What became of a wish to see which recordings there are.
public enum RecordingsAnswer: Sendable, Equatable {
  /// The newest, and how many there are in all.
  case listed([PortalRecording], of: Int)
  /// None of them is for this person; the reason says what to do.
  case denied(reason: String)
}

/// What became of a wish to watch a recording.
public enum ReelAnswer: Sendable {
  /// It was judged and recorded, and can be played once.
  case open(any RecordingReel)
  /// Not: the reason is for the person.
  case denied(reason: String)
  /// There is none, or it is not this person's to know of.
  case none
}

/// A picture of a recording.
public struct ReelFrame: Sendable, Equatable {
  /// How long after the first picture.
  public var after: Duration
  /// The frame's message, as the session's person got it.
  public var bytes: [UInt8]

  /// A picture and its time.
  public init(after: Duration, bytes: [UInt8]) {
    self.after = after
    self.bytes = bytes
  }
}

/// What a recording is as a whole.
public struct ReelFacts: Sendable, Equatable {
  /// How a recording ends.
  public enum Ending: Sendable, Equatable { case whole, cut, open }

  /// From the first picture to the last.
  public var length: Duration
  /// How it ends.
  public var ending: Ending

  /// Facts of a recording.
  public init(length: Duration, ending: Ending) {
    self.length = length
    self.ending = ending
  }
}

/// A recording while somebody watches it. Whoever implements it has the key; the portal gets pictures.
public protocol RecordingReel: Sendable {
  /// Looks through all of it. An error means that something in it is not as it was written: then none of it is shown.
  func examine() async throws -> ReelFacts
  /// Goes to the last whole picture that is not after a moment.
  func go(to moment: Duration) async throws
  /// The next picture; nil after the last.
  func next() async throws -> ReelFrame?
  /// Nobody watches any more.
  ///
  /// - Parameters:
  ///   - frames: How many pictures were shown.
  ///   - failure: Why the rest could not be; nil where nothing was wrong with it.
  func close(frames: Int, failure: (any Error)?) async
}

/// The recordings of sessions. Whoever implements it judges and records first; the portal itself has neither tapes nor keys.
public protocol RecordingSource: Sendable {
  /// The newest recordings that a person may watch.
  func recordings(for person: PortalPrincipal, most: Int) async throws -> RecordingsAnswer
  /// What is listed of one; nil where there is none for this person. Nothing of it is shown yet.
  func recording(_ session: SessionID, for person: PortalPrincipal) async throws -> PortalRecording?
  /// Opens one to be watched.
  func watch(_ session: SessionID, as person: PortalPrincipal) async throws -> ReelAnswer
}
