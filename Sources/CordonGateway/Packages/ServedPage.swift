import CordonWire
import Crypto
import NIOCore
import Synchronization

/// One project's page as workspaces see it: rendered once, answered many times.
final class ServedPage: Sendable {
  /// The forms of a page.
  enum Format: Hashable, Sendable { case html, json }

  /// A page as it is sent.
  struct Rendered: Sendable {
    var bytes: ByteBuffer
    /// The entity tag (RFC 9110 §8.8.3).
    var tag: String

    init(_ bytes: [UInt8]) {
      self.bytes = ByteBuffer(bytes: bytes)
      tag = "\"\(Hex.text(SHA256.hash(data: bytes).prefix(16)))\""
    }
  }

  /// What is fetched when a file name of the page is asked for.
  struct Wanted: Sendable {
    var name: PackageName
    var url: String
    var sha256: String
    /// At most so many bytes; nil where the index does not say.
    var size: Int?
    var kind: Kind

    enum Kind: Sendable { case wheel, metadata, source }
  }

  /// Files of the project that are held back, by their age, a missing hash or the lock.
  let withheld: Int
  private let page: IndexPage
  private let places: [String: Int]
  private let ready = Mutex<[Format: Rendered]>([:])

  init(_ page: IndexPage, withheld: Int) {
    self.page = page
    self.withheld = withheld
    places = Dictionary(page.files.enumerated().map { ($1.filename, $0) }) { first, _ in first }
  }

  var files: [IndexFile] { page.files }

  /// Roughly what the page occupies.
  var cost: Int {
    ready.withLock { $0.values.reduce(0) { $0 + $1.bytes.readableBytes } } + page.files.count * 768 + 512
  }

  /// What stands behind a file name; nil where the page does not list it.
  func wanted(_ filename: String) -> Wanted? {
    let isMetadata = filename.hasSuffix(".whl.metadata")
    let listed = isMetadata ? String(filename.dropLast(".metadata".count)) : filename
    guard let file = places[listed].map({ page.files[$0] }) else { return nil }
    if isMetadata {
      // PEP 658: beside the wheel, under its address.
      return file.metadataSHA256.map {
        Wanted(
          name: page.name, url: file.url + ".metadata", sha256: $0, size: WheelArchive.longestMetadata,
          kind: .metadata)
      }
    }
    let kind: Wanted.Kind = filename.hasSuffix(".whl") ? .wheel : .source
    return file.sha256.map { Wanted(name: page.name, url: file.url, sha256: $0, size: file.size, kind: kind) }
  }

  /// The page in a form.
  func rendered(_ format: Format) async throws -> Rendered {
    if let done = ready.withLock({ $0[format] }) { return done }
    let page = page
    let made = try await FileWork.run {
      Rendered(format == .json ? try page.json() : Array(page.html.utf8))
    }
    ready.withLock { $0[format] = made }
    return made
  }
}

/// The pages that are at hand, bounded by what they occupy.
struct PageMemory {
  /// What is known of a project until a moment.
  struct Known {
    /// Nil where the index does not have the project.
    var page: ServedPage?
    /// Seconds since 1970.
    var until: Int
    fileprivate var lastUse = 0

    init(page: ServedPage?, until: Int) {
      self.page = page
      self.until = until
    }
  }

  static let mostBytes = 48 << 20

  private let limit: Int
  private var known: [PackageName: Known] = [:]
  private var uses = 0

  init(limit: Int = PageMemory.mostBytes) { self.limit = limit }

  /// What is known of a project now.
  mutating func page(of name: PackageName, now: Int) -> Known? {
    guard let found = known[name], now < found.until else { return nil }
    uses += 1
    known[name]?.lastUse = uses
    return found
  }

  /// Keeps a page, and lets go of those that were not used for longest.
  mutating func keep(_ new: Known, of name: PackageName) {
    uses += 1
    known[name] = new
    known[name]?.lastUse = uses
    var total = known.values.reduce(0) { $0 + ($1.page?.cost ?? 512) }
    guard total > limit else { return }
    for (oldest, entry) in known.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where oldest != name {
      guard total > limit else { break }
      total -= entry.page?.cost ?? 512
      known[oldest] = nil
    }
  }

  mutating func forgetAll() { known = [:] }
}
