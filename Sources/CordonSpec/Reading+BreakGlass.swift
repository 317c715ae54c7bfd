import CordonModel

extension Reading {
  /// `aws.breakGlass:`.
  mutating func breakGlass(_ value: Value?, projects: [Project], people: [Person]) -> [BreakGlass] {
    var declared = DeclaredNames<Slug>()
    return members(value).compactMap { member in
      guard let fields = self.fields(member, of: .breakGlass) else { return nil }
      let name = self.name(required("name", in: fields), kind: .role, in: &declared)
      let project = known(required("project", in: fields), of: .project, among: projects.map(\.name))
      let named = holders(required("people", in: fields), people)
      let until = parsed(required("until", in: fields)) { text throws(NameRefusal) in try Self.moment(text) }
      let reason = parsed(required("reason", in: fields)) { text throws(NameRefusal) in
        try Self.reason(text)
      }
      let allow = members(fields["allow"]).compactMap { action in
        parsed(action) { text throws(NameRefusal) in try Self.action(text) }
      }
      guard let name, let project, let until, let reason, !named.isEmpty else { return nil }
      places["break-glass \(name)"] = fields.span
      return BreakGlass(
        name: name, project: project, people: named, until: until, reason: reason, allow: allow)
    }
  }

  /// A name that the file declares elsewhere.
  mutating func known(_ value: Value?, of kind: SpecError.NameKind, among names: [Slug]) -> Slug? {
    guard let value, let name = slug(value, kind: kind) else { return nil }
    guard !names.contains(name) else { return name }
    errors.append(
      .unknownReference(
        kind, name.text, at: value.span, didYouMean: meant(by: name.text, among: names.map(\.text))))
    return nil
  }

  private mutating func holders(_ value: Value?, _ people: [Person]) -> [Slug] {
    var taken = DeclaredNames<String>()
    let named = members(value)
    if let value, case .sequence(let list, _) = value.tree, list.isEmpty {
      refuse(
        NameRefusal(kind: "list of people", text: "[]", rule: "name who may become the role"), at: value.span)
    }
    return named.compactMap { member in
      guard let name = known(member, of: .person, among: people.map(\.name)) else { return nil }
      return take(name.text, of: .person, at: member.span, in: &taken) ? name : nil
    }
  }

  /// RFC 3339 in UTC, to the second: what IAM compares `aws:CurrentTime` with.
  private static func moment(_ text: String) throws(NameRefusal) -> String {
    let shape = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
    let bytes = Array(text.utf8)
    let fits =
      bytes.count == shape.count
      && zip(bytes, shape).allSatisfy { byte, mark in
        mark == UInt8(ascii: "d") ? (0x30...0x39).contains(byte) : byte == mark
      }
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    guard fits, (1...12).contains(number(5..<7)), (1...31).contains(number(8..<10)), number(11..<13) < 24,
      number(14..<16) < 60, number(17..<19) < 60, number(0..<4) >= 2000
    else {
      throw NameRefusal(kind: "moment", text: text, rule: "write one in UTC like 2027-03-31T18:00:00Z")
    }
    return text
  }

  private static func reason(_ text: String) throws(NameRefusal) -> String {
    guard (1...200).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw NameRefusal(kind: "reason", text: text, rule: "write 1 to 200 characters of ASCII")
    }
    return text
  }

  private static func action(_ text: String) throws(NameRefusal) -> String {
    let halves = text.split(separator: ":", omittingEmptySubsequences: false)
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-:*".utf8.contains(byte)
    }
    guard text == "*" || halves.count == 2 && isPlain && halves.allSatisfy({ !$0.isEmpty }) else {
      throw NameRefusal(kind: "action", text: text, rule: "write one like sagemaker:DeleteModel")
    }
    return text
  }
}
