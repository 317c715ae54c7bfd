import CordonPolicy
import CordonWire
import Foundation

@testable import CordonAWS

/// Answers calls by their action, and remembers who asked for what and how long was waited.
actor AnsweringTransport: LiveTransport {
  struct Asked: Sendable {
    var origin: String
    var target: String
    var body: String
    var authorization: String
  }

  private var answers: [String: [LiveReply]]
  private(set) var asked: [Asked] = []
  private(set) var pauses: [Int] = []

  /// Each action's replies in turn; the last one stays.
  init(_ answers: [String: [LiveReply]]) { self.answers = answers }

  func send(_ request: LiveRequest, atMost bytes: Int) async throws(LiveProblem) -> LiveReply {
    let body = String(decoding: request.body, as: UTF8.self)
    func header(_ name: String) -> String {
      request.headers.first { $0.name.lowercased() == name }?.value ?? ""
    }
    asked.append(
      Asked(
        origin: request.origin, target: request.target, body: body, authorization: header("authorization")))
    let form = body.split(separator: "&").first { $0.hasPrefix("Action=") }.map { String($0.dropFirst(7)) }
    let action =
      header("x-amz-target").split(separator: ".").last.map(String.init) ?? form ?? request.target
    guard var replies = answers[action] ?? answers["*"], let first = replies.first else {
      throw .unreachable("no answer for \(action)")
    }
    if replies.count > 1 {
      replies.removeFirst()
      answers[action] = replies
    }
    guard first.body.count <= bytes else { throw .unreadable("too long") }
    return first
  }

  func pause(milliseconds: Int) async { pauses.append(milliseconds) }
}

extension LiveReply {
  static func ok(_ body: String) -> LiveReply { LiveReply(status: 200, body: Array(body.utf8)) }

  static func error(_ status: Int, _ code: String) -> LiveReply {
    LiveReply(
      status: status, body: Array("{\"__type\": \"com.amazonaws#\(code)\", \"message\": \"no\"}".utf8))
  }
}

extension LiveClient {
  static func at(_ transport: AnsweringTransport, endpoint: String? = nil) -> LiveClient {
    let place = LivePlace(
      account: "111122223333", region: "eu-west-1", endpoint: endpoint,
      credentials: SigV4.Credentials(accessKeyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI"))
    return LiveClient(place, transport: transport) { Date(timeIntervalSince1970: 1_440_938_160) }
  }
}
