import CordonWire
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An upstream index on a loopback port that keeps every byte it was sent.
final class FakeIndex: Sendable {
  struct Page: Sendable {
    var status = 200
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
  }

  struct File: Sendable {
    var filename: String
    var sha256: String
    var uploaded: String?
    var metadataSHA256: String?
  }

  enum Form: Sendable { case html, json }

  private struct State {
    var bytes = ""
    var requests: [String] = []
    var pages: [String: Page] = [:]
    var projects: [String: [File]] = [:]
  }

  let form: Form
  private let state = Mutex(State())
  private let channel = Mutex<(any Channel)?>(nil)

  init(_ form: Form = .html) { self.form = form }

  /// Everything that was sent to the index, heads and bodies.
  var bytes: String { state.withLock { $0.bytes } }
  /// Methods and targets in the order they came.
  var requests: [String] { state.withLock { $0.requests } }
  var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
  var url: String { "http://127.0.0.1:\(port)/simple/" }

  func start() async throws {
    let started = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Witness(self))
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Answers(self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = started }
  }

  func stop() async { try? await channel.withLock { $0 }?.close().get() }

  /// Runs an index for the length of `body`.
  static func run<Result: Sendable>(
    _ form: Form = .html, _ body: @Sendable (FakeIndex) async throws -> Result
  ) async throws -> Result {
    let index = FakeIndex(form)
    try await index.start()
    do {
      let result = try await body(index)
      await index.stop()
      return result
    } catch {
      await index.stop()
      throw error
    }
  }

  // MARK: What it offers

  func answer(_ path: String, _ page: Page) { state.withLock { $0.pages[path] = page } }

  /// Offers a file of a project, and the page that lists it.
  func offer(
    _ path: String, of project: String, uploaded: String? = "2020-01-01T00:00:00Z", sha256: String? = nil,
    metadata: String? = nil
  ) throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    let filename = URL(filePath: path).lastPathComponent
    let file = File(
      filename: filename, sha256: sha256 ?? Self.digest(bytes), uploaded: uploaded,
      metadataSHA256: metadata.map { Self.digest(Array($0.utf8)) })
    state.withLock { state in
      state.pages["/packages/\(filename)"] = Page(body: bytes)
      if let metadata { state.pages["/packages/\(filename).metadata"] = Page(body: Array(metadata.utf8)) }
      state.projects[project, default: []].append(file)
      state.pages["/simple/\(project)/"] = page(project, state.projects[project] ?? [])
    }
  }

  static func digest(_ bytes: [UInt8]) -> String { Hex.text(SHA256.hash(data: bytes)) }

  private func page(_ project: String, _ files: [File]) -> Page {
    switch form {
    case .html:
      let rows = files.map { file in
        let time = file.uploaded.map { " data-upload-time=\"\($0)\"" } ?? ""
        let metadata = file.metadataSHA256.map { " data-dist-info-metadata=\"sha256=\($0)\"" } ?? ""
        let link = "../../packages/\(file.filename)#sha256=\(file.sha256)"
        return "<a href=\"\(link)\"\(time)\(metadata)>\(file.filename)</a><br/>\n"
      }
      return Page(headers: [("content-type", "text/html")], body: Array(rows.joined().utf8))
    case .json:
      let rows = files.map { file in
        let time = file.uploaded.map { ",\"upload-time\":\"\($0)\"" } ?? ""
        let metadata = file.metadataSHA256.map { ",\"core-metadata\":{\"sha256\":\"\($0)\"}" } ?? ""
        return "{\"filename\":\"\(file.filename)\",\"url\":\"/packages/\(file.filename)\","
          + "\"hashes\":{\"sha256\":\"\(file.sha256)\"}\(time)\(metadata)}"
      }
      let list = rows.joined(separator: ",")
      let text = "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"\(project)\",\"files\":[\(list)]}"
      return Page(headers: [("content-type", "application/vnd.pypi.simple.v1+json")], body: Array(text.utf8))
    }
  }

  // MARK: Serving

  fileprivate func note(_ bytes: String) { state.withLock { $0.bytes += bytes } }

  fileprivate func page(for head: HTTPRequestHead) -> Page {
    state.withLock { state in
      state.requests.append("\(head.method) \(head.uri)")
      return state.pages[head.uri] ?? Page(status: 404)
    }
  }
}

private final class Witness: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let index: FakeIndex

  init(_ index: FakeIndex) { self.index = index }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    index.note(String(buffer: unwrapInboundIn(data)))
    context.fireChannelRead(data)
  }
}

private final class Answers: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart
  private let index: FakeIndex
  private var head: HTTPRequestHead?

  init(_ index: FakeIndex) { self.index = index }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: break
    case .end:
      guard let head else { return }
      let page = index.page(for: head)
      var headers = HTTPHeaders(page.headers.map { ($0.name, $0.value) })
      headers.add(name: "content-length", value: "\(page.body.count)")
      let status = HTTPResponseStatus(statusCode: page.status)
      context.write(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
        promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: page.body)))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
