import CordonModel
import CordonPolicy
import CordonSpec
import Foundation
import Logging

/// What will run, known before anything is started.
struct EnvironmentPlan: Sendable {
  /// Why a plan is refused.
  enum Refusal: Error, CustomStringConvertible {
    case drillOverData(String)
    case dataOverDrill(String)
    case otherEnvironment(String, holds: String, wanted: String)
    case noWorkspaces

    var description: String {
      switch self {
      case .drillOverData(let path):
        "\(path) has held an environment outside a drill; a drill needs a state folder of its own"
      case .dataOverDrill(let path): "\(path) belongs to a drill; choose another --state"
      case .otherEnvironment(let path, let holds, let wanted):
        "\(path) holds the environment '\(holds)', and the spec names '\(wanted)'; choose another --state"
      case .noWorkspaces: "the spec has no workspace; add one under projects: - workspaces:"
      }
    }
  }

  let environment: Environment
  let findings: [RouteFinding]
  let folder: StateFolder
  let drill: DrillSettings?
  let record: EnvironmentRecord
  let lock: PackageLock?
  let logger: Logger

  init(_ options: EnvironmentLauncher.Options) throws {
    folder = options.folder
    // Before anything is read: what changes meanwhile is seen at the next `up`.
    let text = try? String(contentsOfFile: options.spec, encoding: .utf8)
    drill = try options.drill.map(DrillSettings.read)
    let spec = try Specification.load(options.spec)
    findings = spec.findings
    environment = try drill?.applied(to: spec.environment, weakened: options.weakened) ?? spec.environment
    guard !environment.workspaces.isEmpty else { throw Refusal.noWorkspaces }
    let lockText = try PackageLockFile.read(beside: options.spec)
    lock = try lockText.map { text in try PackageLock(text: text) }
    record = EnvironmentRecord(
      name: environment.name.text, spec: options.spec,
      inputs: try Self.digest(of: environment, text: text ?? "", drill: drill),
      lock: lockText.map { Fingerprint($0).description },
      isDrill: drill != nil, weakened: options.weakened.map(\.rawValue).sorted(),
      since: Date().formatted(.iso8601))
    try Self.check(record, against: try EnvironmentRecord.read(folder), folder)
    let lines = LineBudget()
    var logger = Logger(label: "cordon") { label in
      SparingLogHandler(StreamLogHandler.standardError(label: label), lines: lines)
    }
    logger.logLevel = .notice
    self.logger = logger
  }

  /// The lines of the spec that open something, by what they open.
  var openingLines: [String: String] {
    Dictionary(findings.map { ($0.subject, "\($0.location)") }, uniquingKeysWith: { first, _ in first })
  }

  /// A state folder stays what it was first used for.
  private static func check(
    _ record: EnvironmentRecord, against earlier: EnvironmentRecord?, _ folder: StateFolder
  ) throws(Refusal) {
    guard let earlier else { return }
    guard earlier.isDrill == record.isDrill else {
      throw earlier.isDrill ? .dataOverDrill(folder.path) : .drillOverData(folder.path)
    }
    guard earlier.name == record.name else {
      throw .otherEnvironment(folder.path, holds: earlier.name, wanted: record.name)
    }
  }

  /// A digest of the spec, of the policy files that it names, and of what its data folders list.
  private static func digest(of environment: Environment, text: String, drill: DrillSettings?) throws
    -> String
  {
    var digest = Fingerprint("cordon inputs 2")
    digest.add(text)
    for document in try CompiledPolicies(environment).titled {
      digest.add(document.title + document.document.json)
    }
    for seed in environment.projects.flatMap(\.buckets).compactMap(\.seed) {
      for line in SeedListing.lines(of: seed) { digest.add(line) }
    }
    if let drill { digest.add("\(drill)") }
    for control in environment.weakenedForDrill.map(\.rawValue).sorted() { digest.add(control) }
    return digest.description
  }
}

/// What a file or folder of data looks like without reading it: names, sizes and times of change.
enum SeedListing {
  static func lines(of path: String) -> [String] {
    let below = (try? FileManager.default.subpathsOfDirectory(atPath: path))?.sorted() ?? []
    return ([""] + below).map { name in
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: name.isEmpty ? path : path + "/" + name)
      let size = attributes?[.size].map { "\($0)" } ?? "-"
      let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
      return "\(name) \(size) \(changed)"
    }
  }
}
