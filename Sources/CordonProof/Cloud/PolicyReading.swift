import CordonModel
import CordonPolicy

/// A policy of the files in two readings, between which lies whatever the values that are not known will make of it.
///
/// Closed under the widest reading is closed; open under the narrowest is open; anything else is unknown.
struct PolicyReading: Sendable, Equatable {
  /// What it is called in reports.
  var name: String
  /// Lets through all that it may let through: Allow read widely, Deny narrowly.
  var widest: PolicyDocument
  /// Lets through no more than it must: Allow read narrowly, Deny widely.
  var narrowest: PolicyDocument
  /// What lies between the two.
  var unknowns: [UnknownPart]
  /// The resource that holds the policy.
  var resource: ResourceID?
  /// Where it stands.
  var location: Location?

  /// The policy in one of its readings.
  func document(generous: Bool) -> PolicyDocument { generous ? widest : narrowest }

  /// A policy of which nothing is known.
  static func open(
    _ name: String, _ parts: [UnknownPart], at location: Location?, namesPrincipals: Bool = false
  ) -> PolicyReading {
    PolicyReading(
      name: name, widest: .everything(namesPrincipals), narrowest: .nothing(namesPrincipals), unknowns: parts,
      resource: nil, location: location)
  }

  /// A policy whose text is the same in both readings.
  static func exact(_ name: String, _ document: PolicyDocument) -> PolicyReading {
    PolicyReading(
      name: name, widest: document, narrowest: document, unknowns: [], resource: nil, location: nil)
  }
}

extension PolicyDocument {
  /// Allows everything, to everyone where the policy is of a kind that names principals.
  static func everything(_ namesPrincipals: Bool) -> PolicyDocument {
    namesPrincipals ? everythingToEveryone : everything
  }

  /// Denies everything.
  static func nothing(_ namesPrincipals: Bool) -> PolicyDocument {
    namesPrincipals ? nothingToAnyone : nothing
  }

  private static let everything = known(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)
  private static let nothing = known(#"{"Effect":"Deny","Action":"*","Resource":"*"}"#)
  private static let everythingToEveryone = known(
    #"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#)
  private static let nothingToAnyone = known(
    #"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#)

  /// Says nothing.
  static let silent = known("")

  private static func known(_ statement: String) -> PolicyDocument {
    do { return try PolicyDocument(json: #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#) } catch {
      preconditionFailure("a policy written here is a policy: \(error)")
    }
  }
}
