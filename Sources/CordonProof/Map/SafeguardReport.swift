public import CordonModel

/// What a safeguard is for.
public enum SafeguardKind: String, Sendable, CaseIterable {
  /// What happens is written down.
  case recorded
  /// What lies somewhere lies under a key of one's own.
  case sealed
  /// What is there stays as it is.
  case kept
  /// What goes wrong is found and put right.
  case corrected
  /// Nobody has more than is needed.
  case least
  /// The organisation refuses it, whatever a role's own policies say.
  case guarded
}

/// Whether a safeguard is there.
public enum SafeguardVerdict: String, Sendable, CaseIterable {
  /// Everything in the files that it is about has it.
  case held
  /// Something in the files does not.
  case lost
  /// The files do not say.
  case unknown

  /// Lost before unknown before held.
  public static func worst(of verdicts: some Sequence<SafeguardVerdict>) -> SafeguardVerdict {
    let all = Set(verdicts)
    return all.contains(.lost) ? .lost : all.contains(.unknown) ? .unknown : .held
  }
}

/// Something that an environment on AWS promises beside closed ways out, and whether it is there. Without it no way is open yet:
/// nobody sees it being walked, or one layer less stands behind the one that holds.
public struct SafeguardReport: Sendable, Equatable {
  /// Its name, e.g. `calls-recorded`.
  public var safeguard: String
  /// What it is for.
  public var kind: SafeguardKind
  /// What it promises, in one line.
  public var promise: String
  /// What has it.
  public var held: [SafeguardPart]
  /// What does not.
  public var lost: [SafeguardPart]
  /// What is not known.
  public var unknown: [UnknownPart]
  /// Whether the run fails without it.
  public var isRequired = false

  /// A safeguard's report.
  public init(
    safeguard: String, kind: SafeguardKind, promise: String, held: [SafeguardPart] = [],
    lost: [SafeguardPart] = [], unknown: [UnknownPart] = []
  ) {
    self.safeguard = safeguard
    self.kind = kind
    self.promise = promise
    self.held = held
    self.lost = lost
    self.unknown = unknown
  }

  /// Lost if something lacks it, else unknown if something is not known, else held.
  public var verdict: SafeguardVerdict { lost.isEmpty ? unknown.isEmpty ? .held : .unknown : .lost }
}

/// A resource and the property of it that decides.
public struct SafeguardPart: Sendable, Hashable {
  /// The resource.
  public var resource: String
  /// The property, e.g. `BucketEncryption`; empty where the resource itself decides.
  public var property: String
  /// Its place in the files.
  public var location: Location?
  /// What it lacks, in one sentence; empty where it lacks nothing.
  public var text: String

  /// A part of a safeguard.
  public init(resource: String, property: String, location: Location?, text: String = "") {
    self.resource = resource
    self.property = property
    self.location = location
    self.text = text
  }
}
