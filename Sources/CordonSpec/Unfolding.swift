import CordonModel

/// A file taken apart before it is read: tiers and defaults written into the projects that have them, and one tree for each
/// account.
///
/// Every value keeps its place, so that a mistake in a tier is shown once, in the tier. A few lines can stand for many, so
/// what they unfold to has a bound of its own.
struct Unfolding {
  /// How many values all environments of a file may hold together.
  static let mostValues = 4 * YAMLTree.mostValues
  /// How many accounts a file may describe.
  static let mostAccounts = 500

  /// One environment of the file.
  struct Part {
    /// The account's name; nil where the file describes one account.
    var account: Slug?
    var tree: YAMLTree
  }

  private let entries: [YAMLTree.Entry]
  private let place: Location

  private init(_ entries: [YAMLTree.Entry], at place: Location) {
    self.entries = entries
    self.place = place
  }

  /// The environments of a file.
  static func parts(of tree: YAMLTree, _ reading: inout Reading) -> [Part] {
    guard case .mapping(let entries, let place) = tree else { return [Part(account: nil, tree: tree)] }
    let file = Unfolding(entries, at: place)
    let before = reading.errors.count
    var sets = file.sets(&reading)
    // What cannot be is said once, and written into no project.
    if reading.errors.count > before { sets.removeContents() }
    guard let accounts = entries["accounts"] else {
      let tree = YAMLTree.mapping(file.common.map { sets.written(into: $0, &reading) }, at: place)
      var room = mostValues
      guard tree.fits(&room) else {
        reading.errors.append(.tooLarge(.unfolded(mostValues), at: place))
        return []
      }
      return [Part(account: nil, tree: tree)]
    }
    return file.accounts(accounts, sets, &reading)
  }

  /// The lines that no account changes.
  private var common: [YAMLTree.Entry] {
    entries.filter { !["accounts", "tiers", "defaults"].contains($0.key) }
  }

  // MARK: Accounts

  private func accounts(
    _ value: YAMLTree, _ sets: ProjectSets, _ reading: inout Reading
  ) -> [Part] {
    if let projects = entries.entry("projects") {
      reading.errors.append(
        .misplaced("projects", at: projects.keySpan, instead: "write them under the account that has them"))
    }
    if case .mapping(let own, _)? = entries["organization"], let account = own.entry("account") {
      reading.errors.append(
        .misplaced("organization.account", at: account.keySpan, instead: "each of 'accounts' has its own"))
    }
    var names = DeclaredNames<Slug>()
    var numbers = DeclaredNames<String>()
    var taken = Taken()
    let members = reading.members(Reading.Value(label: "'accounts'", tree: value))
    if members.isEmpty {
      reading.refuse(
        NameRefusal(kind: "list of accounts", text: "[]", rule: "list one, or leave 'accounts' out"),
        at: value.span)
    }
    guard members.count <= Self.mostAccounts else {
      reading.errors.append(.tooLarge(.accounts(Self.mostAccounts), at: value.span))
      return []
    }
    let projects = Set(members.flatMap { Self.projectNames(of: $0.tree) })
    var room = Self.mostValues
    return members.compactMap { member in
      guard room > 0, let fields = reading.fields(member, of: .account),
        case .mapping(let own, _) = member.tree
      else { return nil }
      let name = reading.name(reading.required("name", in: fields), kind: .account, in: &names)
      guard let number = reading.required("account", in: fields) else { return nil }
      if case .scalar(let text, _, let at) = number.tree, let first = numbers.take(text, at: at) {
        reading.errors.append(.duplicateEntry(.account, text, at: at, firstDeclared: first))
      }
      taken.check(own["projects"], &reading)
      guard let name else { return nil }
      let lines = self.tree(of: own, name: name, number: number.tree, everywhere: projects)
      let tree = YAMLTree.mapping(lines.map { sets.written(into: $0, &reading) }, at: member.span)
      guard tree.fits(&room) else {
        reading.errors.append(.tooLarge(.unfolded(Self.mostValues), at: value.span))
        return nil
      }
      return Part(account: name, tree: tree)
    }
  }

  /// The file as one account has it: what the account writes goes before what the file writes.
  private func tree(
    of own: [YAMLTree.Entry], name: Slug, number: YAMLTree, everywhere: Set<String>
  ) -> [YAMLTree.Entry] {
    var tree = common.map { entry in
      var entry = entry
      switch (entry.key, entry.value) {
      case ("name", .scalar(let text, _, let at)):
        entry.value = .scalar("\(text)-\(name)", isPlain: true, at: at)
      case ("organization", .mapping(let known, let at)):
        let account = YAMLTree.Entry(key: "account", keySpan: number.span, value: number)
        entry.value = .mapping(known.filter { $0.key != "account" } + [account], at: at)
      default: break
      }
      return entry
    }
    tree = YAMLTree.merged(tree, own.filter { !["name", "account"].contains($0.key) })
    let here = Set(own["projects"].map(Self.projects)?.compactMap(\.name) ?? [])
    return tree.map { entry in
      var entry = entry
      // People whom the account lists itself are left as they are: a project that is not its own is a mistake there.
      if entry.key == "people", own["people"] == nil {
        entry.value = Self.people(entry.value, in: here, of: everywhere)
      }
      if entry.key == "aws", case .mapping(let rules, let at) = entry.value, rules["root"] == nil {
        // The guardrails of each account hang on that account: a root takes no more than five policies.
        entry.value = .mapping(
          rules + [YAMLTree.Entry(key: "root", keySpan: number.span, value: number)], at: at)
      }
      return entry
    }
  }

  /// People of the whole file, as one account has them: with their projects there, and without those who have projects in
  /// other accounts alone. A project that no account has stays, and is a mistake of the reader's to tell.
  private static func people(_ value: YAMLTree, in here: Set<String>, of everywhere: Set<String>) -> YAMLTree
  {
    guard case .sequence(let members, let place) = value else { return value }
    let kept = members.compactMap { member -> YAMLTree? in
      guard case .mapping(var entries, let at) = member,
        let index = entries.firstIndex(where: { $0.key == "projects" }),
        case .sequence(let projects, let listed) = entries[index].value
      else { return member }
      let own = projects.filter { project in
        guard case .scalar(let name, _, _) = project else { return true }
        return here.contains(name) || !everywhere.contains(name)
      }
      guard !own.isEmpty || projects.isEmpty else { return nil }
      entries[index].value = .sequence(own, at: listed)
      return .mapping(entries, at: at)
    }
    return .sequence(kept, at: place)
  }

  private static func projectNames(of account: YAMLTree) -> [String] {
    guard case .mapping(let entries, _) = account else { return [] }
    return entries["projects"].map(projects)?.compactMap(\.name) ?? []
  }

  /// What is one in the whole file: projects, because people name them, and buckets, because S3 has one of a name.
  private struct Taken {
    private var projects = DeclaredNames<String>()
    private var buckets = DeclaredNames<String>()

    mutating func check(_ value: YAMLTree?, _ reading: inout Reading) {
      for project in value.map(Unfolding.projects) ?? [] {
        if let name = project.name, let at = project.place, let first = projects.take(name, at: at),
          // Twice in one account is told by the reader of that account.
          project.place != first
        {
          reading.errors.append(.duplicateName(.project, name, at: at, firstDeclared: first))
        }
        for bucket in project.buckets {
          guard case .scalar(let name, _, let at) = bucket, let first = buckets.take(name, at: at) else {
            continue
          }
          reading.errors.append(.overlappingBucket(name, at: at, firstDeclared: first))
        }
      }
    }
  }

  /// What stands in a list of projects, before anything of it is checked.
  fileprivate struct Sketch {
    var name: String?
    var place: Location?
    var buckets: [YAMLTree] = []
  }

  fileprivate static func projects(_ value: YAMLTree) -> [Sketch] {
    guard case .sequence(let members, _) = value else { return [] }
    return members.compactMap { member in
      guard case .mapping(let entries, _) = member else { return nil }
      var sketch = Sketch()
      if case .scalar(let name, _, let at)? = entries["name"] { (sketch.name, sketch.place) = (name, at) }
      if case .sequence(let data, _)? = entries["data"] {
        sketch.buckets = data.compactMap { bucket in
          guard case .mapping(let entries, _) = bucket else { return nil }
          return entries["bucket"]
        }
      }
      if let store = entries["store"] { sketch.buckets.append(store) }
      return sketch
    }
  }

  // MARK: Tiers

  private func sets(_ reading: inout Reading) -> ProjectSets {
    var sets = ProjectSets()
    if let value = entries["defaults"] {
      let value = Reading.Value(label: "'defaults'", tree: value)
      if let fields = reading.fields(value, of: .defaults) {
        reading.checkSet(fields, workspace: .defaultWorkspace)
        if case .mapping(let entries, _) = value.tree { sets.defaults = entries }
      }
    }
    var names = DeclaredNames<Slug>()
    for member in reading.members(entries["tiers"].map { Reading.Value(label: "'tiers'", tree: $0) }) {
      guard let fields = reading.fields(member, of: .tier),
        let name = reading.name(reading.required("name", in: fields), kind: .tier, in: &names),
        case .mapping(let entries, _) = member.tree
      else { continue }
      reading.checkSet(fields, workspace: .tierWorkspace)
      sets.tiers[name.text] = entries.filter { $0.key != "name" }
    }
    return sets
  }
}

/// What projects have without writing it.
private struct ProjectSets {
  var defaults: [YAMLTree.Entry] = []
  var tiers: [String: [YAMLTree.Entry]] = [:]

  /// Keeps the names, so that a tier of a known name is no second mistake.
  mutating func removeContents() {
    defaults = []
    tiers = tiers.mapValues { _ in [] }
  }

  /// The entry, with its projects whole where it lists projects.
  func written(into entry: YAMLTree.Entry, _ reading: inout Reading) -> YAMLTree.Entry {
    guard entry.key == "projects", case .sequence(let members, let place) = entry.value else { return entry }
    var entry = entry
    entry.value = .sequence(members.map { written(into: $0, &reading) }, at: place)
    return entry
  }

  private func written(into project: YAMLTree, _ reading: inout Reading) -> YAMLTree {
    guard case .mapping(var own, let place) = project else { return project }
    var set = defaults
    if let tier = own.entry("tier") {
      own.removeAll { $0.key == "tier" }
      let value = Reading.Value(label: "'tier'", tree: tier.value)
      if let name = reading.slug(value, kind: .tier) {
        if let known = tiers[name.text] {
          set = YAMLTree.merged(set, known)
        } else {
          reading.errors.append(
            .unknownReference(
              .tier, name.text, at: value.span,
              didYouMean: reading.meant(by: name.text, among: tiers.keys.sorted())))
        }
      }
    }
    let workspace = set["workspace"]
    var whole = YAMLTree.merged(set.filter { $0.key != "workspace" }, own)
    if case .mapping(let common, _)? = workspace,
      let index = whole.firstIndex(where: { $0.key == "workspaces" }),
      case .sequence(let members, let listed) = whole[index].value
    {
      whole[index].value = .sequence(
        members.map { member in
          guard case .mapping(let entries, let at) = member else { return member }
          return .mapping(YAMLTree.merged(common, entries), at: at)
        }, at: listed)
    }
    return .mapping(whole, at: place)
  }
}

extension YAMLTree {
  /// Takes the room of all values in it, and says whether there was enough.
  func fits(_ room: inout Int) -> Bool {
    room -= 1
    guard room > 0 else { return false }
    switch self {
    case .scalar: return true
    case .sequence(let members, _):
      for member in members where !member.fits(&room) { return false }
    case .mapping(let entries, _):
      for entry in entries where !entry.value.fits(&room) { return false }
    }
    return true
  }

  /// Two mappings as one: what `over` writes replaces what `base` writes, but mappings are merged key by key.
  static func merged(_ base: [Entry], _ over: [Entry]) -> [Entry] {
    var merged = base
    for entry in over {
      guard let index = merged.firstIndex(where: { $0.key == entry.key }) else {
        merged.append(entry)
        continue
      }
      guard case .mapping(let below, _) = merged[index].value, case .mapping(let above, let at) = entry.value
      else {
        merged[index] = entry
        continue
      }
      merged[index] = Entry(
        key: entry.key, keySpan: entry.keySpan, value: .mapping(Self.merged(below, above), at: at))
    }
    return merged
  }
}

extension [YAMLTree.Entry] {
  fileprivate func entry(_ key: String) -> YAMLTree.Entry? { first { $0.key == key } }
  fileprivate subscript(_ key: String) -> YAMLTree? { entry(key)?.value }
}
