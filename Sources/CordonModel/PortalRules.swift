/// Where people reach the environment, and how they show who they are.
public struct PortalRules: Sendable, Equatable {
  /// How people show who they are.
  public enum SignIn: Sendable, Equatable {
    /// A password and a second factor that the environment keeps itself.
    case local
    /// An organisation's OpenID provider.
    case provider(ProviderRules)
  }

  /// Where the portal listens.
  public struct Listener: Sendable, Equatable {
    /// The address; loopback unless the spec says otherwise.
    public var address: IPAddress
    /// The TCP port.
    public var port: UInt16

    /// Names a place to listen.
    public init(address: IPAddress, port: UInt16) {
      self.address = address
      self.port = port
    }
  }

  /// Where the portal listens.
  public var listener: Listener
  /// What a person's browser calls it, `https://HOST[:PORT]`: the only origin that requests are accepted from.
  public var origin: String
  /// How people show who they are.
  public var signIn: SignIn
  /// From which addresses; empty admits every address that can reach the listener.
  public var from: [AddressRange]
  /// Seconds without a request after which a person signs in again.
  public var idle: Int
  /// Seconds after which a person signs in again in any case.
  public var longest: Int

  /// States the rules.
  public init(
    listener: Listener, origin: String, signIn: SignIn = .local, from: [AddressRange] = [],
    idle: Int = 30 * 60, longest: Int = 12 * 3_600
  ) {
    self.listener = listener
    self.origin = origin
    self.signIn = signIn
    self.from = from
    self.idle = idle
    self.longest = longest
  }

  /// Whether somebody at `address` may sign in, and stay signed in.
  public func admits(_ address: IPAddress) -> Bool {
    from.isEmpty || from.contains { $0.contains(address) }
  }
}

/// An OpenID provider that the environment trusts to say who somebody is.
public struct ProviderRules: Sendable, Equatable {
  /// The issuer, exactly as its tokens name it: an `https` address.
  public var issuer: String
  /// Further hosts that the issuer's discovery document may name; its own host is always one.
  public var hosts: [String]
  /// The id that the provider knows the portal by.
  public var client: String
  /// The file with the client's secret, an absolute path; absent for a public client.
  public var secretFile: String?
  /// A PEM file with the authorities to trust instead of the system's, an absolute path.
  public var authorityFile: String?
  /// Which claim of the token names the person.
  public var claim: String
  /// Which claim lists the person's groups.
  public var groupsClaim: String
  /// The group that a person must be in to have a role. A role without one is the spec's to give.
  public var groups: [Person.Role: String]

  /// States what is trusted.
  public init(
    issuer: String, hosts: [String] = [], client: String, secretFile: String? = nil,
    authorityFile: String? = nil, claim: String = "sub", groupsClaim: String = "groups",
    groups: [Person.Role: String] = [:]
  ) {
    self.issuer = issuer
    self.hosts = hosts
    self.client = client
    self.secretFile = secretFile
    self.authorityFile = authorityFile
    self.claim = claim
    self.groupsClaim = groupsClaim
    self.groups = groups
  }
}
