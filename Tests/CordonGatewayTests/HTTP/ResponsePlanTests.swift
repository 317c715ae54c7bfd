import FoundationEssentials
import NIOHTTP1
import Testing

@testable import CordonGateway

@Suite struct `Answers on the wire` {
  @Test(arguments: ["x-amz-meta-é", "x y", "", "a:b", "line\r\nbreak"])
  func `a name that no field can have is left out instead of ending the process`(name: String) {
    let plan = ResponsePlan(
      GatewayResponse(status: 200, headers: [(name, "v"), ("x-good", "v")]),
      to: ResponsePlan.Question(
        method: .GET, version: .http1_1, requestID: "id", requestIDField: "x-amz-request-id", keepsAlive: true
      ),
      date: Date(timeIntervalSince1970: 0))
    #expect(plan.head.headers.contains(name: "x-good"))
    #expect(plan.head.headers.count == 4)  // x-good, date, request id, content-length
  }

  @Test(arguments: ["a\r\nset-cookie: b", "a\u{0}", "\u{7F}"])
  func `a value that would end its field is left out`(value: String) {
    let plan = ResponsePlan(
      GatewayResponse(status: 200, headers: [("x-stored", value)]),
      to: ResponsePlan.Question(
        method: .GET, version: .http1_1, requestID: "id", requestIDField: "x-amz-request-id", keepsAlive: true
      ),
      date: Date(timeIntervalSince1970: 0))
    #expect(!plan.head.headers.contains(name: "x-stored"))
  }
}
