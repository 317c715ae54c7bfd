import Crypto

extension SigV4 {
  /// How a request's body is bound to its signature: the value of `x-amz-content-sha256`.
  public enum Payload: Hashable, Sendable {
    /// Not at all.
    case unsigned
    /// By the hash of the whole body.
    case sha256([UInt8])
    /// Not at all, in chunks, with a checksum behind them.
    case unsignedTrailer
    /// By a chain of chunk signatures.
    case signedChunks
    /// By a chain of chunk signatures, the last of which covers the trailing headers.
    case signedChunksTrailer

    /// Reads the header's value; nil for every other mode, the asymmetric ones included.
    public init?(_ text: String) {
      switch text {
      case "UNSIGNED-PAYLOAD": self = .unsigned
      case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": self = .unsignedTrailer
      case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": self = .signedChunks
      case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": self = .signedChunksTrailer
      default:
        let digits = text.utf8
        guard digits.count == 64, digits.allSatisfy({ !ASCII.isUpperLetter($0) }),
          let hash = Hex.bytes(ascii: digits)
        else { return nil }
        self = .sha256(hash)
      }
    }

    /// The payload of a body that is all there.
    public static func hash(of body: [UInt8]) -> Payload { .sha256(Array(SHA256.digest(of: body))) }

    /// The header's value.
    public var text: String {
      switch self {
      case .unsigned: "UNSIGNED-PAYLOAD"
      case .sha256(let hash): Hex.text(hash)
      case .unsignedTrailer: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
      case .signedChunks: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
      case .signedChunksTrailer: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
      }
    }

    /// Whether the body comes in `aws-chunked` encoding. Only object uploads may use it.
    public var isStreaming: Bool {
      switch self {
      case .unsigned, .sha256: false
      case .unsignedTrailer, .signedChunks, .signedChunksTrailer: true
      }
    }
  }
}
