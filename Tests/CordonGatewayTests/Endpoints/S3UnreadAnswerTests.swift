import CordonModel
import CordonStore
import CordonWire
import NIOCore
import Testing

@testable import CordonGateway

/// Clients that ask for much and read nothing.
@Suite(.serialized) struct `S3 answers that nobody reads` {
  private static let key = String(repeating: "\u{1}", count: 1_000)

  /// Waits until what the connections cause has come to a stand.
  private func wait(_ isThere: () -> Bool) async throws {
    let end = ContinuousClock.now + patience
    while !isThere() {
      try #require(ContinuousClock.now < end, "it never came to that")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// A listing holds a piece of some 50 KiB where nobody reads it, and asks for `S3Pieces.making` first.
  @Test(arguments: [
    ("/churn-plain?list-type=2", S3Pieces.making + (1 << 20)), ("/churn-plain/large", 1 << 20),
  ])
  func `they hold what their workspace may hold, and keep no other one waiting`(
    target: String, limit: Int
  ) async throws {
    try await S3Fixture.run { fixture in
      for number in 0..<400 { try await fixture.put("churn-plain", "\(1_000 + number)\(Self.key)", "") }
      try await fixture.put("churn-plain", "large", String(repeating: "x", count: 8 << 20))
      var limits = ServerLimits.patient
      limits.unwrittenBytes = limit
      limits.answerPatience = patience
      limits.writeDeadline = patience
      limits.sendBufferBytes = 65_536
      try await S3Sockets.run(fixture, limits: limits) { sockets in
        let allowance = try #require(sockets.gateway.allowances[try Slug("churn-1")])
        var silent: [RawClient] = []
        for _ in 0..<60 {
          let client = try await sockets.connect(receiving: 16_384)
          try await client.send(try sockets.text(of: TestCall("GET", target)))
          silent.append(client)
        }
        // Fewer than twenty-three can hold anything, so from here on somebody waits for as long as nobody reads.
        try await wait { allowance.usage.waiting >= 23 }
        #expect(allowance.usage.peak <= limits.unwrittenBytes)
        let other = try await sockets.connect(workspace: 2)
        let list = TestCall(
          "GET", "/churn-plain?list-type=2", headers: [HeaderField("connection", "close")])
        try await other.send(try sockets.text(of: list, workspace: 2))
        let answer = await other.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("</ListBucketResult>"))
        #expect(allowance.usage.waiting > 0, "the first workspace was done before the second one asked")
        await Self.close(silent)
        try await wait { allowance.usage.held == 0 }
        #expect(allowance.usage.peak <= limits.unwrittenBytes)
      }
    }
  }

  /// Closes all at once: each waits some seconds for the other side's goodbye.
  private static func close(_ clients: [RawClient]) async {
    await withDiscardingTaskGroup { group in
      for client in clients { group.addTask { await client.close() } }
    }
  }

  @Test func `a client that reads nothing is cut off, and its bytes are given back`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-plain", "large", String(repeating: "x", count: 8 << 20))
      var limits = ServerLimits.patient
      limits.writeDeadline = .milliseconds(200)
      limits.sendBufferBytes = 65_536
      try await S3Sockets.run(fixture, limits: limits) { sockets in
        let allowance = try #require(sockets.gateway.allowances[try Slug("churn-1")])
        let silent = try await sockets.connect(receiving: 16_384)
        try await silent.send(try sockets.text(of: TestCall("GET", "/churn-plain/large")))
        try await wait { allowance.usage.peak > 0 && allowance.usage.held == 0 }
        try await wait { sockets.gateway.openConnections.values.allSatisfy { $0 == 0 } }
        await silent.close()
      }
    }
  }
}
