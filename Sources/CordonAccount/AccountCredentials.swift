import CordonAWS
import CordonPolicy
public import CordonWire
import FoundationEssentials

/// Finds credentials and a region where AWS's own tools find them: environment, shared files, a container's endpoint.
public struct AccountCredentials: Sendable {
  /// Why there are none, and what to type.
  public struct Missing: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the user's words.
    public var description: String
  }

  /// How many profiles may lead to each other.
  static let mostSteps = 8

  private let environment: [String: String]
  private let profiles: SharedProfiles
  private let profile: String?

  /// Looks into `environment` and the files that it names; `profile` as `--profile` gives it.
  public init(profile: String?, environment: [String: String]) throws(Missing) {
    self.environment = environment
    self.profile = profile ?? environment["AWS_PROFILE"]
    let home = (environment["HOME"] ?? "") + "/.aws/"
    profiles = SharedProfiles(
      config: try Self.text(environment["AWS_CONFIG_FILE"] ?? home + "config"),
      credentials: try Self.text(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home + "credentials"))
  }

  private static func text(_ path: String) throws(Missing) -> String {
    guard FileManager.default.fileExists(atPath: path) else { return "" }
    guard let data = FileManager.default.contents(atPath: path), data.count <= SharedProfiles.largest else {
      throw Missing(description: "\(path) cannot be read, or is larger than 1 MiB")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The region that is not said otherwise.
  public var region: String? {
    environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
      ?? profiles.profiles[profile ?? "default"]?["region"]
  }

  /// An address in the place of AWS's own (`AWS_ENDPOINT_URL`); without TLS on this machine only, for the token of a session
  /// goes with every request.
  public var endpoint: String? {
    get throws(Missing) {
      guard let given = environment["AWS_ENDPOINT_URL"], !given.isEmpty else { return nil }
      guard let url = URL(string: given), let host = url.host(), ["", "/"].contains(url.path()) else {
        throw Missing(description: "AWS_ENDPOINT_URL is no address such as https://allowed.test: '\(given)'")
      }
      guard url.scheme == "https" || url.scheme == "http" && Self.isThisMachine(host) else {
        throw Missing(description: "AWS_ENDPOINT_URL without TLS may name this machine only: '\(given)'")
      }
      return "\(url.scheme ?? "https")://\(host)" + (url.port.map { ":\($0)" } ?? "")
    }
  }

  static func isThisMachine(_ host: String) -> Bool {
    ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
  }

  /// The credentials; roles of profiles are assumed by a call.
  public func find(
    transport: AccountTransport, region: String
  ) async throws -> SigV4.Credentials {
    // A profile that was asked for by name counts before the environment, as with AWS's own tools.
    if profile == nil, let key = environment["AWS_ACCESS_KEY_ID"], !key.isEmpty {
      guard let secret = environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty else {
        throw Missing(description: "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
      }
      return SigV4.Credentials(
        accessKeyID: key, secret: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
    }
    let name = profile ?? "default"
    if profiles.profiles[name] != nil {
      return try await of(profile: name, transport, region, steps: Self.mostSteps)
    }
    if let profile { throw Missing(description: "no profile is called '\(profile)' in the AWS config files") }
    if let found = try await container(transport) { return found }
    throw Missing(
      description: """
        no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or type
          eval "$(aws configure export-credentials --format env)"
        """)
  }

  private func of(
    profile name: String, _ transport: AccountTransport, _ region: String, steps: Int
  ) async throws -> SigV4.Credentials {
    guard steps > 0, let values = profiles.profiles[name] else {
      throw Missing(description: "profile '\(name)' is not there, or profiles lead to each other in a circle")
    }
    if let role = values["role_arn"] {
      guard let source = values["source_profile"] else {
        throw Missing(
          description: "profile '\(name)' has a role_arn and no source_profile: \(Self.exporting(name))")
      }
      let base =
        source == name && values["aws_access_key_id"] != nil
        ? try keys(of: name, values) : try await of(profile: source, transport, region, steps: steps - 1)
      return try await LiveReader.assume(
        role, as: LivePlace(region: region, endpoint: try endpoint, credentials: base),
        externalID: values["external_id"], transport: transport)
    }
    return try keys(of: name, values)
  }

  private func keys(of name: String, _ values: [String: String]) throws(Missing) -> SigV4.Credentials {
    guard let key = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
      throw Missing(description: "profile '\(name)' holds no keys: \(Self.exporting(name))")
    }
    return SigV4.Credentials(
      accessKeyID: key, secret: secret, sessionToken: values["aws_session_token"])
  }

  /// Sign-in in a browser and programs that print credentials are left to AWS's own tool.
  private static func exporting(_ name: String) -> String {
    "type eval \"$(aws configure export-credentials --profile \(name) --format env)\" first"
  }

  // MARK: A container's endpoint

  /// AWS SDKs and Tools Reference Guide, "Container credential provider".
  private func container(_ transport: AccountTransport) async throws -> SigV4.Credentials? {
    let address: String
    if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], path.hasPrefix("/") {
      address = "http://169.254.170.2" + path
    } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
      guard let url = URL(string: full), let host = url.host(),
        url.scheme == "https" || url.scheme == "http" && Self.isContainerHost(host)
      else {
        throw Missing(description: "AWS_CONTAINER_CREDENTIALS_FULL_URI names another host than a container's")
      }
      address = full
    } else {
      return nil
    }
    var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      token = String(try Self.text(file).filter { !$0.isNewline })
    }
    let bytes = try await transport.get(address, authorization: token)
    guard let answer = try? JSONValue(parsing: bytes, limits: JSONLimits(bytes: 64 << 10, depth: 8)),
      let key = answer["AccessKeyId"]?.text, let secret = answer["SecretAccessKey"]?.text
    else { throw Missing(description: "the container's endpoint gave no credentials") }
    return SigV4.Credentials(accessKeyID: key, secret: secret, sessionToken: answer["Token"]?.text)
  }

  static func isContainerHost(_ host: String) -> Bool {
    isThisMachine(host)
      || ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "fd00:ec2::23"].contains(host)
  }
}
