import CordonWire
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// How an answer goes onto the wire: its head with the framing fields that belong to the server, and its
/// payload.
struct ResponsePlan {
  /// What the answer replies to.
  struct Question: Sendable {
    var method: HTTPMethod
    var version: HTTPVersion
    var requestID: String
    /// Names the request's id; `x-amz-request-id` where AWS clients look for it.
    var requestIDField: String
    /// Whether client and server can go on after this answer.
    var keepsAlive: Bool
  }

  enum Payload {
    case none
    case bytes(ByteBuffer)
    case stream(length: Int?, GatewayResponse.Stream)
  }

  var head: HTTPResponseHead
  var payload: Payload
  var closes: Bool
  /// Held until the payload is written.
  var lease: AnswerLease?

  private static let serverFields: Set<String> = [
    "connection", "content-length", "keep-alive", "transfer-encoding", "trailer", "upgrade",
    "proxy-connection",
  ]

  /// Frames an answer.
  init(_ response: consuming GatewayResponse, to question: Question, date: Date) {
    let status = (200...599).contains(response.status) ? response.status : 500
    var headers = HTTPHeaders()
    // NIO traps on a name that is not ASCII, and a stored object's metadata is somebody's input: what no field can
    // carry is left out here, whoever let it in.
    for (name, value) in response.headers
    where !Self.serverFields.contains(name.lowercased()) && FieldRules.isToken(name)
      && FieldRules.isClean(value)
    {
      headers.add(name: name, value: value)
    }
    if !headers.contains(name: "date") { headers.add(name: "date", value: HTTPDate.text(date)) }
    if !headers.contains(name: question.requestIDField) {
      headers.add(name: question.requestIDField, value: question.requestID)
    }
    closes = response.closes || !question.keepsAlive
    lease = response.lease
    let mayHaveBody = question.method != .HEAD && status != 204 && status != 304
    payload = mayHaveBody ? Self.payload(response.body) : .none
    if let length = Self.length(response, status: status) {
      headers.add(name: "content-length", value: String(length))
    } else if mayHaveBody, question.version == .http1_1 {
      headers.add(name: "transfer-encoding", value: "chunked")
    } else if mayHaveBody {
      // RFC 9112 §6.3: without a length, only the end of the connection ends the body of an HTTP/1.0 answer.
      closes = true
    }
    if closes { headers.add(name: "connection", value: "close") }
    head = HTTPResponseHead(
      version: question.version, status: HTTPResponseStatus(statusCode: status), headers: headers)
  }

  private static func payload(_ body: GatewayResponse.Body) -> Payload {
    switch body {
    case .none: .none
    case .bytes(let bytes): .bytes(bytes)
    case .stream(let length, let stream): .stream(length: length, stream)
    }
  }

  /// The length to state; nil where none is known or none belongs (RFC 9110 §8.6).
  private static func length(_ response: borrowing GatewayResponse, status: Int) -> Int? {
    guard status != 204 else { return nil }
    switch response.body {
    case .bytes(let bytes): return bytes.readableBytes
    case .stream(let length, _): return length
    case .none:
      // For HEAD and 304 this is the length that a GET would have.
      let stated = response.headers.first { $0.name.lowercased() == "content-length" }.flatMap {
        Int($0.value)
      }
      if let stated, stated >= 0 { return stated }
      return status == 304 ? nil : 0
    }
  }
}
