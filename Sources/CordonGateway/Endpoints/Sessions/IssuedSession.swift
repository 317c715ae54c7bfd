public import CordonModel
public import CordonPolicy

public import struct FoundationEssentials.Date

/// Short-lived credentials, and everything that the gateway must know when they come back.
public struct IssuedSession: Sendable {
  /// The public id, `ASIA` and sixteen characters.
  public let accessKeyID: String
  /// What signs. It is handed to the client once and never recorded.
  public let secretAccessKey: String
  /// What must come with every call that these credentials sign.
  public let sessionToken: String
  /// The role that the session has.
  public let role: ProjectRole
  /// The session's name, as in `assumed-role/ROLE/NAME`.
  public let name: String
  /// The listener through which the credentials were issued; they work in its workspace and nowhere else.
  public let source: SourcePosition
  /// The session's own policies, a ceiling.
  public let policies: [PolicyDocument]
  /// The session's tags.
  public let tags: [SessionTag]
  /// When it was issued.
  public let issued: Date
  /// When it stops working.
  public let expires: Date

  /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME`.
  public var arn: String { role.sessionARN(name) }

  /// `AROA...:NAME`, which AWS shows as `aws:userid`.
  public var userID: String { "\(role.uniqueID):\(name)" }

  /// Whether the session belongs to the workspace that `other` stands in.
  public func belongs(to other: SourcePosition) -> Bool {
    source.environment == other.environment && source.project == other.project
      && source.workspace == other.workspace
  }
}

/// A tag of a session, `aws:PrincipalTag/KEY` in its calls.
public struct SessionTag: Sendable, Hashable {
  /// The key as written; keys that differ in case only are one key.
  public var key: String
  /// The value.
  public var value: String
  /// Whether sessions that start from this one carry the tag as well.
  public var isTransitive: Bool

  /// A tag.
  public init(key: String, value: String, isTransitive: Bool = false) {
    self.key = key
    self.value = value
    self.isTransitive = isTransitive
  }
}

/// What a session is issued for.
public struct SessionRequest: Sendable {
  /// The role.
  public var role: ProjectRole
  /// The session's name.
  public var name: String
  /// The listener through which it is asked for.
  public var source: SourcePosition
  /// How long it lives, in seconds.
  public var seconds: Int
  /// The session's own policies.
  public var policies: [PolicyDocument]
  /// The session's tags.
  public var tags: [SessionTag]

  /// Describes a session to issue.
  public init(
    role: ProjectRole, name: String, source: SourcePosition, seconds: Int = 3_600,
    policies: [PolicyDocument] = [], tags: [SessionTag] = []
  ) {
    self.role = role
    self.name = name
    self.source = source
    self.seconds = seconds
    self.policies = policies
    self.tags = tags
  }
}
