import CordonModel
import Crypto
import FoundationEssentials

/// Sign-ins at one OpenID provider: authorization code with PKCE (RFC 7636), bound to the browser that began.
actor ProviderSignIn {
  /// What the discovery document says, checked.
  private struct Provider {
    var authorization: ProviderAddress
    var token: ProviderAddress
    var keys: ProviderAddress
    var logout: ProviderAddress?
    var namesIssuer: Bool
    var wantsSecretInForm: Bool
    var read: Int64
  }

  private struct Discovery: Decodable {
    var issuer: String
    var authorization_endpoint: String
    var token_endpoint: String
    var jwks_uri: String
    var end_session_endpoint: String?
    var token_endpoint_auth_methods_supported: [String]?
    var authorization_response_iss_parameter_supported: Bool?
    var code_challenge_methods_supported: [String]?
  }

  private struct KeySet: Decodable { var keys: [WebKey] }
  private struct TokenAnswer: Decodable { var id_token: String }

  /// A sign-in that a browser began and has not finished.
  private struct Flow {
    var visitor: Data
    var nonce: String
    var verifier: String
    var lifetime: Lifetime
  }

  private static let mostFlows = 2_048
  private static let mostFlowsOfVisitor = 8
  private static let flowLifetime: Int64 = 600
  private static let cacheLifetime: Int64 = 3_600
  private static let refetchPause: Int64 = 60

  nonisolated let rules: ProviderRules
  private let callback: String
  private let clock: IdentityClock
  private let http: ProviderHTTP
  private var provider: Provider?
  private var keys: [WebKey] = []
  private var keysRead: Int64?
  private var keysTried: Int64?
  private var flows: [Data: Flow] = [:]

  init(_ rules: ProviderRules, origin: String, clock: IdentityClock) {
    self.rules = rules
    callback = origin + "/sign-in/callback"
    self.clock = clock
    let own = ProviderAddress.host(of: rules.issuer)
    http = ProviderHTTP(
      hosts: Set(rules.hosts.map { $0.lowercased() } + [own].compactMap { $0 }),
      authorities: rules.authorityFile)
  }

  // MARK: Going there

  /// The address to send a browser to.
  func begin(_ visitor: VisitorToken) async throws(ProviderProblem) -> String {
    let provider = try await found()
    let now = clock.now()
    flows = flows.filter { $0.value.lifetime.contains(now) }
    let owner = SessionTable.hash(visitor.text)
    guard flows.count < Self.mostFlows,
      flows.values.count(where: { $0.visitor == owner }) < Self.mostFlowsOfVisitor
    else { throw .tooMany }
    let state = Random.token()
    let flow = Flow(
      visitor: owner, nonce: Random.token(), verifier: Random.token(),
      lifetime: Lifetime(began: now, ends: now + Self.flowLifetime))
    flows[SessionTable.hash(state)] = flow
    let challenge = Base64URL.text(SHA256.hash(data: Array(flow.verifier.utf8)))
    let query = ProviderForm.text([
      ("response_type", "code"), ("client_id", rules.client), ("redirect_uri", callback),
      ("scope", "openid profile email"), ("state", state), ("nonce", flow.nonce),
      ("code_challenge", challenge), ("code_challenge_method", "S256"),
    ])
    return Self.address(provider.authorization, with: query)
  }

  /// Where to send a browser that signed out; nil where the provider has no such page.
  func logoutAddress() async -> String? {
    guard let logout = (try? await found())?.logout else { return nil }
    let origin = String(callback.dropLast("/sign-in/callback".count))
    return Self.address(
      logout,
      with: ProviderForm.text([("client_id", rules.client), ("post_logout_redirect_uri", origin + "/")]))
  }

  private static func address(_ address: ProviderAddress, with query: String) -> String {
    address.text + (address.text.contains("?") ? "&" : "?") + query
  }

  // MARK: Coming back

  /// The claims that the provider makes of whoever came back.
  func finish(query: String, visitor: VisitorToken) async throws(ProviderProblem) -> IDClaims {
    guard let fields = ProviderForm.fields(query) else { throw .badCallback("its query") }
    guard let state = fields["state"] else { throw .badCallback("it has no state") }
    // Taken out whatever comes next: a callback is good once.
    guard let flow = flows.removeValue(forKey: SessionTable.hash(state)),
      isEqual(Array(flow.visitor), Array(SessionTable.hash(visitor.text))),
      flow.lifetime.contains(clock.now())
    else { throw .noSuchSignIn }
    let provider = try await found()
    // RFC 9207: the answer of another provider, sent here, is known by its name.
    if fields["iss"] != nil || provider.namesIssuer {
      guard fields["iss"] == rules.issuer else { throw .badCallback("it is of another issuer") }
    }
    if let word = fields["error"] { throw .refused(Self.word(word)) }
    guard let code = fields["code"], !code.isEmpty else { throw .badCallback("it has no code") }
    let token = try IDToken(try await exchange(code, flow, at: provider))
    let claims = try await token.claims(signedBy: try await key(of: token, at: provider))
    try claims.check(issuer: rules.issuer, client: rules.client, nonce: flow.nonce, at: clock.now())
    return claims
  }

  /// RFC 6749 §4.1.2.1's words are of a few characters; anything else is not written down.
  private static func word(_ text: String) -> String {
    let isWord =
      (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
    return isWord ? text : "for no reason that can be read"
  }

  private func exchange(
    _ code: String, _ flow: Flow, at provider: Provider
  ) async throws(ProviderProblem) -> String {
    var fields = [
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback),
      ("code_verifier", flow.verifier), ("client_id", rules.client),
    ]
    var authorization: String?
    if let secret = try secret() {
      if provider.wantsSecretInForm {
        fields.append(("client_secret", secret))
      } else {
        // RFC 6749 §2.3.1: both are form-encoded before they are joined.
        let pair = ProviderForm.encoded(rules.client) + ":" + ProviderForm.encoded(secret)
        authorization = "Basic " + Data(pair.utf8).base64EncodedString()
      }
    }
    let body = try await http.post(fields, authorization: authorization, to: provider.token)
    return try Self.decoded(TokenAnswer.self, body, "its token").id_token
  }

  /// Read each time, so that a new secret needs no new start.
  private func secret() throws(ProviderProblem) -> String? {
    guard let path = rules.secretFile else { return nil }
    do {
      guard let bytes = try IdentityFile.read(path, atMost: 4_096, secret: true),
        let text = String(validating: bytes, as: UTF8.self)
      else { throw ProviderProblem.secret("there is no text in \(path)") }
      let secret = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      guard !secret.isEmpty else { throw ProviderProblem.secret("\(path) is empty") }
      return secret
    } catch let problem as ProviderProblem {
      throw problem
    } catch {
      throw .secret("\(error)")
    }
  }

  // MARK: What the provider publishes

  private func found() async throws(ProviderProblem) -> Provider {
    let now = clock.now()
    if let provider, Lifetime(began: provider.read, ends: provider.read + Self.cacheLifetime).contains(now) {
      return provider
    }
    let base = rules.issuer.hasSuffix("/") ? String(rules.issuer.dropLast()) : rules.issuer
    let body = try await http.get(try address(base + "/.well-known/openid-configuration"))
    let said = try Self.decoded(Discovery.self, body, "its discovery document")
    // OpenID Connect Discovery 1.0 §4.3: exactly, or one provider can speak for another.
    guard said.issuer == rules.issuer else { throw .badAnswer("its discovery document is of another issuer") }
    if let methods = said.code_challenge_methods_supported, !methods.contains("S256") {
      throw .badAnswer("it does not know PKCE with S256")
    }
    let methods = said.token_endpoint_auth_methods_supported ?? ["client_secret_basic"]
    let provider = Provider(
      authorization: try address(said.authorization_endpoint), token: try address(said.token_endpoint),
      keys: try address(said.jwks_uri), logout: try said.end_session_endpoint.map(address),
      namesIssuer: said.authorization_response_iss_parameter_supported == true,
      wantsSecretInForm: !methods.contains("client_secret_basic") && methods.contains("client_secret_post"),
      read: now)
    self.provider = provider
    return provider
  }

  private func address(_ text: String) throws(ProviderProblem) -> ProviderAddress {
    guard let address = ProviderAddress(text) else { throw .badAnswer("an address in it is not of https") }
    let known = Set(
      rules.hosts.map { $0.lowercased() } + [ProviderAddress.host(of: rules.issuer)].compactMap { $0 })
    guard known.contains(address.authority) else {
      throw .badAnswer("it names \(address.authority), which the spec does not list")
    }
    return address
  }

  /// The key of a token. One that is not known is looked for once more, at most once a minute: keys change, and
  /// strangers can write any name of a key.
  private func key(of token: IDToken, at provider: Provider) async throws(ProviderProblem) -> WebKey {
    let now = clock.now()
    if isFresh(at: now), let key = token.key(among: keys) { return key }
    if keysTried.map({ now < $0 || now - $0 >= Self.refetchPause }) ?? true {
      keysTried = now
      let body = try await http.get(provider.keys)
      keys = try Self.decoded(KeySet.self, body, "its keys").keys
      keysRead = now
    }
    guard isFresh(at: now), let key = token.key(among: keys) else {
      throw .badToken("it is signed by no key of the provider's")
    }
    return key
  }

  private func isFresh(at now: Int64) -> Bool {
    keysRead.map { Lifetime(began: $0, ends: $0 + Self.cacheLifetime).contains(now) } ?? false
  }

  private static func decoded<Value: Decodable>(
    _ type: Value.Type, _ bytes: [UInt8], _ what: String
  ) throws(ProviderProblem) -> Value {
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
      throw .badAnswer("\(what) cannot be read")
    }
  }
}
