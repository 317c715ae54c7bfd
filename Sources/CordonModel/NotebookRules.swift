/// How a workspace's JupyterLab keeps what is saved in it, and when it ends.
public struct NotebookRules: Sendable, Equatable {
  /// Patterns of files that are kept in the project's store beside notebooks: of the whole path below the home where
  /// they have a `/`, else of the last name.
  public var keep: [String]
  /// Seconds without use after which kernels, terminals and then the server end.
  public var idle: Int

  /// States the rules.
  public init(keep: [String] = [], idle: Int = 3_600) {
    self.keep = keep
    self.idle = idle
  }

  /// What the keys of a workspace's kept files begin with in the project's store.
  public static func prefix(of workspace: Slug) -> String { "notebooks/\(workspace)/" }
}
