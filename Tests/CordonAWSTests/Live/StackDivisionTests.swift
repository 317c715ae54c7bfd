import Testing

@testable import CordonAWS

@Suite struct `Whose credentials a stack needs` {
  private static func stacks(_ accounts: [String?], isWithPolicies: Bool = false) throws -> [StackOrder.Stack]
  {
    var files = accounts.enumerated().map { place, account in
      SourceFile(
        name: "build/s\(place).yaml",
        text: (account.map { "Metadata:\n  Cordon:\n    Account: \"\($0)\"\n" } ?? "")
          + "Resources:\n  V: {Type: AWS::EC2::VPC}\n")
    }
    if isWithPolicies {
      files.append(
        SourceFile(name: "build/z.yaml", text: "Resources:\n  P: {Type: AWS::Organizations::Policy}\n"))
    }
    return try StackOrder(files).stacks
  }

  private static let own = "111122223333"
  private static let other = "444455556666"

  @Test func `is those of the account that it states`() throws {
    let stacks = try Self.stacks([Self.own, nil, Self.own])
    #expect(stacks.map(\.account) == [Self.own, nil, Self.own])
    #expect(try StackDivision(stacks, caller: Self.own, management: nil).now == stacks)
    #expect(throws: StackDivision.Problem.wrong(stated: Self.own, caller: Self.other)) {
      try StackDivision(stacks, caller: Self.other, management: nil)
    }
    // Not even the management account deploys another account's folder.
    #expect(throws: StackDivision.Problem.wrong(stated: Self.own, caller: Self.other)) {
      try StackDivision(stacks, caller: Self.other, management: Self.other)
    }
    #expect(throws: StackDivision.Problem.several([Self.own, Self.other])) {
      try StackDivision(Self.stacks([Self.own, Self.other]), caller: Self.own, management: nil)
    }
  }

  @Test func `is anybody's where it states none`() throws {
    let stacks = try Self.stacks([nil])
    #expect(try StackDivision(stacks, caller: Self.other, management: nil).now == stacks)
  }

  @Test(arguments: [
    (true, "111122223333", String?.some("111122223333")), (false, "111122223333", "444455556666"),
    (false, "111122223333", nil),
  ])
  func `is the management account's where it holds the organisation's policies`(
    isWhole: Bool, caller: String, management: String?
  ) throws {
    let stacks = try Self.stacks([Self.own], isWithPolicies: true)
    let division = try StackDivision(stacks, caller: caller, management: management)
    #expect(division.now.map(\.name) == (isWhole ? ["s0", "z"] : ["s0"]))
    let rest = division.rest(folder: "build", management: management, caller: caller)
    #expect((rest == nil) == isWhole)
    if let rest { #expect(rest.contains("cordon deploy build --only z --profile PROFILE"), "\(rest)") }
    let policies = stacks.filter(\.isOfTheOrganization)
    if isWhole {
      #expect(try StackDivision(policies, caller: caller, management: management).now == policies)
    } else {
      #expect(
        throws: StackDivision.Problem.notTheManagement(["z"], management: management, caller: caller)
      ) { try StackDivision(policies, caller: caller, management: management) }
    }
  }

  @Test func `is said with what to type`() {
    let words = StackDivision.Problem.wrong(stated: Self.own, caller: Self.other).words(folder: "build")
    #expect(words.contains("cordon deploy build --profile PROFILE"))
    #expect(words.contains("--role arn:aws:iam::111122223333:role/ROLE"))
  }
}
