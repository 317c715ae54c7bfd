import CordonModel

extension Reading {
  /// `organization:`.
  mutating func organization(_ value: Value) -> Organization? {
    guard let fields = self.fields(value, of: .organization) else { return nil }
    let id = parsed(required("id", in: fields)) { text throws(NameRefusal) in try OrganizationID(text) }
    let account = parsed(required("account", in: fields)) { text throws(NameRefusal) in try AccountID(text) }
    guard let id, let account else { return nil }
    return Organization(id: id, account: account)
  }

  /// `people:`.
  mutating func people(_ value: Value?) -> [Person] {
    var declared = DeclaredNames<Slug>()
    var subjects = Subjects()
    return members(value).compactMap { member in
      guard let fields = self.fields(member, of: .person) else { return nil }
      let name = self.name(required("name", in: fields), kind: .person, in: &declared)
      let roles = self.roles(required("roles", in: fields))
      let projects = memberships(fields["projects"])
      let subject = fields["subject"].flatMap { self.subject($0) }
      if let first = subjects.take(subject, of: name, at: fields["subject"]?.span ?? fields.span) {
        errors.append(
          .duplicateEntry(
            .subject, subject ?? name?.text ?? "", at: fields["subject"]?.span ?? fields.span,
            firstDeclared: first))
      }
      guard let name else { return nil }
      return Person(name: name, roles: roles, projects: projects, subject: subject)
    }
  }

  /// What the provider calls people. Two whom it calls the same are one to it.
  private struct Subjects {
    private var taken: [String: (isWritten: Bool, place: Location)] = [:]

    /// Takes a person's subject, which is the name where none is written, or returns where it was taken before. Two
    /// people of one name are a mistake that is told elsewhere.
    mutating func take(_ subject: String?, of name: Slug?, at place: Location) -> Location? {
      guard let key = subject ?? name?.text else { return nil }
      if let first = taken[key] { return first.isWritten || subject != nil ? first.place : nil }
      taken[key] = (subject != nil, place)
      return nil
    }
  }

  private mutating func subject(_ value: Value) -> String? {
    parsed(value) { text throws(NameRefusal) in
      guard (1...255).contains(text.utf8.count),
        !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else {
        throw NameRefusal(
          kind: "subject", text: text, rule: "write 1 to 255 bytes without control characters")
      }
      return text
    }
  }

  private mutating func roles(_ value: Value?) -> [Person.Role] {
    var declared = DeclaredNames<String>()
    return members(value).compactMap { member in
      guard let role = choice(member, kind: "role", of: Person.Role.self) else { return nil }
      return take(role.rawValue, of: .role, at: member.span, in: &declared) ? role : nil
    }
  }

  private mutating func memberships(_ value: Value?) -> [Slug] {
    var declared = DeclaredNames<String>()
    return members(value).compactMap { member in
      guard let project = slug(member, kind: .project) else { return nil }
      references.append(Reference(project: project, span: member.span))
      return take(project.text, of: .project, at: member.span, in: &declared) ? project : nil
    }
  }

  /// A name in the spec's alphabet.
  mutating func slug(_ value: Value?, kind: SpecError.NameKind) -> Slug? {
    parsed(value) { text throws(NameRefusal) in try Slug(text, kind: "\(kind.rawValue) name") }
  }

  /// A name that no other of its kind has.
  mutating func name(
    _ value: Value?, kind: SpecError.NameKind, in declared: inout DeclaredNames<Slug>
  ) -> Slug? {
    guard let value, let name = slug(value, kind: kind) else { return nil }
    if let first = declared.take(name, at: value.span) {
      errors.append(.duplicateName(kind, name.text, at: value.span, firstDeclared: first))
    }
    return name
  }

  /// Takes an entry of a list; a second time is a mistake.
  mutating func take(
    _ name: String, of kind: SpecError.NameKind, at span: Location, in declared: inout DeclaredNames<String>
  ) -> Bool {
    guard let first = declared.take(name, at: span) else { return true }
    errors.append(.duplicateEntry(kind, name, at: span, firstDeclared: first))
    return false
  }
}
