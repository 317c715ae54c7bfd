import CordonLinux
public import CordonModel
import Crypto
import FoundationEssentials
import Glibc

/// The key of one tape: derived from its project's key and the tape's own number, so that whoever has it reads this tape and
/// nothing else of the project's.
public struct TapeKey: Sendable {
  /// Sixteen bytes that name the tape.
  public let tape: [UInt8]
  /// Which of the project's keys it comes from.
  public let number: Int64
  let secret: SymmetricKey

  init(tape: [UInt8], number: Int64, secret: SymmetricKey) {
    self.tape = tape
    self.number = number
    self.secret = secret
  }

  /// A key that the gateway gave away, for a command that reads one tape.
  public init(tape: [UInt8], number: Int64, bytes: [UInt8]) {
    self.init(tape: tape, number: number, secret: SymmetricKey(data: bytes))
  }

  /// The key itself: for the gateway to give away when that was recorded.
  public var bytes: [UInt8] { secret.copiedBytes }
}

extension ObjectStore {
  /// The key of a tape of a project's, which lies outside of its buckets.
  ///
  /// - Parameter number: Which of the project's keys, for a tape that is there already; nil takes the current one.
  public func tapeKey(
    of tape: [UInt8], in project: Slug, number: Int64? = nil
  ) async throws(StoreError) -> TapeKey {
    guard tape.count == TapeFormat.nameSize else { throw .invalidArgument("a tape's name has 16 bytes") }
    return try await read { catalog in
      let key = try number.map { try catalog.key($0) } ?? catalog.currentKey(of: project.text)
      guard key.project == project.text else { throw StoreError.damaged("the data key of a tape") }
      return TapeKey(
        tape: tape, number: key.id,
        secret: HKDF<SHA256>.deriveKey(
          inputKeyMaterial: key.secret, salt: tape, info: Array("cordon.store.tape.1".utf8),
          outputByteCount: 32))
    }
  }
}

/// How a tape is laid out: a header, then segments of any length, each behind its length and sealed by itself.
///
/// STREAM as in `BlobFormat`, but made to be written while it goes on: what was written before a power cut opens, and that the
/// end is missing is seen. Segments that were moved, exchanged or left out do not open.
struct TapeFormat: Sendable {
  static let nameSize = 16
  static let headerSize = 40
  static let longestSegment = 1 << 20
  private static let tagSize = 16
  private static let magic = Array("cordonT1".utf8)
  private static let prefixSize = 7

  let header: [UInt8]
  private let prefix: [UInt8]
  private let key: SymmetricKey

  /// The format of a new tape.
  init(_ key: TapeKey) { self.init(key, prefix: Random.bytes(Self.prefixSize)) }

  /// The format that a header announces; nil unless it is this tape's.
  init?(header: [UInt8], _ key: TapeKey) {
    guard header.count == Self.headerSize else { return nil }
    self.init(key, prefix: Array(header[32..<39]))
    guard self.header == header else { return nil }
  }

  private init(_ key: TapeKey, prefix: [UInt8]) {
    self.prefix = prefix
    self.key = key.secret
    header = Self.magic + key.tape + BigEndian.bytes(UInt64(bitPattern: key.number)) + prefix + [0]
  }

  /// Which of its project's keys a tape needs; nil where the file is none.
  static func keyNumber(header: [UInt8]) -> (tape: [UInt8], number: Int64)? {
    guard header.count == headerSize, Array(header[..<8]) == magic else { return nil }
    let number = header[24..<32].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return (Array(header[8..<24]), Int64(bitPattern: number))
  }

  private func nonce(_ number: UInt32, isLast: Bool) throws -> AES.GCM.Nonce {
    try AES.GCM.Nonce(
      data: prefix + BigEndian.bytes(UInt64(number)).suffix(4) + [isLast ? 1 : 0])
  }

  /// A segment as it lies in the file, its length included.
  func sealed(_ plain: [UInt8], number: UInt32, isLast: Bool) throws -> [UInt8] {
    let box = try AES.GCM.seal(
      plain, using: key, nonce: nonce(number, isLast: isLast), authenticating: header)
    return BigEndian.bytes(UInt64(plain.count + Self.tagSize)).suffix(4) + box.ciphertext + box.tag
  }

  /// Opens a segment, without its length.
  func opened(_ sealed: [UInt8], number: UInt32, isLast: Bool) throws -> [UInt8] {
    guard sealed.count >= Self.tagSize else { throw StoreError.damaged("a segment of a tape") }
    let box = try AES.GCM.SealedBox(
      nonce: nonce(number, isLast: isLast), ciphertext: sealed.dropLast(Self.tagSize),
      tag: sealed.suffix(Self.tagSize))
    return Array(try AES.GCM.open(box, using: key, authenticating: header))
  }

  /// The length of a sealed segment; nil where no segment has it.
  static func length(_ bytes: [UInt8]) -> Int? {
    guard bytes.count == 4 else { return nil }
    let length = Int(bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    return (tagSize...(longestSegment + tagSize)).contains(length) ? length : nil
  }
}

/// Writes a tape while it goes on.
public struct TapeWriter: ~Copyable, Sendable {
  /// What was put together before a segment is written.
  private static let gathered = 256 << 10

  private let file: FileDescriptor
  private let format: TapeFormat
  private var pending: [UInt8] = []
  private var number: UInt32 = 0
  private var hasFailed = false
  /// Bytes of the file.
  public private(set) var size: Int64

  /// Makes a new file, which must not be there.
  public init(creating path: String, key: TapeKey) throws {
    let format = TapeFormat(key)
    let file = try FileDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    try file.writeAll(format.header)
    self.init(file, format)
  }

  private init(_ file: consuming FileDescriptor, _ format: TapeFormat) {
    self.file = file
    self.format = format
    size = Int64(format.header.count)
  }

  /// Takes something that happened, `after` so many microseconds.
  public mutating func append(_ bytes: [UInt8], after: UInt64) throws {
    pending += BigEndian.bytes(after) + BigEndian.bytes(UInt64(bytes.count)).suffix(4) + bytes
    if pending.count >= Self.gathered { try flush() }
  }

  /// Writes what is pending.
  public mutating func flush() throws {
    while !pending.isEmpty { try write(isLast: false) }
  }

  /// Writes the end, and returns once it is on the disk.
  public mutating func finish() throws {
    while pending.count > TapeFormat.longestSegment { try write(isLast: false) }
    try write(isLast: true)
    guard fsync(file.rawValue) == 0 else { throw SystemError(code: errno, call: "fsync") }
  }

  private mutating func write(isLast: Bool) throws {
    guard number < .max else { throw StoreError.tooLarge }
    let segment = Array(pending.prefix(TapeFormat.longestSegment))
    let bytes = try format.sealed(segment, number: number, isLast: isLast)
    guard !hasFailed else { throw StoreError.damaged("a tape that could not be written") }
    do {
      try file.writeAll(bytes)
    } catch {
      // Behind a part of a segment nothing opens any more, also where there is room again: the tape ends before it.
      hasFailed = true
      _ = ftruncate(file.rawValue, Int(size))
      throw error
    }
    pending.removeFirst(segment.count)
    number += 1
    size += Int64(bytes.count)
  }
}

/// Reads a tape from its beginning.
public struct TapeReader: ~Copyable, Sendable {
  /// Something that happened.
  public struct Entry: Sendable, Equatable {
    /// Microseconds since the beginning.
    public var after: UInt64
    /// What it was.
    public var bytes: [UInt8]
  }

  /// Where in a tape an entry begins, for a reader that goes back to it.
  public struct Place: Sendable, Equatable {
    fileprivate var offset: Int64
    fileprivate var number: UInt32
    fileprivate var skipped: Int
  }

  private struct Segment {
    var offset: Int64
    var number: UInt32
    var count: Int
  }

  private static let longestEntry = 64 << 20
  private let file: FileDescriptor
  private let format: TapeFormat
  private var opened: [UInt8] = []
  /// The segments that `opened` comes from, and what of the first is read already.
  private var segments: [Segment] = []
  private var consumed = 0
  private var offset = Int64(TapeFormat.headerSize)
  private var number: UInt32 = 0
  private var isOver = false
  /// Whether the end was there: a recording that was cut off, by a crash or by somebody, has none.
  public private(set) var isWhole = false

  /// Which tape a file is, and which of its project's keys it needs; nil where it is none.
  public static func facts(of path: String) throws -> (tape: [UInt8], number: Int64)? {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW)
    return TapeFormat.keyNumber(header: try file.readToEnd(limit: TapeFormat.headerSize))
  }

  /// Opens a tape.
  public init(opening path: String, key: TapeKey) throws {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW)
    guard let format = TapeFormat(header: try file.readToEnd(limit: TapeFormat.headerSize), key) else {
      throw StoreError.damaged("a tape's header")
    }
    self.init(file, format)
  }

  private init(_ file: consuming FileDescriptor, _ format: TapeFormat) {
    self.file = file
    self.format = format
  }

  /// What happened next; nil after the last.
  public mutating func next() throws -> Entry? {
    guard let head = try take(12) else { return nil }
    let after = head[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let length = Int(head[8...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    guard length <= Self.longestEntry else { throw StoreError.damaged("an entry of a tape") }
    return try take(length).map { Entry(after: after, bytes: $0) }
  }

  private mutating func take(_ count: Int) throws -> [UInt8]? {
    while opened.count < count {
      guard !isOver else { return nil }
      try openSegment()
    }
    let taken = Array(opened.prefix(count))
    opened.removeFirst(count)
    consumed += count
    while let first = segments.first, consumed >= first.count {
      consumed -= first.count
      segments.removeFirst()
    }
    return taken
  }

  /// Where the next entry begins.
  public var place: Place {
    guard let first = segments.first else { return Place(offset: offset, number: number, skipped: 0) }
    return Place(offset: first.offset, number: first.number, skipped: consumed)
  }

  /// Goes to where an entry begins. What is read there is as sealed as before: the segment's number is part of its seal.
  public mutating func go(to place: Place) throws {
    guard lseek(file.rawValue, Int(place.offset), SEEK_SET) >= 0 else {
      throw SystemError(code: errno, call: "lseek")
    }
    (opened, segments, consumed) = ([], [], 0)
    (offset, number, isOver, isWhole) = (place.offset, place.number, false, false)
    guard place.skipped > 0 else { return }
    guard try take(place.skipped) != nil else { throw StoreError.damaged("a segment of a tape") }
  }

  private mutating func openSegment() throws {
    let head = try file.readToEnd(limit: 4)
    guard head.count == 4, let length = TapeFormat.length(head) else {
      isOver = true
      guard head.count < 4 else { throw StoreError.damaged("a segment of a tape") }
      return
    }
    let sealed = try file.readToEnd(limit: length)
    // Cut off while it was written: what came before stands.
    guard sealed.count == length else { isOver = true; return }
    let plain: [UInt8]
    if let middle = try? format.opened(sealed, number: number, isLast: false) {
      plain = middle
    } else if let last = try? format.opened(sealed, number: number, isLast: true) {
      plain = last
      (isOver, isWhole) = (true, true)
    } else {
      throw StoreError.damaged("a segment of a tape")
    }
    opened += plain
    if !plain.isEmpty { segments.append(Segment(offset: offset, number: number, count: plain.count)) }
    offset += Int64(4 + length)
    number &+= 1
  }
}
