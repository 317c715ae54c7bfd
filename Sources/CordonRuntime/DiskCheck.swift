import CordonLinux
import CordonModel
public import CordonSandbox
import CordonSpec
import Foundation

/// What `cordon doctor` says of the disk: the sum by which `up` accepts or refuses.
public enum DiskCheck {
  /// Compares what the environment of a spec may take with what the disk has.
  ///
  /// - Parameters:
  ///   - spec: The spec's path; without one, the smallest ordinary environment is meant.
  ///   - state: The state folder; by default the environment's standard place.
  /// - Throws: `SpecErrors` where the spec cannot be read, `SystemError` where the disk cannot be asked.
  public static func finding(spec: String? = nil, state: String? = nil) throws -> Finding {
    let environment = try spec.map { try Specification.load($0).environment } ?? smallest()
    let folder = state.map { StateFolder(path: $0) } ?? .standard(for: environment.name)
    return try finding(
      DiskBudget(environment: environment, folder: folder, isRoot: geteuid() == 0), isOfSpec: spec != nil)
  }

  static func finding(_ budget: DiskBudget, isOfSpec: Bool) throws -> Finding {
    let disk = try DiskSpace(at: existing(budget.folder.path))
    let needed = DiskBudget.sum(try budget.promises(on: disk))
    let whose = isOfSpec ? "the environment" : "one small workspace with its bucket"
    let free = "\(DiskBudget.size(disk.free)) free for \(budget.folder.path)"
    return Finding(
      name: SandboxMechanism.diskReservation.rawValue, isAvailable: !budget.isKept || needed <= disk.free,
      detail: "\(free); \(whose) may take \(DiskBudget.size(needed)) more",
      weakens: "'cordon up' refuses, so that workspaces cannot fill the disk for each other",
      remedy: "free disk space, choose another --state, or lower 'size: { disk: ... }' of workspaces or "
        + "'storage: { limit: ... }' of projects"
        + (isOfSpec ? "" : "; 'cordon doctor cordon.yaml' adds up yours"),
      isExcusable: true)
  }

  /// What a spec with one project and one workspace, and no size in it, describes.
  private static func smallest() throws -> Environment {
    let project = try Slug("doctor")
    let store = try BucketName("doctor-store")
    var environment = Environment(
      name: project,
      organization: Organization(
        id: try OrganizationID("o-doctor0000"), account: try AccountID("000000000000")),
      region: try Region("eu-west-1"))
    environment.projects = [
      Project(
        name: project, buckets: [Bucket(name: store)], store: store,
        workspaces: [Workspace(name: project, limits: Workspace.Size.small.limits)])
    ]
    return environment
  }

  /// The folder, or what is there of the way to it.
  private static func existing(_ path: String) -> String {
    var url = URL(filePath: path).standardizedFileURL
    while url.path != "/", !FileManager.default.fileExists(atPath: url.path) { url.deleteLastPathComponent() }
    return url.path
  }
}
