public import CordonModel

/// One mistake in an environment file: where it is, what is wrong, and what to type instead.
public enum SpecError: Error, Equatable, Sendable {
  /// The environment file itself cannot be read.
  case unreadable(String, because: String)
  /// The text passes a bound.
  case tooLarge(Bound, at: Location)
  /// A character that no text file has, or that hides what it does.
  case controlCharacter(UInt32, at: Location)
  /// The text is not YAML.
  case syntax(String, at: Location)
  /// YAML that an environment file does without.
  case notRead(YAMLFeature, at: Location)
  /// The file is written for another version of Cordon.
  case unsupportedVersion(String, at: Location)
  /// A key that means nothing here.
  case unknownKey(String, at: Location, didYouMean: String?)
  /// The same key twice in one mapping; `firstDeclared` is absent where only one of the places is known.
  case duplicateKey(String, at: Location, firstDeclared: Location?)
  /// A key that must be there.
  case missingKey(String, of: String, at: Location, example: String)
  /// A list where text is expected, and so on.
  case wrongType(String, expected: Shape, found: Shape, at: Location)
  /// A value that its key cannot have.
  case badValue(NameRefusal, at: Location, didYouMean: String?)
  /// A name that is taken.
  case duplicateName(NameKind, String, at: Location, firstDeclared: Location)
  /// The same entry twice in one list.
  case duplicateEntry(NameKind, String, at: Location, firstDeclared: Location)
  /// Two buckets of one name: their projects would share data.
  case overlappingBucket(String, at: Location, firstDeclared: Location)
  /// A host entry that opens more than one known place, and does not say why.
  case missingReason(String, for: ReasonNeed, at: Location)
  /// An outside host that the gateway serves itself.
  case servedInside(String, at: Location)
  /// A file that the spec names and that is not there, or not readable.
  case missingFile(String, at: Location)
  /// A name that nothing in the file carries.
  case unknownReference(NameKind, String, at: Location, didYouMean: String?)
  /// A workspace given to a person who does not work in its project.
  case notAMember(person: String, project: String, at: Location)
  /// A key that cannot stand where it does.
  case misplaced(String, at: Location, instead: String)
  /// A file of several accounts, of which one must be named.
  case severalAccounts([String], at: Location)
  /// An IAM document that cannot be enforced.
  case badPolicy(String, at: Location)

  /// A bound that keeps a hostile or mistaken file from costing more than it is worth.
  public enum Bound: Equatable, Sendable {
    case bytes(Int)
    case depth(Int)
    case values(Int)
    /// What tiers, defaults and accounts make of the file.
    case unfolded(Int)
    case accounts(Int)
  }

  /// YAML that is refused, so that a reviewer reads every line as it stands.
  public enum YAMLFeature: Equatable, Sendable {
    case anchor, alias, tag, complexKey, secondDocument
  }

  /// What a value can be.
  public enum Shape: String, Equatable, Sendable {
    case text, number, mapping, list, nothing
    case onOrOff = "on or off"
    case hostEntry = "text or a mapping"
    case policy = "a file name, a mapping or a list of these"
  }

  /// What a name stands for.
  public enum NameKind: String, Equatable, Sendable {
    case person, project, workspace, bucket, package, role, mechanism, alert, subject, product, endpoint,
      monitor, image, tier, account
    case host = "outside host"
    case redaction = "text to hide"
  }

  /// Why an entry needs a reason.
  public enum ReasonNeed: Equatable, Sendable {
    case wildcard, splice
  }
}

extension SpecError {
  /// Where the mistake is; nil for a file that could not be opened.
  public var span: Location? {
    switch self {
    case .unreadable: nil
    case .tooLarge(_, let span), .controlCharacter(_, let span), .syntax(_, let span), .notRead(_, let span),
      .unsupportedVersion(_, let span), .unknownKey(_, let span, _), .duplicateKey(_, let span, _),
      .missingKey(_, _, let span, _), .wrongType(_, _, _, let span), .badValue(_, let span, _),
      .duplicateName(_, _, let span, _), .duplicateEntry(_, _, let span, _),
      .overlappingBucket(_, let span, _), .missingReason(_, _, let span),
      .servedInside(_, let span), .missingFile(_, let span), .unknownReference(_, _, let span, _),
      .notAMember(_, _, let span), .badPolicy(_, let span), .misplaced(_, let span, _),
      .severalAccounts(_, let span):
      span
    }
  }
}
