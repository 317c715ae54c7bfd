public import CordonModel
import CordonPolicy

/// An environment file that was understood: what it describes, and which of its lines open something.
public struct Specification: Sendable, Equatable {
  /// What the file describes.
  public let environment: Environment
  /// The lines that let something through which Cordon keeps shut by itself, in reading order.
  public let findings: [RouteFinding]
  /// Where things are declared: `egress`, `project NAME`, `bucket NAME`; absent for what a default supplies.
  public let places: [String: Location]
  /// What the file calls the account; nil where it describes one.
  public let account: Slug?

  /// Reads an environment file that describes one account, or one account of it.
  ///
  /// - Parameters:
  ///   - text: The file's text.
  ///   - file: The file's name, as messages show it.
  ///   - folder: Where relative names in it are looked up.
  ///   - account: Which of the file's accounts is meant; nil where it describes one.
  /// - Throws: Every mistake in it and in the policy files that it names.
  public init(
    _ text: String, file: String, folder: SpecFolder, account: String? = nil
  ) throws(SpecErrors) {
    self = try Self.one(of: Self.every(text, file: file, folder: folder), account, file: file)
  }

  private init(_ environment: Environment, account: Slug?, _ reading: Reading) {
    self.environment = environment
    self.account = account
    findings = reading.findings.sorted { $0.location < $1.location }
    places = reading.places
  }

  /// Every account that a file describes, in its order; one without a name where it has no `accounts`.
  ///
  /// - Throws: Every mistake in any of them.
  public static func every(
    _ text: String, file: String, folder: SpecFolder
  ) throws(SpecErrors) -> [Specification] {
    let source: SourceText
    do {
      source = try SourceText(text, file: file)
    } catch {
      throw SpecErrors([error], texts: [])
    }
    var reading = Reading(folder: folder)
    reading.texts = [source]
    let tree = reading.tree(source)
    let parts = tree.map { Unfolding.parts(of: $0, &reading) } ?? []
    // Each account is read by itself; what several of them have in common is said once.
    var (errors, texts) = (reading.errors, reading.texts)
    var specifications: [Specification] = []
    for part in parts {
      var own = Reading(folder: folder)
      own.texts = [source]
      let environment = own.environment(part.tree, in: source)
      errors += own.errors
      texts += own.texts.dropFirst()
      if let environment, own.errors.isEmpty {
        specifications.append(Specification(environment, account: part.account, own))
      }
    }
    guard errors.isEmpty, !specifications.isEmpty else { throw SpecErrors(errors, texts: texts) }
    return specifications
  }

  private static func one(
    of specifications: [Specification], _ account: String?, file: String
  ) throws(SpecErrors) -> Specification {
    let start = Location(file: file, line: 1, column: 1)
    let names = specifications.compactMap(\.account?.text)
    if let account {
      if let one = specifications.first(where: { $0.account?.text == account }) { return one }
      throw SpecErrors(
        [
          .unknownReference(
            .account, Reading.clipped(account), at: start,
            didYouMean: Spelling.nearest(to: account, among: names))
        ], texts: [])
    }
    guard let only = specifications.first, only.account == nil else {
      throw SpecErrors([.severalAccounts(names, at: start)], texts: [])
    }
    return only
  }

  /// Reads an environment file from disk; what it names is looked up beside it.
  public static func load(_ path: String, account: String? = nil) throws(SpecErrors) -> Specification {
    try one(of: loadEvery(path), account, file: path)
  }

  /// Reads every account of an environment file on disk.
  public static func loadEvery(_ path: String) throws(SpecErrors) -> [Specification] {
    let slash = path.lastIndex(of: "/")
    let folder = SpecFolder.onDisk(slash.map { String(path[...$0]) } ?? ".")
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let text: String
    do {
      text = try folder.text(folder.absolute(name))
    } catch {
      throw SpecErrors([.unreadable(path, because: "\(error)")], texts: [])
    }
    return try every(text, file: path, folder: folder)
  }

  /// The environment that a text describes; `folder` is on this machine's disk.
  public static func parse(_ text: String, file: String, folder: String) throws(SpecErrors) -> Environment {
    try Specification(text, file: file, folder: .onDisk(folder)).environment
  }

  /// Every key that an environment file can have, e.g. `projects[].data[].readOnly`, in the order of the reference.
  public static var acceptedKeys: [String] {
    Section.allCases.flatMap { section in section.keys.map(section.path) }
  }
}

extension Reading {
  /// The file's values; nil, with at least one mistake noted, where it has none.
  mutating func tree(_ source: SourceText) -> YAMLTree? {
    if let tree = YAMLTree.compose(source, errors: &errors) { return tree }
    if errors.isEmpty {
      errors.append(
        .missingKey(
          "cordon", of: Section.environment.title, at: Location(file: source.file, line: 1, column: 1),
          example: Section.environment.example("cordon")))
    }
    return nil
  }

  /// One environment; nil, with at least one mistake noted, where none can be made of the values.
  mutating func environment(_ tree: YAMLTree, in source: SourceText) -> Environment? {
    let start = Location(file: source.file, line: 1, column: 1)
    guard let fields = self.fields(Value(label: Section.environment.title, tree: tree), of: .environment)
    else { return nil }
    for key in Section.environment.keys { places[key] = fields[key]?.span }
    version(required("cordon", in: fields))
    let name = parsed(required("name", in: fields)) { text throws(NameRefusal) in
      try Slug(text, kind: "environment name")
    }
    let organization = required("organization", in: fields).flatMap { self.organization($0) }
    let region = parsed(required("region", in: fields)) { text throws(NameRefusal) in try Region(text) }
    let parts = self.parts(fields, name: name, region: region)
    guard let name, let organization, let region else { return nil }
    var environment = Environment(name: name, organization: organization, region: region)
    parts.move(into: &environment)
    if errors.isEmpty { checkPolicies(of: environment, at: fields["policies"]?.span ?? start) }
    return environment
  }

  private mutating func version(_ value: Value?) {
    guard let value, let text = self.text(value), text != "1" else { return }
    errors.append(.unsupportedVersion(Self.clipped(text), at: value.span))
  }

  /// Everything that an environment can do without.
  private struct Parts {
    var people: [Person]
    var portal: PortalRules?
    var browser: BrowserRules
    var hosts: [AllowedHost]
    var pypi: PyPIRules?
    var projects: [Project]
    var own: OwnPolicies
    var missing: Set<String>
    var aws: AWSRules?

    func move(into environment: inout Environment) {
      environment.people = people
      environment.portal = portal
      environment.browser = browser
      environment.allowedHosts = hosts
      environment.pypi = pypi
      environment.projects = projects
      environment.ownPolicies = own
      environment.acceptedMissingMechanisms = missing
      environment.aws = aws
    }
  }

  private mutating func parts(_ fields: Fields, name: Slug?, region: Region?) -> Parts {
    var names = EnvironmentNames()
    let people = self.people(fields["people"])
    let portal = self.portal(fields["portal"])
    let browser = self.browser(fields["browser"], region: region)
    let hosts = allowedHosts(fields["egress"], region: region)
    let pypi = self.pypi(fields["packages"])
    let projects = self.projects(fields["projects"], environment: name, people: people, names: &names)
    let own = ownPolicies(fields["policies"], names: names)
    let missing = acceptedMissing(fields["sandbox"])
    let aws = self.aws(fields["aws"], projects: projects, people: people)
    checkReferences(names)
    return Parts(
      people: people, portal: portal, browser: browser, hosts: hosts, pypi: pypi, projects: projects,
      own: own,
      missing: missing, aws: aws)
  }

  private mutating func checkReferences(_ names: EnvironmentNames) {
    for reference in references where !names.projects.contains(reference.project) {
      errors.append(
        .unknownReference(
          .project, reference.project.text, at: reference.span,
          didYouMean: meant(by: reference.project.text, among: names.projects.names.map(\.text).sorted())))
    }
  }

  /// `sandbox:`.
  private mutating func acceptedMissing(_ value: Value?) -> Set<String> {
    guard let value, let fields = self.fields(value, of: .sandbox) else { return [] }
    var declared = DeclaredNames<String>()
    let mechanisms = members(fields["without"]).compactMap { member -> String? in
      guard let mechanism = choice(member, kind: "mechanism", of: SandboxMechanism.self),
        take(mechanism.rawValue, of: .mechanism, at: member.span, in: &declared)
      else { return nil }
      findings.append(RouteFinding(.missingMechanism, of: mechanism.rawValue, on: nil, at: member.span))
      return mechanism.rawValue
    }
    return Set(mechanisms)
  }
}
