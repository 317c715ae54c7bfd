/// A notebook instance of one person's, for who cannot work in Studio.
public struct NotebookInstance: Sendable, Equatable {
  /// How large its computer is.
  public enum Size: String, Sendable, CaseIterable {
    case small, medium, large
  }

  /// The project that it stands in.
  public var project: Slug
  /// Whose it is.
  public var person: Slug
  /// How large it is.
  public var size: Size

  /// States an instance.
  public init(project: Slug, person: Slug, size: Size = .small) {
    self.project = project
    self.person = person
    self.size = size
  }
}

/// An image of the project's own, in which Studio's JupyterLab runs.
public struct StudioImage: Sendable, Equatable {
  /// The project whose repository holds it.
  public var project: Slug
  /// What Studio calls it.
  public var name: Slug
  /// Its tag in the project's repository.
  public var tag: String

  /// Names an image.
  public init(project: Slug, name: Slug, tag: String) {
    self.project = project
    self.name = name
    self.tag = tag
  }
}

/// Where a project's code is kept.
public enum GitService: String, Sendable, CaseIterable {
  /// AWS CodeCommit, which AWS said it gives to no new customers.
  case codecommit
  /// Nowhere that synthesis makes.
  case none
}
