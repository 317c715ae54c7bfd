import CordonPolicy
import FoundationEssentials

/// Decisions of the compiled evaluator over ten full policies: what the gateway asks for every request.
struct PolicyBenchmark {
  struct Result: Encodable {
    /// The outcome of each request, in the file's order.
    var decisions: [String]
    /// What the file expects of each request.
    var expected: [String]
    /// Policies in the set.
    var policies: Int
    var rate: Rate
  }

  private let policies: PolicySet
  private let requests: [AccessRequest]
  private let expected: [String]

  /// Reads `{"policies": {…}, "requests": [{…, "expect": "Allowed"}, …]}`.
  init(file: String) throws {
    let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    let value = try JSONValue(parsing: text)
    guard let elements = value["requests"]?.elements, let shared = value["policies"], !elements.isEmpty else {
      throw Misuse("\(file) has no 'requests' or no 'policies'")
    }
    let questions = try elements.map { element in
      try AccessQuestion(.object([("request", Self.bare(element)), ("policies", shared)]))
    }
    policies = questions[0].policies
    requests = questions.map(\.request)
    expected = elements.map { $0["expect"]?.text ?? "" }
  }

  /// The request without what the file expects of it, which is no part of a request.
  private static func bare(_ element: JSONValue) -> JSONValue {
    .object((element.members ?? []).filter { $0.name != "expect" }.map { ($0.name, $0.value) })
  }

  func measure(for duration: Duration) -> Result {
    let decisions = requests.map { policies.decide($0).outcome.rawValue }
    var allowed = 0
    let rate = Rate.of(duration) {
      for _ in 0..<10 {
        for request in requests where policies.decide(request).isAllowed { allowed += 1 }
      }
      return 10 * requests.count
    }
    // The sum is a result as well: without a use the loop could be removed.
    precondition(allowed <= rate.count, "more requests were allowed than asked")
    return Result(decisions: decisions, expected: expected, policies: count, rate: rate)
  }

  private var count: Int {
    policies.identity.count + policies.boundary.count + policies.session.count + policies.endpoint.count
      + (policies.resource == nil ? 0 : 1) + policies.scps.joined().count + policies.rcps.joined().count
  }
}
