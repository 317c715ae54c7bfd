import CordonStore
import CordonWire
import NIOCore

/// A document that is made while its reader takes it: each piece when the one before has left.
///
/// What is made and not yet written is reserved from the workspace's allowance, so that a client that does not read
/// costs the gateway a piece of its answer and no more.
struct S3Pieces {
  /// Writes on until the piece is full, and says whether more is to come.
  typealias Writer = (inout S3XMLWriter) async throws -> Bool

  /// No piece is longer.
  static let longest = 64 << 10
  /// A piece is full here: a row of 8 KiB and the 8 KiB that end a document still have room behind it.
  static let full = 48 << 10
  /// Rows that are fetched at once.
  static let rows = 50
  /// What is reserved while a piece is made: its rows, with 64 KiB of metadata each at most (the store's own bound),
  /// and itself.
  static let making = 4 << 20

  let allowance: AnswerAllowance
  let answer: S3Answer
  /// What was reserved for the whole of the answer already; nothing more is then reserved for its pieces.
  var held: AnswerLease?

  /// Answers with the document; its first piece is made here, so that what is wrong is still an error.
  func respond(_ opening: consuming S3XMLWriter, _ write: @escaping Writer) async throws -> GatewayResponse {
    var xml = opening
    var lease = try await reserve()
    guard try await write(&xml) else {
      let bytes = xml.bytes
      let lease = held ?? lease
      lease?.shrink(to: bytes.count)
      return answer.document(ByteBuffer(bytes: bytes), lease: lease)
    }
    var piece: ByteBuffer? = ByteBuffer(bytes: xml.take())
    lease?.shrink(to: piece?.readableBytes ?? 0)
    let stream: GatewayResponse.Stream = { send in
      while let next = piece {
        piece = nil
        try await send(next)
        lease?.end()
        lease = nil
        guard let (made, kept) = try await self.next(&xml, write) else { break }
        (piece, lease) = (made, kept)
      }
      held?.end()
    }
    return answer.stream(stream)
  }

  /// The next piece; nil behind the last.
  private func next(_ xml: inout S3XMLWriter, _ write: Writer) async throws -> (ByteBuffer, AnswerLease?)? {
    guard !xml.isClosed else { return nil }
    let lease = try await reserve()
    if try await !write(&xml) { xml.closeAll() }
    let piece = ByteBuffer(bytes: xml.take())
    lease?.shrink(to: piece.readableBytes)
    return (piece, lease)
  }

  private func reserve() async throws -> AnswerLease? {
    guard held == nil else { return nil }
    return try await allowance.reserveForS3(Self.making)
  }
}

extension AnswerAllowance {
  /// Reserves bytes of an answer before they are made; without room the client is asked to try again later.
  func reserveForS3(_ bytes: Int) async throws(S3Fault) -> AnswerLease {
    do {
      return try await reserve(bytes)
    } catch {
      throw .slowDown
    }
  }
}

extension S3XMLWriter {
  /// Whether the piece that is being written should be sent.
  var isFull: Bool { count >= S3Pieces.full }
}

/// Rows of a listing, as many as were fetched at once.
struct S3Batch<Position> {
  /// A row, and where the listing goes on behind it.
  struct Row {
    var key: String
    var behind: Position
    /// Common prefixes come behind all other rows.
    var isPrefix = false
    var write: (inout S3XMLWriter) -> Void
  }

  var rows: [Row]
  /// Whether there is more behind the last row.
  var goesOn: Bool
}

/// Writes a listing whose rows are fetched as there is room for them.
///
/// A row that was fetched and does not fit is fetched again: while nobody reads, only a place in the listing is kept.
/// Common prefixes stand behind all other rows, so a listing that has any is gone through twice.
struct S3Rows<Position> {
  /// Fetches up to so many rows behind a position.
  typealias Fetch = (Position, Int) async throws -> S3Batch<Position>
  /// Writes what only the end knows: how many rows there were, and where the next listing goes on, if anywhere.
  typealias Ending = (inout S3XMLWriter, _ count: Int, _ next: Position?, _ last: String?) throws -> Void

  private enum Phase { case rows, prefixes, ending }

  private let start: Position
  private let fetch: Fetch
  private let ending: Ending
  private var position: Position
  private var left: Int
  private var phase = Phase.rows
  private var count = 0
  private var hasPrefixes = false
  private var last: String?
  private var next: Position?

  init(from start: Position, limit: Int, fetch: @escaping Fetch, ending: @escaping Ending) {
    self.start = start
    self.fetch = fetch
    self.ending = ending
    position = start
    left = limit
  }

  /// Writes until the piece is full; false when the listing has ended.
  mutating func write(to xml: inout S3XMLWriter) async throws -> Bool {
    while !xml.isFull {
      switch phase {
      case .rows: try await writeRows(to: &xml)
      case .prefixes: try await writePrefixes(to: &xml)
      case .ending:
        try ending(&xml, count, next, last)
        return false
      }
    }
    return true
  }

  private mutating func writeRows(to xml: inout S3XMLWriter) async throws {
    let batch = try await fetch(position, min(left, S3Pieces.rows))
    for row in batch.rows {
      guard !xml.isFull else { return }
      if row.isPrefix { hasPrefixes = true } else { row.write(&xml) }
      (position, last) = (row.behind, row.key)
      count += 1
      left -= 1
    }
    if batch.goesOn, left > 0, !batch.rows.isEmpty { return }
    next = batch.goesOn && count > 0 ? position : nil
    phase = hasPrefixes ? .prefixes : .ending
    if hasPrefixes { position = start }
  }

  private mutating func writePrefixes(to xml: inout S3XMLWriter) async throws {
    let batch = try await fetch(position, S3Pieces.rows)
    for row in batch.rows {
      guard !xml.isFull else { return }
      guard let last, !last.utf8.lexicographicallyPrecedes(row.key.utf8) else {
        phase = .ending
        return
      }
      if row.isPrefix { row.write(&xml) }
      position = row.behind
    }
    if !batch.goesOn || batch.rows.isEmpty { phase = .ending }
  }
}
