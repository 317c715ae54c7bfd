import Crypto

/// A checksum that S3 clients may send with an object (AWS, "Checking object integrity").
public enum S3Checksum: String, CaseIterable, Sendable {
  /// CRC-32, what current SDKs send by themselves.
  case crc32 = "CRC32"
  /// CRC-32C.
  case crc32c = "CRC32C"
  /// CRC-64/NVME, what S3 computes when a client sends nothing.
  case crc64nvme = "CRC64NVME"
  /// SHA-1.
  case sha1 = "SHA1"
  /// SHA-256.
  case sha256 = "SHA256"

  /// Reads the name of a header or trailer, in lower case.
  public init?(headerName: String) {
    guard let found = Self.allCases.first(where: { $0.headerName == headerName }) else { return nil }
    self = found
  }

  /// The header or trailer that carries it, in lower case.
  public var headerName: String {
    switch self {
    case .crc32: "x-amz-checksum-crc32"
    case .crc32c: "x-amz-checksum-crc32c"
    case .crc64nvme: "x-amz-checksum-crc64nvme"
    case .sha1: "x-amz-checksum-sha1"
    case .sha256: "x-amz-checksum-sha256"
    }
  }

  /// The element that carries it in XML bodies, `ChecksumCRC32`.
  public var elementName: String { "Checksum\(rawValue)" }

  /// How many bytes it has.
  public var byteCount: Int {
    switch self {
    case .crc32, .crc32c: 4
    case .crc64nvme: 8
    case .sha1: 20
    case .sha256: 32
    }
  }

  /// The checksum of bytes that are all there.
  public func value(of bytes: [UInt8]) -> Value {
    var hasher = Hasher(self)
    hasher.update(bytes.span)
    return hasher.finalize()
  }
}

extension S3Checksum {
  /// A checksum with its algorithm.
  public struct Value: Hashable, Sendable {
    /// The algorithm.
    public let algorithm: S3Checksum
    /// The bytes, the most significant first.
    public let bytes: [UInt8]

    /// Takes the bytes; nil when there are too few or too many.
    public init?(_ algorithm: S3Checksum, bytes: [UInt8]) {
      guard bytes.count == algorithm.byteCount else { return nil }
      self.algorithm = algorithm
      self.bytes = bytes
    }

    /// Reads the form of headers and XML; nil when it is not base64 of the right length.
    public init?(_ algorithm: S3Checksum, base64: String) {
      guard let bytes = Base64.bytes(base64) else { return nil }
      self.init(algorithm, bytes: bytes)
    }

    fileprivate init(known algorithm: S3Checksum, _ bytes: [UInt8]) {
      self.algorithm = algorithm
      self.bytes = bytes
    }

    fileprivate init(known algorithm: S3Checksum, number: UInt64) {
      let count = algorithm.byteCount
      self.init(
        known: algorithm,
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) })
    }

    /// The form of headers and XML.
    public var base64: String { Base64.text(bytes) }

    fileprivate var number: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
  }

  /// Computes a checksum while the bytes pass.
  public struct Hasher: Sendable {
    private enum State: Sendable {
      case crc(CRC, UInt64)
      case sha1(Insecure.SHA1)
      case sha256(SHA256)
    }

    /// The algorithm.
    public let algorithm: S3Checksum
    private var state: State

    /// Starts with no bytes.
    public init(_ algorithm: S3Checksum) {
      self.algorithm = algorithm
      self.state =
        switch algorithm {
        case .sha1: .sha1(Insecure.SHA1())
        case .sha256: .sha256(SHA256())
        case .crc32, .crc32c, .crc64nvme: .crc(algorithm.crc, algorithm.crc.mask)
        }
    }

    /// Adds bytes.
    public mutating func update(_ bytes: borrowing Span<UInt8>) {
      switch state {
      case .crc(let crc, let value): state = .crc(crc, crc.update(value, bytes))
      case .sha1(var hash):
        hash.update(bytes)
        state = .sha1(hash)
      case .sha256(var hash):
        hash.update(bytes)
        state = .sha256(hash)
      }
    }

    /// The checksum of the bytes so far.
    public func finalize() -> Value {
      switch state {
      case .crc(let crc, let value): Value(known: algorithm, number: value ^ crc.mask)
      case .sha1(let hash): Value(known: algorithm, Array(hash.finalize()))
      case .sha256(let hash): Value(known: algorithm, Array(hash.finalize()))
      }
    }
  }

  fileprivate var crc: CRC {
    switch self {
    case .crc32c: .crc32c
    case .crc64nvme: .crc64nvme
    case .crc32, .sha1, .sha256: .crc32
    }
  }
}

extension S3Checksum {
  /// The checksum of a multipart object of type COMPOSITE: the checksum of its parts' checksums, and their
  /// number.
  ///
  /// - Returns: nil when a part's checksum is of another algorithm.
  public func composite(of parts: [Value]) -> String? {
    guard !parts.isEmpty, parts.allSatisfy({ $0.algorithm == self }) else { return nil }
    return "\(value(of: parts.flatMap(\.bytes)).base64)-\(parts.count)"
  }

  /// The checksum of a multipart object of type FULL_OBJECT, without reading it again.
  ///
  /// - Returns: nil for the SHA family, which cannot be joined, and for parts of another algorithm.
  public func joined(_ parts: [(value: Value, length: UInt64)]) -> Value? {
    guard self != .sha1, self != .sha256, parts.allSatisfy({ $0.value.algorithm == self }) else { return nil }
    let number = parts.reduce(UInt64(0)) { sum, part in
      crc.combined(sum, part.value.number, secondLength: part.length)
    }
    return Value(known: self, number: number)
  }
}
