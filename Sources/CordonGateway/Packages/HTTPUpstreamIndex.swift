import AsyncHTTPClient
import CordonWire
import Crypto
import Foundation
public import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1

/// An upstream index over HTTP.
///
/// The requests are the mirror's own: no header, no query and no spelling of the workspace's is in them.
public struct HTTPUpstreamIndex: UpstreamIndex {
  private static let longestPage = 32 << 20
  private static let mostRedirects = 4
  /// Bytes that are gathered before they are written.
  private static let writeSize = 1 << 20

  /// Nil for an address that is none: then nothing is ever asked.
  private let index: UpstreamURL?
  private let client: UpstreamClient

  /// An index at `index`, the URL of its `simple` page.
  public init(index: String, client: UpstreamClient = UpstreamClient()) {
    self.index = UpstreamURL(index: index.hasSuffix("/") ? index : index + "/")
    self.client = client
  }

  /// A client that trusts what the host trusts.
  public static func client() -> UpstreamClient { UpstreamClient() }

  /// Asks for a project's page.
  public func page(of name: PackageName, within limit: Duration) async throws -> UpstreamAnswer {
    let types = "\(IndexPage.jsonType), \(IndexPage.htmlType);q=0.2, text/html;q=0.1"
    guard let index else { throw UpstreamFailure.refusedAddress }
    let (response, url) = try await get(
      index.text + name.text + "/", accept: types, within: TimeAmount(limit))
    if response.status == .notFound || response.status == .gone { return .absent }
    guard response.status == .ok else { throw UpstreamFailure.status(Int(response.status.code)) }
    // Nobody asked for a compressed page: its bytes would read as a page without files.
    guard !response.headers.contains(name: "content-encoding") else { throw UpstreamFailure.notAPage }
    let isJSON = try Self.isJSON(response.headers.first(name: "content-type"))
    let body = try await Self.collect(response)
    let page = try await FileWork.run {
      isJSON ? IndexPage(json: body, of: name, base: url) : IndexPage(html: body, of: name, base: url)
    }
    guard let page else { throw UpstreamFailure.notAPage }
    return .page(page)
  }

  /// Whether a page is JSON, by its content type; every type that index pages do not have is refused.
  private static func isJSON(_ contentType: String?) throws(UpstreamFailure) -> Bool {
    let type = (contentType ?? "").prefix { $0 != ";" }
    switch String(type).trimmed.lowercased() {
    case IndexPage.jsonType, "application/json": return true
    case IndexPage.htmlType, "text/html": return false
    default: throw .notAPage
    }
  }

  /// Fetches a file into `path`.
  public func download(_ url: String, to path: String, upTo limit: Int) async throws -> String {
    let (response, _) = try await get(url, accept: "*/*", within: .hours(1))
    guard response.status == .ok else { throw UpstreamFailure.status(Int(response.status.code)) }
    let file = try await FileWork.run { try NewFile.create(path) }
    var digest = SHA256()
    var waiting = ByteBuffer()
    var length = 0
    do {
      for try await var part in response.body {
        length += part.readableBytes
        guard length <= limit else { throw UpstreamFailure.tooLarge }
        digest.update(data: part.readableBytesView)
        waiting.writeBuffer(&part)
        guard waiting.readableBytes >= Self.writeSize else { continue }
        try await Self.write(waiting, to: file)
        waiting.clear()
      }
    } catch {
      throw Self.failure(error)
    }
    try await Self.write(waiting, to: file)
    try await FileWork.run {
      try file.synchronize()
      try file.close()
    }
    return Hex.text(digest.finalize())
  }

  private static func write(_ bytes: ByteBuffer, to file: FileHandle) async throws {
    try await FileWork.run { try file.write(contentsOf: Data(buffer: bytes)) }
  }

  /// Passes an upload on.
  public func forwardUploadForDrill(_ body: ByteBuffer) async throws {
    guard let index else { throw UpstreamFailure.refusedAddress }
    let root = index.text.hasSuffix("simple/") ? String(index.text.dropLast("simple/".count)) : index.text
    var request = HTTPClientRequest(url: root + "legacy/")
    request.method = .POST
    request.body = .bytes(body)
    _ = try await client.client(for: index).execute(request, timeout: .minutes(1))
  }

  // MARK: Requests

  /// Asks for an address and follows its redirects, each of which must be as safe as the index itself.
  private func get(
    _ address: String, accept: String, within limit: TimeAmount
  ) async throws -> (response: HTTPClientResponse, url: String) {
    guard let index else { throw UpstreamFailure.refusedAddress }
    var next = address
    for _ in 0...Self.mostRedirects {
      guard let url = UpstreamURL(next, givenBy: index) else { throw UpstreamFailure.refusedAddress }
      let response = try await send(url, accept: accept, within: limit)
      guard [301, 302, 303, 307, 308].contains(response.status.code),
        let location = response.headers.first(name: "location")
      else { return (response, url.text) }
      next = URLReference.resolve(location, against: url.text)
    }
    throw UpstreamFailure.tooManyRedirects
  }

  private func send(_ url: UpstreamURL, accept: String, within limit: TimeAmount) async throws
    -> HTTPClientResponse
  {
    var request = HTTPClientRequest(url: url.text)
    request.headers = ["user-agent": "cordon", "accept": accept]
    if let authorization = url.authorization {
      request.headers.add(name: "authorization", value: authorization)
    }
    do {
      return try await client.client(for: url).execute(request, timeout: limit)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func collect(_ response: HTTPClientResponse) async throws -> [UInt8] {
    do {
      return Array(try await response.body.collect(upTo: longestPage).readableBytesView)
    } catch {
      throw failure(error)
    }
  }

  /// Whatever the client threw, as this module says it; a full disk stays what it is.
  private static func failure(_ error: any Error) -> any Error {
    switch error {
    case is NIOTooManyBytesError: UpstreamFailure.tooLarge
    case is UpstreamFailure, is CocoaError, is CancellationError: error
    default: UpstreamFailure.unreachable("\(error)")
    }
  }
}
