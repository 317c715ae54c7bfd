import CordonModel

/// Names that are one in the whole environment.
struct EnvironmentNames {
  var projects = DeclaredNames<Slug>()
  var buckets = DeclaredNames<BucketName>()
  var workspaces = DeclaredNames<Slug>()
}

extension Reading {
  /// `projects:`.
  mutating func projects(
    _ value: Value?, environment: Slug?, people: [Person], names: inout EnvironmentNames
  ) -> [Project] {
    var projects: [Project] = []
    for member in members(value) {
      guard let fields = self.fields(member, of: .project) else { continue }
      let nameValue = required("name", in: fields)
      let name = self.name(nameValue, kind: .project, in: &names.projects)
      var buckets = members(fields["data"]).compactMap { bucket($0, names: &names) }
      let store = self.store(
        fields["store"], environment: environment, project: nameValue, name: name, names: &names)
      if let store { buckets.append(Bucket(name: store)) }
      let workspaces = self.workspaces(fields["workspaces"], project: name, people: people, names: &names)
      let storage = self.storage(fields["storage"])
      let jobs = self.jobs(fields["jobs"])
      let budget = fields["budget"].flatMap { self.budget($0) }
      guard let name, let store else { continue }
      places["project \(name)"] = nameValue?.span
      var project = Project(name: name, buckets: buckets, store: store, workspaces: workspaces)
      project.storage = storage
      project.jobs = jobs
      project.budget = budget
      projects.append(project)
    }
    return projects
  }

  private mutating func bucket(_ value: Value, names: inout EnvironmentNames) -> Bucket? {
    guard let fields = self.fields(value, of: .bucket) else { return nil }
    let name = bucketName(required("bucket", in: fields), names: &names)
    let seed = self.seed(fields["from"])
    let readOnly = isOn(fields["readOnly"]) ?? false
    let versioned = isOn(fields["versioned"]) ?? true
    return name.map { Bucket(name: $0, seed: seed, readOnly: readOnly, versioned: versioned) }
  }

  private mutating func bucketName(_ value: Value?, names: inout EnvironmentNames) -> BucketName? {
    guard let value,
      let name = parsed(value, { text throws(NameRefusal) in try BucketName(text) })
    else { return nil }
    take(name, at: value.span, names: &names)
    return name
  }

  private mutating func take(_ name: BucketName, at span: Location, names: inout EnvironmentNames) {
    guard let first = names.buckets.take(name, at: span) else {
      places["bucket \(name)"] = span
      return
    }
    errors.append(.overlappingBucket(name.text, at: span, firstDeclared: first))
  }

  /// What a bucket starts with, as an absolute path.
  private mutating func seed(_ value: Value?) -> String? {
    guard let value, let text = path(value) else { return nil }
    let path = folder.absolute(text)
    guard folder.has(path) else {
      errors.append(.missingFile(Self.clipped(text), at: value.span))
      return nil
    }
    return path
  }

  /// The project's own bucket: named, or `ENVIRONMENT-PROJECT-store`.
  private mutating func store(
    _ value: Value?, environment: Slug?, project: Value?, name: Slug?, names: inout EnvironmentNames
  ) -> BucketName? {
    if let value { return bucketName(value, names: &names) }
    guard let environment, let project, let name else { return nil }
    do {
      let store = try BucketName("\(environment)-\(name)-store")
      take(store, at: project.span, names: &names)
      return store
    } catch {
      refuse(
        NameRefusal(
          kind: error.kind, text: error.text, rule: "it is too long; name the bucket with 'store:'"),
        at: project.span)
      return nil
    }
  }

  /// How much the buckets may hold; what is left out is the default.
  mutating func storage(_ value: Value?) -> StorageRules {
    let standard = StorageRules()
    guard let value, let fields = self.fields(value, of: .storage) else { return standard }
    return StorageRules(
      limit: size(fields["limit"], atLeast: 1 << 20) ?? standard.limit,
      entries: number(fields["entries"], in: 100...100_000_000, kind: "number of entries")
        ?? standard.entries,
      keepVersions: keepVersions(fields["keepVersions"], standard: standard.keepVersions))
  }

  /// How long versions that were replaced or deleted are kept; nil is for good.
  private mutating func keepVersions(_ value: Value?, standard: Int?) -> Int? {
    guard let value else { return standard }
    if case .scalar("forever", _, _) = value.tree { return nil }
    return duration(value, atLeast: 86_400) ?? standard
  }

  mutating func jobs(_ value: Value?) -> JobRules {
    guard let value, let fields = self.fields(value, of: .jobs) else { return JobRules() }
    let isolation = choice(
      fields["networkIsolation"], kind: "network isolation", of: JobRules.NetworkIsolation.self)
    return JobRules(networkIsolation: isolation ?? .required)
  }

  mutating func budget(_ value: Value) -> Budget? {
    guard let fields = self.fields(value, of: .budget) else { return nil }
    let monthly = parsed(required("monthly", in: fields)) { text throws(NameRefusal) in
      try Quantity.money(text)
    }
    var declared = DeclaredNames<String>()
    var alerts: [Int] = []
    for member in members(fields["alerts"]) {
      let share = parsed(member) { text throws(NameRefusal) in try Quantity.percent(text) }
      guard let share, take("\(share)%", of: .alert, at: member.span, in: &declared) else { continue }
      alerts.append(share)
    }
    return monthly.map { Budget(monthly: $0, alerts: alerts.sorted()) }
  }

  /// Whether what a tier or the defaults say can be: also of one that no project has.
  mutating func checkSet(_ fields: Fields, workspace section: Section) {
    _ = storage(fields["storage"])
    _ = jobs(fields["jobs"])
    _ = fields["budget"].flatMap { budget($0) }
    guard let value = fields["workspace"], let workspace = self.fields(value, of: section) else { return }
    _ = limits(workspace["size"])
    _ = notebook(workspace["notebook"])
  }
}
