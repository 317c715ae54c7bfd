import AsyncHTTPClient
public import CordonAWS
import CordonWire
import NIOCore
import NIOHTTP1
import NIOSSL

/// The way to AWS: signed requests over TLS, no redirect, no answer beyond its bound or half a minute.
public final class AccountTransport: LiveTransport {
  private let client: HTTPClient

  /// A way that trusts the system's authorities, or those of a PEM file (`AWS_CA_BUNDLE`).
  public init(authorities: String? = nil) {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let authorities { tls.trustRoots = .file(authorities) }
    let configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(10), read: .seconds(30)))
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit { client.shutdown { _ in } }

  /// Sends one request and reads its whole answer.
  public func send(_ request: LiveRequest, atMost bytes: Int) async throws(LiveProblem) -> LiveReply {
    var message = HTTPClientRequest(url: request.origin + request.target)
    message.method = HTTPMethod(rawValue: request.method)
    for field in request.headers where field.name != "host" {
      message.headers.add(name: field.name, value: field.value)
    }
    if request.method == "POST" || !request.body.isEmpty { message.body = .bytes(request.body) }
    do {
      let response = try await client.execute(message, timeout: .seconds(60))
      let body = try await response.body.collect(upTo: bytes)
      return LiveReply(
        status: Int(response.status.code), errorType: response.headers.first(name: "x-amzn-errortype"),
        body: Array(body.readableBytesView))
    } catch is NIOTooManyBytesError {
      throw .unreadable("more than \(bytes >> 20) MiB")
    } catch {
      throw .unreachable("\(request.origin): \(error)")
    }
  }

  /// Waits.
  public func pause(milliseconds: Int) async { try? await Task.sleep(for: .milliseconds(milliseconds)) }

  /// Reads a document of `http` beside AWS's own services: credentials of a container.
  func get(_ address: String, authorization: String?) async throws(LiveProblem) -> [UInt8] {
    var message = HTTPClientRequest(url: address)
    if let authorization { message.headers.add(name: "authorization", value: authorization) }
    do {
      let response = try await client.execute(message, timeout: .seconds(5))
      guard response.status == .ok else {
        throw LiveProblem.credentials("the container's endpoint answered \(response.status.code)")
      }
      let body = try await response.body.collect(upTo: 64 << 10)
      return Array(body.readableBytesView)
    } catch let problem as LiveProblem {
      throw problem
    } catch {
      throw .unreachable("the container's endpoint: \(error)")
    }
  }
}
