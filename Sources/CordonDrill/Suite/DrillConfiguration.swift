/// What a drill is run against, and how.
public struct DrillConfiguration: Sendable {
  /// The absolute path of the `cordon` executable under test.
  public var executable: String
  /// The environment file whose twin is attacked.
  public var specification: String
  /// Controls that are switched off in the twin.
  public var weakened: [WeakenableControl]
  /// Attacks by id; all of them where empty.
  public var only: [String]
  /// Packages that the environment file lists; two are asked for.
  public var listedPackages: [String]
  /// A folder for what user attacks leave in their outboxes; where nil, only their names are reported.
  public var collectInto: String?
  /// Controls run at the same time.
  public var controlWorkers: Int
  /// The managed policy, as JSON, that the environment's browsers get with these controls off.
  public var browserPolicy: @Sendable ([WeakenableControl]) throws -> String

  /// Describes a drill.
  public init(
    executable: String, specification: String, weakened: [WeakenableControl] = [], only: [String] = [],
    listedPackages: [String] = ["scikit-learn", "pandas", "matplotlib", "boto3"], collectInto: String? = nil,
    controlWorkers: Int = 4,
    browserPolicy: @escaping @Sendable ([WeakenableControl]) throws -> String = { _ in "{}" }
  ) {
    self.executable = executable
    self.specification = specification
    self.weakened = weakened
    self.only = only
    self.listedPackages = listedPackages
    self.collectInto = collectInto
    self.controlWorkers = controlWorkers
    self.browserPolicy = browserPolicy
  }
}

/// What a running drill tells the person who waits for it.
public enum DrillProgress: Sendable, Equatable {
  /// A stage began, e.g. `controls` or `twin environment`.
  case stage(String)
  /// An attack is finished: which, how many of how many, and what came of it.
  case attack(String, done: Int, of: Int, verdict: RouteVerdict)
  /// Something that the report will say as well, at the moment it is known.
  case note(String)
}
