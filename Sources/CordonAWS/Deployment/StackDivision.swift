import CordonModel
import CordonPolicy

/// Which stacks credentials are for: those of the account that a folder was written for, and those of the organisation, whose
/// policies its management account alone makes (AWS Organizations User Guide, "Tasks only the management account can perform").
public struct StackDivision: Sendable, Equatable {
  /// Stacks that the credentials are for, in their order.
  public let now: [StackOrder.Stack]
  /// Stacks of the organisation that they are not for.
  public let left: [StackOrder.Stack]

  /// Why the credentials are for none of them.
  public enum Problem: Error, Sendable, Equatable {
    /// The templates are of several accounts.
    case several([String])
    /// They are of one account, and the credentials of another.
    case wrong(stated: String, caller: String)
    /// Nothing is asked for but stacks of the organisation, and the credentials are of another account.
    case notTheManagement([String], management: String?, caller: String)

    /// What is wrong, and what to type.
    public func words(folder: String) -> String {
      switch self {
      case .several(let accounts):
        "the templates of \(folder) are of several accounts (\(accounts.joined(separator: ", "))): deploy each account's folder alone"
      case .wrong(let stated, let caller):
        "\(folder) was written for account \(stated), and the credentials are of \(caller): nothing was changed. Take that "
          + "account's: cordon deploy \(folder) --profile PROFILE, or --role arn:aws:iam::\(stated):role/ROLE"
      case .notTheManagement(let stacks, let management, let caller):
        StackDivision.words(stacks, management, caller, folder)
      }
    }
  }

  /// Divides stacks by whose credentials they need. `management` is nil where nobody said which account it is.
  public init(
    _ stacks: [StackOrder.Stack], caller: String, management: String?
  ) throws(Problem) {
    let own = stacks.filter { !$0.isOfTheOrganization }
    let accounts = Set(own.compactMap(\.account)).sorted()
    guard accounts.count < 2 else { throw .several(accounts) }
    if let stated = accounts.first, stated != caller { throw .wrong(stated: stated, caller: caller) }
    let others = stacks.filter(\.isOfTheOrganization)
    guard !others.isEmpty, management != caller else {
      (now, left) = (stacks, [])
      return
    }
    guard !own.isEmpty else {
      throw .notTheManagement(others.map(\.name), management: management, caller: caller)
    }
    (now, left) = (own, others)
  }

  /// What is left to do, and what to type; nil where nothing is.
  public func rest(folder: String, management: String?, caller: String) -> String? {
    left.isEmpty ? nil : Self.words(left.map(\.name), management, caller, folder)
  }

  private static func words(
    _ stacks: [String], _ management: String?, _ caller: String, _ folder: String
  ) -> String {
    let one = management.map { "account \($0)" } ?? "not known to \(caller)"
    let only = stacks.map { " --only \($0)" }.joined()
    return
      "\(stacks.joined(separator: ", ")): not deployed: policies of an organisation are made with the credentials of its "
      + "management account (\(one)), and these are of \(caller): cordon deploy \(folder)\(only) --profile PROFILE"
  }
}

extension StackOrder.Stack {
  /// Whether it holds policies of an organisation.
  public var isOfTheOrganization: Bool { resources["AWS::Organizations::Policy"] != nil }
}

extension StackDeployer {
  /// Whose the credentials are.
  public func caller() async throws(Problem) -> String {
    let answer = try await ask(LiveCall(.sts, "GetCallerIdentity"), "sts:GetCallerIdentity")
    guard let account = answer["Account"]?.plain, account.utf8.count == 12,
      account.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw .call("sts:GetCallerIdentity", .unreadable("it names no account")) }
    return account
  }

  /// The account that manages the organisation; nil where it is not said to these credentials.
  public func managementAccount() async -> String? {
    let call = LiveCall(.organizations, "DescribeOrganization")
    guard let answer = try? await ask(call, "organizations:DescribeOrganization") else { return nil }
    return answer.at("Organization.MasterAccountId")?.plain
  }
}
