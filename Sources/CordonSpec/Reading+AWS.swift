import CordonModel

extension Reading {
  /// `aws:`.
  mutating func aws(_ value: Value?, projects: [Project], people: [Person]) -> AWSRules? {
    guard let value, let fields = self.fields(value, of: .aws) else { return nil }
    let root = parsed(required("root", in: fields)) { text throws(NameRefusal) in
      try OrganizationTarget(text)
    }
    let written = required("offices", in: fields)
    let offices = self.offices(written)
    if let written, case .sequence(let members, _) = written.tree, members.isEmpty {
      refuse(
        NameRefusal(kind: "list of offices", text: "[]", rule: "list the ranges that may open the portal"),
        at: written.span)
    }
    let network = parsed(required("network", in: fields)) { text throws(NameRefusal) in
      try Self.network(text, projects: projects.count, apartFrom: offices)
    }
    let list = parsed(required("s3PrefixList", in: fields)) { text throws(NameRefusal) in
      try PrefixListID(text)
    }
    let notify = parsed(fields["notify"]) { text throws(NameRefusal) in try Self.mail(text) }
    let deployer = parsed(fields["deployer"]) { text throws(NameRefusal) in try Self.role(text) }
    let catalog = products(fields["catalog"])
    let breakGlass = self.breakGlass(fields["breakGlass"], projects: projects, people: people)
    let monitors = self.monitors(fields["monitors"], projects: projects)
    let mlflow = projectNames(fields["mlflow"], among: projects)
    let notebooks = notebookInstances(fields["notebooks"], projects: projects, people: people)
    let images = studioImages(fields["images"], projects: projects)
    let git = choice(fields["git"], kind: "git service", of: GitService.self)
    let remediation = isOn(fields["remediation"])
    let overspent = choice(fields["overspent"], kind: "answer to a spent budget", of: BudgetResponse.self)
    let tunnelRules = isOn(fields["tunnelRules"])
    guard let root, let network, let list else { return nil }
    var rules = AWSRules(
      root: root, offices: offices, network: network, s3PrefixList: list, notify: notify, deployer: deployer)
    rules.catalog = catalog
    rules.breakGlass = breakGlass
    rules.monitors = monitors
    rules.mlflow = mlflow
    rules.notebooks = notebooks
    rules.images = images
    rules.git = git ?? .none
    rules.remediation = remediation ?? false
    rules.overspent = overspent ?? .ask
    rules.tunnelRules = tunnelRules ?? false
    return rules
  }

  /// `catalog:`, each product once.
  private mutating func products(_ value: Value?) -> [CatalogProduct] {
    var declared = DeclaredNames<String>()
    return members(value).compactMap { member in
      guard let product = choice(member, kind: "product", of: CatalogProduct.self) else { return nil }
      return take(product.rawValue, of: .product, at: member.span, in: &declared) ? product : nil
    }
  }

  /// `offices:`, none within another: a range that is listed twice is one that somebody means to have removed.
  private mutating func offices(_ value: Value?) -> [AddressRange] {
    var offices: [AddressRange] = []
    for member in members(value) {
      let known = offices
      let office = parsed(member) { text throws(NameRefusal) in
        let range = try Self.office(text)
        guard let other = known.first(where: range.meets) else { return range }
        throw NameRefusal(
          kind: "range of its own", text: text, rule: "\(other) is listed too; write the wider one alone")
      }
      if let office { offices.append(office) }
    }
    return offices
  }

  /// The portal is opened from ranges of IPv4 that do not hold everybody.
  private static func office(_ text: String) throws(NameRefusal) -> AddressRange {
    let range = try AddressRange(text)
    guard range.first.isV4, range.length > 0 else {
      throw NameRefusal(
        kind: "range of an office", text: text, rule: "write one of IPv4 that is not the whole internet")
    }
    return range
  }

  /// Private addresses (RFC 1918), enough for one network a project and one for the browser.
  private static func network(
    _ text: String, projects: Int, apartFrom offices: [AddressRange]
  ) throws(NameRefusal) -> AddressRange {
    let range = try AddressRange(text)
    let homes = try ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map { home throws(NameRefusal) in
      try AddressRange(home)
    }
    guard homes.contains(where: { $0.contains(range.first) && $0.length <= range.length }) else {
      throw NameRefusal(
        kind: "private network", text: text,
        rule: "write a range within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
    }
    guard range.part(projects, length: AWSRules.networkLength) != nil else {
      throw NameRefusal(
        kind: "network for \(projects) projects and the browser", text: text,
        rule: "each takes a /\(AWSRules.networkLength), so write a larger range")
    }
    if let office = offices.first(where: range.meets) {
      throw NameRefusal(
        kind: "network of its own", text: text, rule: "the office \(office) is in it; write another")
    }
    return range
  }

  /// A role's name, without the wildcards that an ARN in a condition would follow.
  private static func role(_ text: String) throws(NameRefusal) -> String {
    let marks = Set("+=,.@_-".utf8)
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || marks.contains(byte)
    }
    guard (1...64).contains(text.utf8.count), isPlain else {
      throw NameRefusal(
        kind: "role name", text: text, rule: "write the name alone, 1 to 64 letters, digits and + = , . @ _ -"
      )
    }
    return text
  }

  private static func mail(_ text: String) throws(NameRefusal) -> String {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty }), (3...50).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw NameRefusal(kind: "mail address", text: text, rule: "write one of at most 50 characters")
    }
    return text
  }
}

extension AddressRange {
  /// Whether an address is in both.
  fileprivate func meets(_ other: AddressRange) -> Bool {
    contains(other.first) || other.contains(first)
  }
}
