public import FoundationEssentials

/// One record as it was read.
public struct LedgerEntry: Sendable, Equatable {
  /// Its number and hash.
  public var position: LedgerPosition
  /// The hash of the record before it.
  public var previous: LedgerHash
  /// When the decision was made.
  public var time: Date
  /// The record's canonical text: JSON in the shape of a CloudTrail record.
  public var json: String

  /// The record's members, for printing.
  ///
  /// - Throws: `DecodingError` where the text is not what Cordon writes.
  public func members() throws -> Members {
    try JSONDecoder().decode(Members.self, from: Data(json.utf8))
  }

  /// One line of an export: the record with what chains it.
  public var line: String {
    "{\"hash\":\"\(position.hash)\",\"n\":\(position.sequence),\"prev\":\"\(previous)\",\"record\":\(json)}"
  }
}

extension LedgerEntry {
  /// A record's members, in CloudTrail's words.
  public struct Members: Sendable, Equatable, Decodable {
    /// ISO 8601, in UTC, with milliseconds.
    public var eventTime: String
    /// The service that was called.
    public var eventSource: String
    /// The operation.
    public var eventName: String
    /// This record's own id.
    public var eventID: String
    /// The id that the client was given.
    public var requestID: String
    /// The door that was called, in the form of a VPC endpoint's id.
    public var vpcEndpointId: String?
    /// Who called.
    public var userIdentity: Identity
    /// What was asked for.
    public var resources: [Resource]?
    /// The error code that the client was given.
    public var errorCode: String?
    /// Cordon's own members.
    public var additionalEventData: Own

    /// Who called.
    public struct Identity: Sendable, Equatable, Decodable {
      /// CloudTrail's types, and `Operator` and `Anonymous`.
      public var type: String
      /// The caller's ARN.
      public var arn: String?
      /// The caller's account.
      public var accountId: String?
      /// The access key's public id.
      public var accessKeyId: String?
    }

    /// What was asked for.
    public struct Resource: Sendable, Equatable, Decodable {
      /// The resource's ARN.
      public var arn: String

      private enum CodingKeys: String, CodingKey { case arn = "ARN" }
    }

    /// Cordon's own members.
    public struct Own: Sendable, Equatable, Decodable {
      /// The environment's name.
      public var environment: String
      /// The project, where a workspace called.
      public var project: String?
      /// The workspace that called.
      public var workspace: String?
      /// The door that was called.
      public var endpoint: String?
      /// Who works in that workspace, or the operator.
      public var person: String?
      /// The egress path that the request would have walked.
      public var egressPath: String?
      /// The route of that path.
      public var route: String?
      /// `allowed` or `denied`.
      public var outcome: String
      /// The control that decided.
      public var control: String
      /// Why.
      public var reason: String
      /// Further facts.
      public var details: [String: String]?
    }
  }
}
