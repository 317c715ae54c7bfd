import ArgumentParser
import CordonDrill
import CordonModel
import CordonPolicy
import CordonRuntime
import CordonSpec

/// Prints the IAM documents that the spec's lines stand for.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Print the IAM documents that the gateway enforces.",
    discussion: """
      Without a name it lists every document. With one it prints the document, or every document under that name.

        cordon explain --spec cordon.yaml
        cordon explain --spec cordon.yaml endpoint/diagnosis/s3
        cordon explain --spec cordon.yaml bucket
      """)

  @Option(help: "The environment's cordon.yaml.")
  var spec = "cordon.yaml"

  @Argument(help: "A document's name or the beginning of one, or a route such as dns-label.")
  var name: String?

  @OptionGroup var account: AccountOption

  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() throws {
    let environment = try SpecFile.read(spec, account: account)
    let lock = try SpecFile.lock(beside: spec)
    let documents = try CompiledPolicies(environment, lock: lock).titled
    guard let name else {
      if format == .json { return try Console.json(documents.map(\.title)) }
      return documents.forEach { print($0.title) }
    }
    let route = RouteExplanation(name)
    let wanted = route?.documents ?? [name]
    let found = documents.filter { document in
      wanted.contains {
        document.title == $0 || document.title.hasPrefix($0 + "/") || Self.matches(document.title, $0)
      }
    }
    guard !found.isEmpty || route != nil else {
      throw Failure("no policy or route is called '\(name)'; list them with: cordon explain --spec \(spec)")
    }
    if format == .json {
      let joined = found.map { "{\"title\":\"\($0.title)\",\"document\":\($0.document.json)}" }
      return print("[\(joined.joined(separator: ","))]")
    }
    if let route { print(route.text + "\n") }
    for document in found {
      print("# \(document.title)")
      if let note = Self.note(document, environment, lock) { print(note) }
      print("\(document.document.indentedJSON)\n")
    }
  }

  /// What the documents of the package endpoint cannot say by themselves.
  private static func note(
    _ titled: CompiledPolicies.Titled, _ environment: Environment, _ lock: PackageLock?
  ) -> String? {
    let parts = titled.title.split(separator: "/")
    guard parts.count >= 3, parts[0] == "endpoint", parts[2] == "packages",
      !parts.contains(where: { $0.hasPrefix("own-") })
    else { return nil }
    guard let rules = environment.pypi else { return "# the spec lists no packages" }
    if let lock {
      return
        "# \(lock.served(by: rules).count) packages of \(PackageLockFile.name), \(rules.allow.count) of them listed"
    }
    guard rules.withDependencies else {
      return "# \(rules.allow.count) listed packages, without what they need"
    }
    return """
      # listed: \(rules.allow.joined(separator: ", "))
      # what these need is not known before a lock names it: until then any name passes this policy, and the mirror alone
      # holds the list, which it learns from the wheels that it serves; to have it here, run: cordon packages lock
      """
  }

  /// `endpoint/*/dns` names one kind of door in every project.
  private static func matches(_ title: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return false }
    return title.hasPrefix(parts[0]) && title.hasSuffix(parts[1])
  }
}

/// What closes a route: the words of the attack that walks it, and the documents that take part.
struct RouteExplanation {
  /// What is said of the route.
  let text: String
  /// Titles of documents, or patterns of titles; none where no document but the sandbox closes it.
  let documents: [String]

  /// - Parameter name: A route's name, as `cordon attack` and `cordon ledger show` print it.
  init?(_ name: String) {
    documents = Self.documents(name)
    if let attack = AttackTable.all.first(where: { $0.id == name }) {
      text = "# route \(name) (\(attack.path.rawValue)): \(attack.title)\n# closed by: \(attack.closedBy)"
    } else if let route = AttackTable.notYetCovered.first(where: { $0.route == name }) {
      text = "# route \(name) (\(route.path.rawValue)): \(route.title)\n# not yet covered"
    } else if !documents.isEmpty {
      text = "# route \(name)"
    } else {
      return nil
    }
  }

  private static func documents(_ route: String) -> [String] {
    let byBeginning: [(beginnings: [String], documents: [String])] = [
      (["dns"], ["endpoint/*/dns"]),
      (["s3", "presigned"], ["endpoint/*/s3", "bucket", "organization"]),
      (["sts"], ["endpoint/*/sts", "organization"]),
      (["package", "mirror"], ["endpoint/*/packages"]),
      (["connect", "proxy", "https"], ["endpoint/*/proxy"]),
    ]
    return byBeginning.first { $0.beginnings.contains { route.hasPrefix($0) } }?.documents ?? []
  }
}
