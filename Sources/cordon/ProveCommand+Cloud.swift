import CordonAWS
import CordonModel
import CordonProof
import Foundation

// Templates and plans: what is deployed, or is going to be.
extension ProveCommand {
  /// The files that are proved; without any, the environment file of this folder.
  var subjects: [String] {
    let all = files + (plan.map { [$0] } ?? [])
    return all.isEmpty ? ["cordon.yaml"] : all
  }

  /// An environment file where there is one by its content, else templates and plans.
  func prove() throws -> EgressMap {
    if let snapshot { return try proveSnapshot(snapshot) }
    let names = try subjects.flatMap(Self.expanded)
    if plan == nil, names.count == 1, let name = names.first, try Self.isSpec(name) {
      return try proveSpec(name)
    }
    if let spec = try names.first(where: Self.isSpec) {
      throw Failure("\(spec) is an environment file; prove it alone, without templates beside it")
    }
    guard weaken.isEmpty else {
      throw Failure("--weaken is for an environment file; templates have no drill")
    }
    guard target != .local else {
      throw Failure("--target local is for an environment file; templates and plans are of AWS")
    }
    return try proveDeployment(names)
  }

  /// A folder's templates, or its environment file where it has one.
  static func expanded(_ name: String) throws -> [String] {
    guard let listed = try? FileManager.default.contentsOfDirectory(atPath: name) else { return [name] }
    let folder = name.hasSuffix("/") ? name : name + "/"
    let inside = listed.sorted().map { folder + $0 }
    if let spec = inside.first(where: { $0 == folder + "cordon.yaml" }) { return [spec] }
    let candidates = inside.filter(DeploymentReader.isCandidate(name:))
    let chosen = DeploymentReader.deployments(among: try candidates.map(source)).map(\.name)
    guard !chosen.isEmpty else { throw Failure("\(name) holds no cordon.yaml, no template and no plan") }
    return chosen
  }

  /// Whether a file has the key that an environment file begins with. One that cannot be read is none: its reader says why.
  static func isSpec(_ name: String) throws -> Bool {
    let head = String(decoding: try source(name).bytes.prefix(64 << 10), as: UTF8.self)
    return head.split(whereSeparator: \.isNewline).contains { line in
      ["cordon:", "cordon :", "\"cordon\":", "'cordon':"].contains { line.hasPrefix($0) }
    }
  }

  /// What can be assumed, and what it is for.
  private static let assumable = [
    ("account", "the account that the files are deployed into"),
    ("administrators", "roles and users, A,B, that are trusted and left out"),
    ("default-network", "'deleted' where the account's default network is"),
    ("organization", "the id of the organisation that is one's own, e.g. o-acme123456"),
    ("organization-targets", "roots and units, A,B, above the account; guardrails elsewhere do not bind it"),
    ("other-functions", "'none' where the account has no function but those of the files"),
    ("other-services", "'none' where an account uses no service but those that --live reads"),
    ("own-addresses", "address ranges, A,B, that nobody but the portal comes from"),
    ("own-buckets", "buckets, A,B, that are one's own although no file declares them"),
    ("own-contacts", "addresses, A,B, of people who may be sent what a notification says"),
    ("own-endpoints", "endpoints and networks, A,B, that are one's own although no file declares them"),
    ("own-units", "organisational units, A,B, that the account is in"),
    ("plan-lists", "'references' where a plan's lists hold nothing but references to other resources"),
    ("region", "the region that the files are deployed into"),
    ("tags", "'fixed' where nobody can change the tags of a role"),
    ("trusted-hosts", "hosts, A,B, to whose pages nobody but you can write"),
    ("trusted-names", "domains, A,B, whose name servers may learn what is asked for"),
    ("trusted-providers", "identity providers, A,B, that vouch for one's own people and machines only"),
    ("trusted-services", "endpoint services, A,B, of others that may be sent data"),
  ]

  func listAssumptions() {
    for (name, meaning) in Self.assumable { print("\(name)=VALUE  \(meaning)") }
  }

  /// The most bytes that are read of one file.
  private static let largest = 100 << 20

  func proveDeployment(_ names: [String]) throws -> EgressMap {
    let files = try names.map(Self.source)
    let deployment: CloudDeployment
    do {
      deployment = try DeploymentReader.read(
        files, parameters: try parameter.map { try ParameterSetting(parsing: $0) })
    } catch let errors as TemplateErrors {
      throw Failure("\(errors)")
    } catch let error as TemplateError {
      throw Failure(Console.printable("\(error)"))
    }
    let subject = names.map { URL(filePath: $0).lastPathComponent }.joined(separator: " + ")
    return prove(deployment, assumptions: try assumptions(), subject: subject)
  }

  /// The map of a deployment, with its depth where that was asked for.
  func prove(_ deployment: CloudDeployment, assumptions stated: [String: String], subject: String)
    -> EgressMap
  {
    let engine = Engine()
    let proof = CloudProof(answer: { engine.answer($0) })
    if deployment.resources.count > 500 {
      Console.progress("prove: \(deployment.resources.count) resources, \(CloudProof.routes.count) routes")
    }
    var map = proof.prove(deployment, assumptions: stated, subject: subject)
    if depth { map.depthLost += proof.depth(deployment, assumptions: stated) }
    return map
  }

  /// `NAME=VALUE`, each name once.
  func assumptions() throws -> [String: String] {
    var stated: [String: String] = [:]
    for text in assume {
      let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard halves.count == 2, !halves[0].isEmpty else {
        throw Failure("an assumption is NAME=VALUE, or 'list': '\(Console.printable(text))'")
      }
      guard Self.assumable.contains(where: { $0.0 == halves[0] }) else {
        throw Failure(
          "nothing called '\(Console.printable(halves[0]))' can be assumed; see: cordon prove --assume list")
      }
      guard stated.updateValue(halves[1], forKey: halves[0]) == nil else {
        throw Failure("the assumption \(Console.printable(halves[0])) is given twice")
      }
    }
    return stated
  }

  static func source(_ name: String) throws -> SourceFile {
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: name))
      defer { try? handle.close() }
      let data = try handle.read(upToCount: largest + 1) ?? Data()
      guard data.count <= largest else { throw Failure("\(name): larger than \(largest >> 20) MiB") }
      return SourceFile(name: name, bytes: Array(data))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("cannot read \(name): \(error.localizedDescription)")
    }
  }
}
