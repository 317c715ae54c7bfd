import CordonModel

extension Reading {
  /// `aws.monitors:`.
  mutating func monitors(_ value: Value?, projects: [Project]) -> [Monitor] {
    var declared = DeclaredNames<Slug>()
    return members(value).compactMap { member in
      guard let fields = self.fields(member, of: .monitor) else { return nil }
      let project = known(required("project", in: fields), of: .project, among: projects.map(\.name))
      let endpoint = name(required("endpoint", in: fields), kind: .endpoint, in: &declared)
      let kinds = self.kinds(required("watch", in: fields))
      let every = choice(fields["every"], kind: "interval", of: Monitor.Interval.self)
      let problem = choice(fields["problem"], kind: "problem", of: Monitor.Problem.self)
      guard let project, let endpoint, !kinds.isEmpty else { return nil }
      places["monitor \(endpoint)"] = fields.span
      return Monitor(
        project: project, endpoint: endpoint, kinds: kinds, every: every ?? .day, problem: problem ?? .binary)
    }
  }

  private mutating func kinds(_ value: Value?) -> [Monitor.Kind] {
    if let value, case .sequence(let list, _) = value.tree, list.isEmpty {
      refuse(
        NameRefusal(kind: "list of what is watched", text: "[]", rule: "name what is looked at"),
        at: value.span)
    }
    var taken = DeclaredNames<String>()
    return members(value).compactMap { member in
      guard let kind = choice(member, kind: "monitor", of: Monitor.Kind.self) else { return nil }
      return take(kind.rawValue, of: .monitor, at: member.span, in: &taken) ? kind : nil
    }
  }

  /// Projects that a list names, each once.
  mutating func projectNames(_ value: Value?, among projects: [Project]) -> [Slug] {
    var taken = DeclaredNames<String>()
    return members(value).compactMap { member in
      guard let name = known(member, of: .project, among: projects.map(\.name)) else { return nil }
      return take(name.text, of: .project, at: member.span, in: &taken) ? name : nil
    }
  }
}
