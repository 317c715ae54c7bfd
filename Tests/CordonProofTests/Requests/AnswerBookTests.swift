import CordonModel
import CordonPolicy
import Synchronization
import Testing

@testable import CordonProof

@Suite struct `Answers that are kept` {
  private static let allow = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

  private static func question() throws -> Inquiry {
    let equals = try #require(ConditionOperator("StringEquals"))
    return Inquiry(
      layers: [.init(.identity, level: 1, policies: [try policy(allow)])],
      grants: [[.init(.resource, policies: [try policy(allow)], namesPrincipals: true)]],
      callers: .oneOf([.service("a.example")]), actions: ["s3:Get", "Object"], resources: ["*"],
      constraints: [.init(key: ConditionKey("t:x"), operation: equals, values: ["caf\u{e9}"])],
      absent: [ConditionKey("t:y")], resourceAccount: "111122223333")
  }

  private static let changes: [(name: String, change: @Sendable (inout Inquiry) throws -> Void)] = [
    ("a level", { $0.layers[0].level = 2 }), ("no level", { $0.layers[0].level = nil }),
    ("a layer", { $0.layers[0].layer = .scp }),
    ("an Allow that is not needed", { $0.layers[0].needsAllow = false }),
    ("principals that count", { $0.layers[0].namesPrincipals = true }),
    (
      "another policy",
      { $0.layers[0].policies = [try policy(#"{"Effect":"Deny","Action":"*","Resource":"*"}"#)] }
    ),
    ("a policy twice", { $0.layers[0].policies += $0.layers[0].policies }),
    ("a layer twice", { $0.layers += $0.layers }), ("no grant", { $0.grants = [] }),
    ("an empty grant", { $0.grants.append([]) }),
    (
      "a layer that was a grant",
      {
        $0.layers += $0.grants[0]; $0.grants = []
      }
    ),
    ("the same name, vouched for", { $0.callers = .oneOf([.federated("a.example")]) }),
    ("anyone", { $0.callers = .anyone }), ("outsiders", { $0.callers = .outside(accounts: ["a.example"]) }),
    ("one action of the two words", { $0.actions = ["s3:GetObject"] }),
    ("an action more", { $0.actions.append("") }), ("no resource", { $0.resources = [] }),
    ("the same letter in other bytes", { $0.constraints[0].values = ["cafe\u{301}"] }),
    ("a value more", { $0.constraints[0].values.append("") }),
    ("a demand that must fail", { $0.constraints[0].positive = false }),
    ("a demand on a key that may be missing", { $0.constraints[0].mustBePresent = false }),
    ("another key", { $0.constraints[0].key = ConditionKey("t:z") }),
    ("another operator", { $0.constraints[0].operation = try #require(ConditionOperator("StringLike")) }),
    ("no demand", { $0.constraints = [] }), ("no absent key", { $0.absent = [] }),
    ("no owner", { $0.resourceAccount = nil }), ("another owner", { $0.resourceAccount = "" }),
  ]

  @Test func `a question that differs in anything is another question`() throws {
    let question = try Self.question()
    var keys: Set<QuestionKey> = [QuestionKey(question)]
    #expect(!keys.insert(QuestionKey(try Self.question())).inserted)
    for (name, change) in Self.changes {
      var other = question
      try change(&other)
      #expect(keys.insert(QuestionKey(other)).inserted, "\(name) makes no difference")
    }
  }

  @Test func `the same question is asked once`() throws {
    let asked = Mutex(0)
    let book = AnswerBook { inquiry in
      asked.withLock { $0 += 1 }
      return Engine().answer(inquiry)
    }
    for _ in 0..<3 { _ = book.entry(try Self.question()) }
    #expect(asked.withLock { $0 } == 1)
  }
}

@Suite struct `A map` {
  @Test(arguments: ["granted-by-bucket.yaml", "anded-exemptions.yaml", "wide-managed-policy.yaml", ""])
  func `is the same whether one worker judges the routes or many do`(name: String) throws {
    let file =
      name.isEmpty
      ? try TemplateFile.closed() : try #require(try TemplateFile.all().first { $0.name == name })
    let deployment = try file.deployment()
    func map(_ workers: Int) -> String {
      CloudProof { Engine().answer($0) }.prove(deployment, workers: workers).json.written(.readable)
    }
    let alone = map(1)
    for workers in [2, 7, .max] { #expect(map(workers) == alone, "\(workers) workers") }
  }

  @Test func `work that is divided comes back in its order`() {
    let numbers = Array(0..<500)
    for workers in [1, 2, 16] {
      #expect(numbers.inParallel(workers: workers) { $0 * 2 } == numbers.map { $0 * 2 })
    }
    #expect([Int]().inParallel(workers: 4) { $0 }.isEmpty)
  }
}
