import CordonModel
import CordonPolicy

/// Writes a policy of the files as IAM JSON, in one of its two readings.
///
/// A value that is not known could be anything. Where more values make a statement match more, the wide reading takes any
/// value and the narrow one leaves the value out; where more values make it match less (`NotAction`, `StringNotEquals`), the
/// other way round.
struct PolicyTranscript {
  let estate: CloudEstate
  /// Whether the reading lets through all that the policy may.
  let generous: Bool
  /// Whether principals are written; an identity policy has none.
  let namesPrincipals: Bool
  private(set) var unknowns: [UnknownPart] = []
  /// Values that were left out or became a star.
  private var lost = 0

  init(_ estate: CloudEstate, generous: Bool, namesPrincipals: Bool) {
    self.estate = estate
    self.generous = generous
    self.namesPrincipals = namesPrincipals
  }

  /// The whole document; nil where none of it can be read.
  mutating func document(_ value: CloudValue) -> JSONValue? {
    guard case .object = value.content else { return nil }
    var statements: [JSONValue] = []
    if let list = value["Statement"] {
      for element in list.elements { statements += alternatives(element) }
    }
    var members: [(String, JSONValue)] = []
    if let version = estate.text(value["Version"]).value { members.append(("Version", .string(version))) }
    members.append(("Statement", .array(statements)))
    return .object(members)
  }

  /// A statement; of several that a condition chooses from, those that count in this reading.
  private mutating func alternatives(_ value: CloudValue) -> [JSONValue] {
    switch value.content {
    case .oneOf(let values, let condition):
      note("condition \(condition) is not answered by the files", value.location)
      return values.flatMap { part in
        alternatives(part).filter { ($0["Effect"]?.text == "Allow") == generous }
      }
    case .object: return statement(value).map { [$0] } ?? []
    case .null: return []
    case .unknown(let unknown):
      note(unknown.phrase, value.location)
      return [everything(allowing: generous)]
    default:
      note("a statement was expected here", value.location)
      return [everything(allowing: generous)]
    }
  }

  private func everything(allowing: Bool) -> JSONValue {
    var members: [(String, JSONValue)] = [("Effect", .string(allowing ? "Allow" : "Deny"))]
    let all = JSONValue.string("*")
    if namesPrincipals { members.append(("Principal", all)) }
    return .object(members + [("Action", all), ("Resource", all)])
  }

  private mutating func statement(_ value: CloudValue) -> JSONValue? {
    var effect = estate.text(value["Effect"]).value ?? ""
    if effect.isEmpty {
      note("whether this statement allows or denies is not known", value.location)
      effect = generous ? "Allow" : "Deny"
    }
    let wide = (effect == "Allow") == generous
    var members: [(String, JSONValue)] = [("Effect", .string(effect))]
    if let sid = estate.text(value["Sid"]).value { members.append(("Sid", .string(sid))) }
    for name in ["Action", "Resource"] {
      guard let part = selection(value, name, wide: wide) else { return nil }
      members += part
    }
    if namesPrincipals {
      guard let part = principal(value, wide: wide) else { return nil }
      members += part
    }
    if let condition = value["Condition"] {
      guard let part = conditions(condition, wide: wide) else { return nil }
      if !part.isEmpty { members.append(("Condition", .object(part))) }
    }
    return .object(members)
  }

  /// `Action` or `NotAction` and their siblings; nil where the statement matches nothing in this reading.
  private mutating func selection(_ value: CloudValue, _ name: String, wide: Bool) -> [(String, JSONValue)]? {
    if let plain = value[name] {
      let texts = patterns(plain, any: "*", keepUnknown: wide, patched: wide)
      return texts.isEmpty ? nil : [(name, list(texts))]
    }
    guard let negated = value["Not" + name] else { return name == "Resource" && namesPrincipals ? [] : nil }
    let texts = patterns(negated, any: "*", keepUnknown: !wide, patched: !wide)
    return texts.isEmpty ? [(name, JSONValue.string("*"))] : [("Not" + name, list(texts))]
  }

  /// The texts of a list of patterns. Of a text known in part, the rest becomes a star if `patched`, else it is left out; a
  /// text wholly unknown becomes `any` or is left out.
  private mutating func patterns(
    _ value: CloudValue, any: String, keepUnknown: Bool, patched: Bool
  ) -> [String] {
    var texts: [String] = []
    for element in value.elements {
      switch estate.text(element) {
      case .known(let text): texts.append(text)
      case .absent: break
      case .unknown(let parts):
        unknowns += parts
        if patched, let text = patch(element) {
          texts += text
          continue
        }
        lost += 1
        if keepUnknown { texts.append(any) }
      }
    }
    return texts
  }

  /// A text known in part, with a star for the rest; the alternatives of a condition each.
  private func patch(_ value: CloudValue) -> [String]? {
    switch value.content {
    case .joined(let parts):
      var whole = ""
      for part in parts {
        guard let text = estate.text(part).value else {
          // What is not known may hold colons, and a star before the resource's part of an ARN does not.
          let colons = whole.utf8.count { $0 == UInt8(ascii: ":") }
          if whole.isEmpty || whole.hasPrefix("arn:") && colons < 5 { return ["*"] }
          whole += "*"
          continue
        }
        whole += text
      }
      return [whole]
    case .oneOf(let values, _):
      let texts = values.map { estate.text($0).value }
      return texts.contains(nil) ? nil : texts.compactMap(\.self)
    default: return nil
    }
  }

  private func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  private mutating func note(_ text: String, _ location: Location?) {
    unknowns.append(UnknownPart(text, location: location))
  }

  // MARK: Principals

  private mutating func principal(_ value: CloudValue, wide: Bool) -> [(String, JSONValue)]? {
    if let plain = value["Principal"] {
      guard let entries = entries(plain, keepUnknown: wide) else { return nil }
      return [("Principal", entries)]
    }
    guard let negated = value["NotPrincipal"] else { return [] }
    guard let entries = entries(negated, keepUnknown: !wide) else {
      return [("Principal", JSONValue.string("*"))]
    }
    return [("NotPrincipal", entries)]
  }

  private mutating func entries(_ value: CloudValue, keepUnknown: Bool) -> JSONValue? {
    guard case .object(let members) = value.content else {
      switch estate.text(value) {
      case .known(let text): return .string(text)
      case .absent: return nil
      case .unknown(let parts):
        unknowns += parts
        return keepUnknown ? "*" : nil
      }
    }
    var written: [(String, JSONValue)] = []
    for member in members {
      let any = member.name == "AWS" ? "*" : "*.amazonaws.com"
      let texts = patterns(member.value, any: any, keepUnknown: keepUnknown, patched: false)
      if !texts.isEmpty { written.append((member.name, list(texts))) }
    }
    return written.isEmpty ? nil : .object(written)
  }

  // MARK: Conditions

  /// The clauses; nil where one of them can hold for no request in this reading.
  private mutating func conditions(_ value: CloudValue, wide: Bool) -> [(String, JSONValue)]? {
    guard case .object(let operators) = value.content else {
      note("this statement's condition is not known", value.location)
      return wide ? [] : nil
    }
    var written: [(String, JSONValue)] = []
    for entry in operators {
      guard case .object(let keys) = entry.value.content else {
        note("what \(entry.name) compares is not known", entry.value.location)
        if wide { continue }
        return nil
      }
      let negated = ConditionOperator(entry.name)?.comparison.isNegated ?? false
      let likes = entry.name.contains("Like") || entry.name.contains("Arn")
      var clauses: [(String, JSONValue)] = []
      for key in keys {
        let (before, lostBefore) = (unknowns.count, lost)
        let grows = wide != negated
        let texts = patterns(key.value, any: "*", keepUnknown: false, patched: likes && grows)
        let gaps = unknowns.count > before
        if gaps, wide, !negated, !likes { continue }
        if gaps, !wide, negated, !likes { return nil }
        if likes, grows, lost > lostBefore {
          if wide { continue }
          return nil
        }
        if texts.isEmpty {
          if wide { continue }
          return nil
        }
        clauses.append((key.name, list(texts)))
      }
      if !clauses.isEmpty { written.append((entry.name, .object(clauses))) }
    }
    return written
  }
}
