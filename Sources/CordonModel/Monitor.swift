/// What an endpoint of a model is watched for, and how often.
public struct Monitor: Sendable, Equatable {
  /// What is looked at.
  public enum Kind: String, Sendable, CaseIterable {
    /// Whether requests are still like those of the training.
    case dataQuality = "data-quality"
    /// Whether answers are still right.
    case modelQuality = "model-quality"
    /// Whether answers favour somebody.
    case bias
    /// Whether answers still rest on the same features.
    case explainability
  }

  /// How often somebody looks.
  public enum Interval: String, Sendable, CaseIterable {
    case hour, day
  }

  /// What the model answers; `model-quality` compares by it.
  public enum Problem: String, Sendable, CaseIterable {
    case binary, multiclass, regression
  }

  /// The project whose endpoint it is.
  public var project: Slug
  /// The endpoint's name.
  public var endpoint: Slug
  /// What is looked at.
  public var kinds: [Kind]
  /// How often.
  public var every: Interval
  /// What the model answers.
  public var problem: Problem

  /// States what is watched.
  public init(
    project: Slug, endpoint: Slug, kinds: [Kind], every: Interval = .day, problem: Problem = .binary
  ) {
    self.project = project
    self.endpoint = endpoint
    self.kinds = kinds
    self.every = every
    self.problem = problem
  }
}
