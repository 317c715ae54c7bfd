import CordonPolicy
public import CordonWire
public import FoundationEssentials

/// What carries requests to AWS. The reader knows nothing of sockets.
public protocol LiveTransport: Sendable {
  /// Sends one request and reads the whole answer, of `atMost` bytes.
  func send(_ request: LiveRequest, atMost bytes: Int) async throws(LiveProblem) -> LiveReply

  /// Waits, between attempts.
  func pause(milliseconds: Int) async
}

/// A signed request.
public struct LiveRequest: Sendable {
  /// The scheme and the host, `https://ec2.eu-west-1.amazonaws.com`.
  public var origin: String
  /// The method.
  public var method: String
  /// The path and what follows it.
  public var target: String
  /// The headers, `host` among them.
  public var headers: [HeaderField]
  /// The body.
  public var body: [UInt8]
}

/// What came back.
public struct LiveReply: Sendable {
  /// The status.
  public var status: Int
  /// The header `x-amzn-errortype`, if there is one.
  public var errorType: String?
  /// The body.
  public var body: [UInt8]

  /// A reply.
  public init(status: Int, errorType: String? = nil, body: [UInt8]) {
    self.status = status
    self.errorType = errorType
    self.body = body
  }
}

/// Where and as whom calls are made.
public struct LivePlace: Sendable {
  /// The account; empty until it is known.
  public var account: String
  /// The region.
  public var region: String
  /// An address that stands in the place of AWS's own, e.g. an emulator's.
  public var endpoint: String?
  /// Who calls.
  public var credentials: SigV4.Credentials

  /// A place.
  public init(account: String = "", region: String, endpoint: String? = nil, credentials: SigV4.Credentials) {
    self.account = account
    self.region = region
    self.endpoint = endpoint
    self.credentials = credentials
  }
}

/// Makes calls: signed, paged, and again after a while where the service asks for patience.
public struct LiveClient: Sendable {
  /// How often one call is made before it is given up.
  public static let mostAttempts = 6
  /// The most pages of one list.
  static let mostPages = 2_000
  /// The most elements of one list.
  static let mostElements = 200_000
  /// Waits double up to this.
  static let longestPause = 8_000

  let place: LivePlace
  let transport: any LiveTransport
  private let now: @Sendable () -> Date

  /// A client.
  public init(
    _ place: LivePlace, transport: any LiveTransport, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.place = place
    self.transport = transport
    self.now = now
  }

  /// Makes one call.
  func call(_ call: LiveCall) async throws(LiveProblem) -> JSONValue {
    var last = ""
    for attempt in 0..<Self.mostAttempts {
      if attempt > 0 { await transport.pause(milliseconds: Self.pause(before: attempt)) }
      do throws(LiveProblem) {
        let reply = try await transport.send(try signed(call), atMost: LiveAnswer.mostBytes)
        if 200..<300 ~= reply.status { return try LiveAnswer.read(reply.body, of: call) }
        let problem = Self.problem(reply)
        guard case .exhausted(let why) = problem else { throw problem }
        // A failure that has no name of AWS's is not the service's: it is asked for half as long.
        guard !why.hasPrefix("status") || attempt + 1 < Self.mostAttempts / 2 else {
          throw .unsupported(why)
        }
        last = why
      } catch {
        guard case .unreachable(let why) = error else { throw error }
        guard attempt + 1 < Self.mostAttempts / 2 else { throw .unreachable(why) }
        last = why
      }
    }
    throw .exhausted(last)
  }

  /// Half of the doubling wait, and a random part of the other half: callers that were turned away together come back apart.
  static func pause(before attempt: Int) -> Int {
    let whole = min(longestPause, 200 << min(attempt, 10))
    return whole / 2 + Int.random(in: 0...(whole / 2))
  }

  /// Every page of a list, one after the other.
  func pages(of call: LiveCall, _ paging: LivePaging?, _ body: (JSONValue) throws(LiveProblem) -> Int)
    async throws(LiveProblem)
  {
    var call = call
    var seen: Set<String> = []
    var elements = 0
    for _ in 0..<Self.mostPages {
      let answer = try await self.call(call)
      elements += try body(answer)
      guard elements <= Self.mostElements else { throw .tooMuch("more than \(Self.mostElements) entries") }
      guard let paging, let token = answer.at(paging.output)?.plain, !token.isEmpty else { return }
      let tokens =
        [(paging.input, token)]
        + paging.beside.map { ($0.input, answer.at($0.output)?.plain ?? "") }
      guard seen.insert(tokens.map(\.1).joined(separator: " ")).inserted else {
        throw .unreadable("the same page twice")
      }
      call.input.removeAll { old in tokens.contains { $0.0 == old.0 } }
      call.input += tokens.filter { !$0.1.isEmpty }.map { ($0.0, .string($0.1)) }
    }
    throw .tooMuch("more than \(Self.mostPages) pages")
  }

  private func signed(_ call: LiveCall) throws(LiveProblem) -> LiveRequest {
    let raw = call.request()
    let service = call.service
    let origin =
      place.endpoint ?? "https://" + service.hostName(in: place.region, account: place.account)
    var headers = raw.headers
    headers.append(HeaderField("host", Self.host(of: origin)))
    if service.isAccountHost { headers.append(HeaderField("x-amz-account-id", place.account)) }
    do throws(SigV4.Refusal) {
      let request = try SigV4.Request(method: raw.method, target: raw.target, headers: headers)
      let signer = SigV4.Signer(
        place.credentials, service: service.signing, region: service.signingRegion(in: place.region))
      let signed = try signer.sign(request, payload: .hash(of: raw.body), at: now())
      return LiveRequest(
        origin: origin, method: raw.method, target: raw.target, headers: signed.request.headers,
        body: raw.body)
    } catch {
      throw .refused(code: "not signed", message: "\(error)")
    }
  }

  private static func host(of origin: String) -> String {
    guard let slashes = origin.firstRange(of: "://") else { return origin }
    return String(origin[slashes.upperBound...].prefix { $0 != "/" })
  }

  private static let denials: Set<String> = [
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
    "NotAuthorizedException", "UnauthorizedException", "AuthorizationErrorException", "Forbidden",
    "ForbiddenException", "AllAccessDisabled",
  ]
  private static let badCredentials: Set<String> = [
    "InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken", "ExpiredTokenException",
    "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure", "InvalidAccessKeyId",
    "IncompleteSignature", "RequestExpired", "InvalidToken", "MissingAuthenticationTokenException",
  ]
  private static let patience: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestLimitExceeded",
    "RequestThrottledException", "TooManyRequestsException", "SlowDown", "BandwidthLimitExceeded",
    "LimitExceededException", "ProvisionedThroughputExceededException", "PriorRequestNotComplete",
    "InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable", "RequestTimeout",
    "RequestTimeoutException", "TransactionInProgressException", "EC2ThrottledException",
  ]
  private static let foreign: Set<String> = [
    "UnknownOperationException", "InvalidAction", "UnknownOperation", "NotImplemented",
    "UnsupportedOperation", "OptInRequired", "SubscriptionRequiredException",
  ]

  private static func problem(_ reply: LiveReply) -> LiveProblem {
    let (code, message) = LiveAnswer.problem(reply.status, reply.body, type: reply.errorType)
    if patience.contains(code) || reply.status == 429 { return .exhausted(code) }
    if denials.contains(code) { return .denied(code) }
    if badCredentials.contains(code) { return .credentials(code) }
    if foreign.contains(code) { return .unsupported(code) }
    if reply.status == 501 || reply.status == 404 && code.hasPrefix("status") { return .unsupported(code) }
    if reply.status >= 500 { return .exhausted(code) }
    if reply.status == 403, code.hasPrefix("status") { return .denied(code) }
    return .refused(code: code, message: message)
  }
}

/// How a list goes on: where the answer says so, and where the next call repeats it.
struct LivePaging: Sendable {
  let input: String
  let output: String
  /// What else the next call repeats.
  let beside: [(input: String, output: String)]

  init(_ input: String, _ output: String? = nil, beside: [(input: String, output: String)] = []) {
    self.input = input
    self.output = output ?? input
    self.beside = beside
  }
}
