import CordonModel

extension Reading {
  /// `aws.notebooks:`.
  mutating func notebookInstances(
    _ value: Value?, projects: [Project], people: [Person]
  ) -> [NotebookInstance] {
    var taken = DeclaredNames<String>()
    return members(value).compactMap { member -> NotebookInstance? in
      guard let fields = self.fields(member, of: .notebookInstance) else { return nil }
      let project = known(required("project", in: fields), of: .project, among: projects.map(\.name))
      let personValue = required("person", in: fields)
      let person = known(personValue, of: .person, among: people.map(\.name))
      let size = choice(fields["size"], kind: "size", of: NotebookInstance.Size.self)
      guard let project, let person, let personValue else { return nil }
      if let member = people.first(where: { $0.name == person }), !member.projects.contains(project) {
        errors.append(.notAMember(person: person.text, project: project.text, at: personValue.span))
      }
      guard take("\(project)/\(person)", of: .person, at: personValue.span, in: &taken) else { return nil }
      return NotebookInstance(project: project, person: person, size: size ?? .small)
    }
  }

  /// `aws.images:`.
  mutating func studioImages(_ value: Value?, projects: [Project]) -> [StudioImage] {
    var declared = DeclaredNames<Slug>()
    return members(value).compactMap { member -> StudioImage? in
      guard let fields = self.fields(member, of: .studioImage) else { return nil }
      let project = known(required("project", in: fields), of: .project, among: projects.map(\.name))
      let name = self.name(required("name", in: fields), kind: .image, in: &declared)
      let tag = parsed(required("tag", in: fields)) { text throws(NameRefusal) in try Self.tag(text) }
      guard let project, let name, let tag else { return nil }
      return StudioImage(project: project, name: name, tag: tag)
    }
  }

  /// A tag of an image: letters, digits, `_`, `.` and `-`, as registries take them.
  private static func tag(_ text: String) throws(NameRefusal) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "_.-".utf8.contains(byte)
    }
    guard (1...128).contains(text.utf8.count), isPlain, text.first != ".", text.first != "-" else {
      throw NameRefusal(kind: "tag", text: text, rule: "write one like 2027-03-31")
    }
    return text
  }
}
