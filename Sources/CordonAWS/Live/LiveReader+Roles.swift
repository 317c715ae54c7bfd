import CordonPolicy
public import CordonWire

extension LiveReader {
  /// The credentials of a role, for an hour.
  public static func assume(
    _ role: String, as place: LivePlace, externalID: String? = nil, transport: any LiveTransport
  ) async throws(LiveProblem) -> SigV4.Credentials {
    var input: [(String, JSONValue)] = [
      ("RoleArn", .string(role)), ("RoleSessionName", .string("cordon-live")),
      ("DurationSeconds", .number(3_600)),
    ]
    if let externalID { input.append(("ExternalId", .string(externalID))) }
    let answer = try await LiveClient(place, transport: transport).call(LiveCall(.sts, "AssumeRole", input))
    guard let key = answer.at("Credentials.AccessKeyId")?.plain,
      let secret = answer.at("Credentials.SecretAccessKey")?.plain,
      let token = answer.at("Credentials.SessionToken")?.plain
    else { throw .unreadable("sts:AssumeRole gave no credentials") }
    return SigV4.Credentials(accessKeyID: key, secret: secret, sessionToken: token)
  }
}
