public import CordonModel

/// An environment file that was understood: what it describes, and which of its lines open something.
public struct Specification: Sendable, Equatable {
  /// What the file describes.
  public let environment: Environment
  /// The lines that let something through which Cordon keeps shut by itself, in reading order.
  public let findings: [RouteFinding]
  /// Where things are declared: `egress`, `project NAME`, `bucket NAME`; absent for what a default supplies.
  public let places: [String: Location]

  /// Reads an environment file.
  ///
  /// - Parameters:
  ///   - text: The file's text.
  ///   - file: The file's name, as messages show it.
  ///   - folder: Where relative names in it are looked up.
  /// - Throws: Every mistake in it and in the policy files that it names.
  public init(_ text: String, file: String, folder: SpecFolder) throws(SpecErrors) {
    let source: SourceText
    do {
      source = try SourceText(text, file: file)
    } catch {
      throw SpecErrors([error], texts: [])
    }
    var reading = Reading(folder: folder)
    reading.texts = [source]
    let environment = reading.environment(source)
    guard reading.errors.isEmpty, let environment else {
      throw SpecErrors(reading.errors, texts: reading.texts)
    }
    self.environment = environment
    findings = reading.findings.sorted { $0.location < $1.location }
    places = reading.places
  }

  /// Reads an environment file from disk; what it names is looked up beside it.
  public static func load(_ path: String) throws(SpecErrors) -> Specification {
    let slash = path.lastIndex(of: "/")
    let folder = SpecFolder.onDisk(slash.map { String(path[...$0]) } ?? ".")
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let text: String
    do {
      text = try folder.text(folder.absolute(name))
    } catch {
      throw SpecErrors([.unreadable(path, because: "\(error)")], texts: [])
    }
    return try Specification(text, file: path, folder: folder)
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
  /// The whole file; nil, with at least one mistake noted, where no environment can be made of it.
  mutating func environment(_ source: SourceText) -> Environment? {
    let start = Location(file: source.file, line: 1, column: 1)
    guard let tree = YAMLTree.compose(source, errors: &errors) else {
      if errors.isEmpty {
        errors.append(
          .missingKey(
            "cordon", of: Section.environment.title, at: start, example: Section.environment.example("cordon")
          ))
      }
      return nil
    }
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
