/// The name of a fact about a request, such as `aws:SourceVpce`. Names ignore case.
public struct ConditionKey: Sendable, Hashable {
  /// The name as it was written.
  public let name: String
  /// The name with ASCII letters in lower case.
  let folded: String
  let hash: UInt64
  /// What the evaluator knows by itself about this key.
  let implied: ImpliedFact?

  /// The key called `name`.
  public init(_ name: String) {
    self.name = name
    folded = name.lowercasedASCII
    hash = keyHash(name.utf8)
    implied = ImpliedFact(rawValue: folded)
  }

  /// Whether both name the same fact.
  public static func == (left: Self, right: Self) -> Bool {
    left.hash == right.hash && left.folded == right.folded
  }

  /// Hashes the name without its case.
  public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// Facts that follow from the principal and the resource, so that a request need not state them.
enum ImpliedFact: String, BitwiseCopyable {
  case principalARN = "aws:principalarn"
  case principalAccount = "aws:principalaccount"
  case principalType = "aws:principaltype"
  case principalIsAWSService = "aws:principalisawsservice"
  case principalServiceName = "aws:principalservicename"
  case resourceAccount = "aws:resourceaccount"
}

extension String {
  /// ASCII letters in lower case, everything else as it is.
  var lowercasedASCII: String { String(decoding: utf8.map(asciiLower), as: UTF8.self) }
}
