import CordonModel

extension Reading {
  /// `projects[].workspaces:`.
  mutating func workspaces(
    _ value: Value?, project: Slug?, people: [Person], names: inout EnvironmentNames
  ) -> [Workspace] {
    var workspaces: [Workspace] = []
    for (index, member) in members(value).enumerated() {
      guard let fields = self.fields(member, of: .workspace) else { continue }
      let name = workspaceName(
        fields["name"], project: project, number: index + 1, at: member.span, names: &names)
      let limits = self.limits(fields["size"])
      let person = self.person(fields["person"], project: project, people: people)
      let notebook = self.notebook(fields["notebook"])
      guard let name else { continue }
      workspaces.append(Workspace(name: name, limits: limits, person: person, notebook: notebook))
    }
    return workspaces
  }

  /// The written name, or `PROJECT-NUMBER` by its place in the list.
  private mutating func workspaceName(
    _ value: Value?, project: Slug?, number: Int, at span: Location, names: inout EnvironmentNames
  ) -> Slug? {
    if let value { return name(value, kind: .workspace, in: &names.workspaces) }
    guard let project else { return nil }
    do {
      let name = try Slug("\(project)-\(number)", kind: "workspace name")
      if let first = names.workspaces.take(name, at: span) {
        errors.append(.duplicateName(.workspace, name.text, at: span, firstDeclared: first))
      }
      return name
    } catch {
      refuse(
        NameRefusal(
          kind: error.kind, text: error.text, rule: "it is too long; name the workspace with 'name:'"),
        at: span)
      return nil
    }
  }

  /// A named size, or limits one by one; what is left out is a small workspace's.
  mutating func limits(_ value: Value?) -> Workspace.Limits {
    let small = Workspace.Size.small.limits
    guard let value else { return small }
    guard case .mapping = value.tree else {
      return choice(value, kind: "size", of: Workspace.Size.self)?.limits ?? small
    }
    guard let fields = self.fields(value, of: .size) else { return small }
    let mebibyte = 1 << 20
    return Workspace.Limits(
      memory: size(fields["memory"], atLeast: 64 * mebibyte) ?? small.memory,
      cpuMillicores: parsed(fields["cpus"]) { text throws(NameRefusal) in try Quantity.cpus(text) }
        ?? small.cpuMillicores,
      processes: number(fields["processes"], in: 16...65_536, kind: "number of processes") ?? small.processes,
      disk: size(fields["disk"], atLeast: 16 * mebibyte) ?? small.disk)
  }

  mutating func size(_ value: Value?, atLeast least: Int) -> Int? {
    parsed(value) { text throws(NameRefusal) in
      let bytes = try Quantity.size(text)
      guard bytes >= least else {
        throw NameRefusal(kind: "size", text: text, rule: "write \(least >> 20) MiB or more")
      }
      return bytes
    }
  }

  /// Who works in a workspace: somebody of the file, and of the project.
  private mutating func person(_ value: Value?, project: Slug?, people: [Person]) -> Slug? {
    guard let value, let name = slug(value, kind: .person) else { return nil }
    guard let person = people.first(where: { $0.name == name }) else {
      errors.append(
        .unknownReference(
          .person, name.text, at: value.span,
          didYouMean: meant(by: name.text, among: people.map(\.name.text))))
      return nil
    }
    if let project, !person.projects.contains(project) {
      errors.append(.notAMember(person: name.text, project: project.text, at: value.span))
    }
    return name
  }
}
