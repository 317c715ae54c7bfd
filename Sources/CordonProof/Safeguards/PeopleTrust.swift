import CordonModel
import CordonPolicy

/// Whether a role that people become asks where they are when they do. Its boundary asks that of each call it makes; this is what
/// is left when somebody attaches another one, and it keeps a stolen password from becoming the role at all.
enum PeopleTrust {
  private static let path = ["AssumeRolePolicyDocument"]

  @Sendable static func judge(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    for role in estate.all("AWS::IAM::Role") {
      let statements = estate.statements(of: role.properties[path: path])
      let letting = statements.filter { estate.isAllow($0) && isOfPeople($0, estate) }
      guard !letting.isEmpty else { continue }
      if statements.contains(where: { !estate.isAllow($0) && refusesElsewhere($0, estate) }) {
        finding.hold(role, path)
        continue
      }
      for statement in letting {
        let readings = statement.clauses.compactMap { place($0, estate) }
        let name = estate.text(statement["Sid"]).value.map { "statement \($0)" } ?? "a statement"
        finding.add(.any(readings), role, path, "\(name) lets people become it from anywhere")
      }
    }
    return finding
  }

  /// Whether a statement lets in people: an account, its users, or whom an organisation's own sign-in vouches for. A role of the
  /// files is code's or another safeguard's, a service is nobody.
  private static func isOfPeople(_ statement: CloudValue, _ estate: CloudEstate) -> Bool {
    guard statement["NotPrincipal"] == nil else { return true }
    guard let principal = statement["Principal"] else { return false }
    if estate.text(principal).value == "*" { return true }
    let accounts = estate.texts(principal["AWS"])
    let providers = estate.texts(principal["Federated"]).known
    return accounts.known.contains { estate.find($0, "AWS::IAM::Role") == nil } || !accounts.unknown.isEmpty
      || providers.contains {
        $0.contains(":saml-provider/") || estate.find($0, "AWS::IAM::SAMLProvider") != nil
      }
  }

  /// Whether a clause asks for a place; nil where it is about something else.
  private static func place(_ clause: CloudValue.Clause, _ estate: CloudEstate) -> Reading<Bool>? {
    guard clause.operation.isDemand else { return nil }
    return names(clause, estate)
  }

  /// Whether a clause names networks, or addresses that are not the whole internet.
  private static func names(_ clause: CloudValue.Clause, _ estate: CloudEstate) -> Reading<Bool>? {
    let values = estate.texts(clause.values)
    switch clause.key.lowercased() {
    case "aws:sourcevpc", "aws:sourcevpce":
      guard values.unknown.isEmpty else { return .unknown(values.unknown) }
      return .known(!values.known.isEmpty && !values.known.contains { $0.contains("*") })
    case "aws:sourceip":
      guard values.unknown.isEmpty else { return .unknown(values.unknown) }
      return .known(!values.known.isEmpty && values.known.allSatisfy(isNarrow))
    default: return nil
    }
  }

  /// A range of an office or of a portal, never a large part of the internet.
  private static func isNarrow(_ text: String) -> Bool {
    guard let range = AddressRange(text) else { return false }
    return range.last - range.first < UInt128(1) << (range.isV6 ? 96 : 16)
  }

  /// Whether a statement refuses everybody who is elsewhere, and asks nothing else that would let somebody off but that a service
  /// calls for its caller.
  private static func refusesElsewhere(_ statement: CloudValue, _ estate: CloudEstate) -> Bool {
    let everyone = statement["Principal"]
    guard estate.text(everyone).value == "*" || estate.texts(everyone?["AWS"]).known == ["*"] else {
      return false
    }
    guard
      estate.texts(statement["Action"]).known.contains(where: {
        ["*", "sts:*", "sts:AssumeRole*"].contains($0)
      })
    else { return false }
    let clauses = statement.clauses
    let places = clauses.filter { $0.operation.comparison.isNegated && names($0, estate)?.value == true }
    let rest = clauses.count - places.count
    return !places.isEmpty && rest == clauses.count { $0.key.lowercased() == "aws:viaawsservice" }
  }
}
