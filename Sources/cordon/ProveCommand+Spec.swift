import ArgumentParser
import CordonAWS
import CordonModel
import CordonPolicy
import CordonProof
import CordonSpec

/// What of an environment `cordon prove` judges.
enum ProveTarget: String, ExpressibleByArgument, CaseIterable {
  case local, aws, both
}

// An environment file, as this machine would run it and as it would run on AWS.
extension ProveCommand {
  func proveSpec(_ file: String) throws -> EgressMap {
    guard parameter.isEmpty else {
      throw Failure(
        "\(file) is an environment file: --parameter is for templates, and those made of it take none")
    }
    let specifications = try SpecFile.loadEvery(file, account: chosen)
    guard let specification = specifications.first, specifications.count == 1 else {
      return try proveEach(specifications, file: file)
    }
    let environment = specification.environment
    let places = SpecPlaces(specification, file: file)
    let isOnAWS = try judgesAWS(environment, file: file)
    guard assume.isEmpty || isOnAWS else {
      throw Failure("--assume is for what runs on AWS, which is not judged here")
    }
    let cloud = isOnAWS ? try proveSynthesised(environment, places: places) : nil
    if target == .aws, let cloud { return cloud }
    var local = try proveLocal(environment, places: places)
    guard let cloud else {
      if target == .both { local.assumptions.append(Self.notOnAWS(environment)) }
      return local
    }
    return local.joined(with: cloud, subject: "\(file) on this machine and on AWS")
  }

  /// Several accounts as one map: each route is as bad as it is in the worst of them, and says in which.
  private func proveEach(_ specifications: [Specification], file: String) throws -> EgressMap {
    guard target != .local, weaken.isEmpty else {
      throw Failure(
        "\(file) describes \(specifications.count) accounts; to judge one as this machine would run it, name it: --account "
          + "\(specifications[0].account?.text ?? "NAME") --target local")
    }
    // One account knows nothing of another: they are proved side by side, and told in their order.
    let maps = try specifications.inParallel { specification in
      Result { (place: Self.name(specification), map: try proveAccount(specification, file: file)) }
    }.map { try $0.get() }
    return EgressMap.worst(of: maps, subject: "\(file), \(maps.count) accounts on AWS")
  }

  private func proveAccount(_ specification: Specification, file: String) throws -> EgressMap {
    let name = Self.name(specification)
    guard specification.environment.aws != nil else {
      throw Failure("\(file), account \(name): \(SynthesisError.noRules)")
    }
    Console.progress("prove: account \(name)")
    return try proveSynthesised(
      specification.environment, places: SpecPlaces(specification, file: file))
  }

  private static func name(_ specification: Specification) -> String { specification.account?.text ?? "" }

  /// Whether the environment is judged as it would run on AWS too. It is not where the spec has no `aws:`, and not in a drill,
  /// which is this machine's: the map says so.
  private func judgesAWS(_ environment: Environment, file: String) throws -> Bool {
    switch target {
    case .local: return false
    case .both: return environment.aws != nil && weaken.isEmpty
    case .aws:
      guard weaken.isEmpty else {
        throw Failure("--weaken is for this machine: a control of Cordon's own is off; AWS has no drill")
      }
      guard environment.aws != nil else { throw Failure("\(file): \(SynthesisError.noRules)") }
      return true
    }
  }

  private static func notOnAWS(_ environment: Environment) -> Assumption {
    Assumption(
      name: "target", value: ProofTarget.local.rawValue,
      reason: environment.aws == nil
        ? "AWS was not judged: the spec has no 'aws:', so that the environment is taken to run on this machine only"
        : "AWS was not judged: a drill with --weaken is of this machine")
  }

  private func proveLocal(_ environment: Environment, places: SpecPlaces) throws -> EgressMap {
    let engine = Engine()
    do throws(PolicyError) {
      let proof = try LocalProof(
        environment, places: places, weakened: Set(weaken.compactMap(Control.init(rawValue:))),
        answer: { engine.answer($0) })
      var map = proof.map()
      if depth { map.depthLost += try proof.depth() }
      return map
    } catch {
      throw Failure("\(places.file): \(error)")
    }
  }

  // MARK: AWS

  /// The templates that `cordon synth` would write, read back as anybody's are.
  private func proveSynthesised(_ environment: Environment, places: SpecPlaces) throws -> EgressMap {
    let templates = try Self.templates(of: environment, places: places)
    var deployment: CloudDeployment
    do {
      deployment = try TemplateReader().read(templates.map { SourceFile(name: $0.name, text: $0.text) })
    } catch {
      throw Failure("what cordon synth makes of \(places.file) cannot be read back: \(error)")
    }
    // What templates leave to whoever deploys them, the spec says.
    deployment.account = environment.organization.account.text
    deployment.region = environment.region.text
    var stated = try assumptions()
    for (name, known) in [
      ("organization", environment.organization.id.text), ("account", environment.organization.account.text),
      ("region", environment.region.text),
    ] {
      if let given = stated[name], given != known {
        throw Failure("--assume \(name)=\(Console.printable(given)): \(places.file) says \(known)")
      }
    }
    stated["organization"] = environment.organization.id.text
    var map = prove(deployment, assumptions: stated, subject: "\(places.file) on AWS")
    for template in templates {
      map.origins[template.name] = places.origin(ofStack: template.stack, in: environment)
    }
    return map
  }

  private static func templates(
    of environment: Environment, places: SpecPlaces
  ) throws -> [StackTemplate] {
    do throws(SynthesisError) {
      return try Synthesis.stacks(of: environment).templates()
    } catch {
      throw Failure(
        "\(places.file): \(error) (to judge it as this machine would run it alone: --target local)")
    }
  }

  func validate() throws {
    for name in weaken where Control(rawValue: name) == nil {
      let nearest = Spelling.nearest(to: name, among: Control.allCases.map(\.rawValue))
      throw ValidationError(
        "no control is called '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
          + " There are: \(Control.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }
}

extension SpecPlaces {
  /// The places that a specification remembers.
  init(_ specification: Specification, file: String) {
    let openings = specification.findings.compactMap { finding -> Opening? in
      switch finding.route {
      case .listedHost, .wildcardHost, .splicedHost:
        Opening(
          kind: finding.route.rawValue, subject: finding.subject, reason: finding.reason,
          location: finding.location)
      case .ownPolicy, .missingMechanism, .clipboardOut, .download, .print: nil
      }
    }
    self.init(file: file, declared: specification.places, openings: openings)
  }
}
