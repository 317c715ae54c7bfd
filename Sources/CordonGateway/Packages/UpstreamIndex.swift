public import NIOCore

/// What an upstream index answered for a project.
public enum UpstreamAnswer: Sendable {
  /// The project's page.
  case page(IndexPage)
  /// The index does not know the project.
  case absent
}

/// An index that the mirror asks, for allowed names only.
public protocol UpstreamIndex: Sendable {
  /// Asks for a project's page, and gives up after `limit`.
  func page(of name: PackageName, within limit: Duration) async throws -> UpstreamAnswer
  /// Fetches a file of at most `limit` bytes into `path`, which does not exist yet.
  ///
  /// - Returns: The SHA-256 of what was fetched, in lower-case hexadecimal digits.
  func download(_ url: String, to path: String, upTo limit: Int) async throws -> String
  /// Passes an upload on. Only a drill that switched `mirror-read-only` off calls this.
  func forwardUploadForDrill(_ body: ByteBuffer) async throws
}

/// Why the upstream index gave nothing.
public enum UpstreamFailure: Error, Equatable, CustomStringConvertible {
  /// No answer, or one that broke off.
  case unreachable(String)
  /// Another status than 200.
  case status(Int)
  /// An address that is not asked: no URL, or plain HTTP where the index itself speaks TLS.
  case refusedAddress
  /// One redirect after another.
  case tooManyRedirects
  /// Neither of the content types that index pages have, or not what such a page holds.
  case notAPage
  /// More than is accepted.
  case tooLarge

  /// One sentence for the operator.
  public var description: String {
    switch self {
    case .unreachable(let why): "the package index cannot be reached (\(why))"
    case .status(let code): "the package index answered \(code)"
    case .refusedAddress:
      "the package index names an address that is not asked: it must be https, like the index"
    case .tooManyRedirects: "the package index redirects too often"
    case .notAPage: "the package index answered with something that is not an index page"
    case .tooLarge: "the package index answered with more than is accepted"
    }
  }
}
