import CordonModel
import CordonWire
import NIOCore
import NIOHTTP1

/// Sends the requests of one tunnel on to its one host, after the checks that only a reader of the request
/// can make.
struct ForwardingResponder: Responder {
  let target: HostPort
  /// Where it was resolved to, once for the whole tunnel; or why it cannot be reached.
  let address: Result<SocketAddress, Refusal>
  /// The host that the upstream certificate must name; nil for plain HTTP.
  let serverName: DomainName?
  let dialer: OutsideDialer
  let eventLoop: any EventLoop
  let limits: ServerLimits
  let volume: TunnelVolume
  let policy: ProxyPolicy

  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    try check(request)
    try await recordForwarding(request)
    let address = try address.get()
    let channel = try await dialer.openHTTP(to: address, serverName: serverName, on: eventLoop)
    let exchange = OutsideExchange(on: channel, limits: limits, volume: volume)
    return try await exchange.exchange(request.outsideHead, body: body)
  }

  private func check(_ request: GatewayRequest) throws(Refusal) {
    guard !DNSOverHTTPS.isSpoken(by: request) else { throw .dnsOverHTTPS }
    if let budget = limits.uploadBytesPerRequest,
      let length = request.header("content-length").flatMap({ Int($0) }),
      length > budget
    {
      throw .uploadTooLarge
    }
  }

  /// The method says what was done; path and query may hold what nobody should read in a ledger.
  private func recordForwarding(_ request: GatewayRequest) async throws {
    var record = policy.record(
      "Request", "host/\(target.host)/\(target.port)", requestID: request.requestID,
      details: ["method": request.method])
    record.outcome = .allowed
    record.control = "host check: one authority a connection"
    record.reason = "the request names the host of its connection"
    try await policy.repeats.keep(record)
  }
}

extension GatewayRequest {
  /// The request as a host gets it: same method, target and end-to-end fields, and framing of the gateway's
  /// own.
  var outsideHead: HTTPRequestHead {
    let sent = HTTPHeaders(headers.map { ($0.name, $0.value) })
    var headers = HopByHop.cleaned(sent)
    if let length = sent.first(name: "content-length") {
      headers.add(name: "content-length", value: length)
    } else if sent.contains(name: "transfer-encoding") {
      headers.add(name: "transfer-encoding", value: "chunked")
    }
    headers.add(name: "connection", value: "close")
    let uri = query.map { "\(path)?\($0)" } ?? path
    return HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: method), uri: uri, headers: headers)
  }
}

/// Serves absolute-form requests: each names its own host, so each is judged by itself.
struct PlainProxyResponder: Responder {
  let dialer: OutsideDialer
  let eventLoop: any EventLoop
  let limits: ServerLimits
  let policy: ProxyPolicy

  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    guard let target = RequestRules.target(request.header("host")?.lowercased() ?? "") else {
      throw Refusal.addressNotCanonical
    }
    let admission: ProxyAdmission
    do {
      admission = try await policy.admit(target, isTLS: false, requestID: request.requestID)
    } catch let refusal as Refusal {
      // Recorded already, as the decision that it is.
      return .refusing(refusal, requestID: request.requestID)
    }
    let address: Result<SocketAddress, Refusal>
    do throws(Refusal) {
      address = .success(try await dialer.address(of: target, as: admission))
    } catch {
      address = .failure(error)
    }
    let forwarding = ForwardingResponder(
      target: target, address: address, serverName: nil, dialer: dialer, eventLoop: eventLoop, limits: limits,
      volume: TunnelVolume(), policy: policy)
    return try await forwarding.respond(to: request, body: body)
  }
}

/// DNS questions inside HTTPS (RFC 8484), which would resolve names past the gateway.
enum DNSOverHTTPS {
  private static let types = ["application/dns-message", "application/dns-json"]

  /// Whether a request is one.
  static func isSpoken(by request: GatewayRequest) -> Bool {
    let media = request.headers.filter { ["content-type", "accept"].contains($0.name.lowercased()) }
    if media.contains(where: { field in types.contains { field.value.lowercased().contains($0) } }) {
      return true
    }
    guard let query = request.query else { return false }
    guard let items = URLQuery(parsing: query)?.items else { return query.lowercased().contains("dns=") }
    return items.contains { $0.name.lowercased() == "dns" }
  }
}
