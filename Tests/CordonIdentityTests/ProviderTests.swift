import CordonModel
import CryptoExtras
import FoundationEssentials
import Synchronization
import Testing

@testable import CordonIdentity

/// A token as a provider could issue it, right but for what a case changes. Values are JSON; an empty one leaves out.
struct Tokenlike: Sendable, CustomStringConvertible {
  var description: String
  var header: [String: String] = [:]
  var claims: [String: String] = [:]
  var signing = StandInProvider.Signing.rs256

  init(
    _ description: String, header: [String: String] = [:], claims: [String: String] = [:],
    signing: StandInProvider.Signing = .rs256
  ) {
    self.description = description
    self.header = header
    self.claims = claims
    self.signing = signing
  }

  func text(issuer: String, nonce: String, now: Int64) throws -> String {
    let header = ["alg": "\"RS256\"", "kid": "\"rsa\"", "typ": "\"JWT\""].merging(self.header) { $1 }
    let claims = [
      "iss": "\"\(issuer)\"", "sub": "\"scientist-1\"", "aud": "\"cordon\"", "exp": "\(now + 300)",
      "iat": "\(now)",
      "nonce": "\"\(nonce)\"",
    ].merging(self.claims) { $1 }
    return try StandInProvider.token(
      header: header.filter { !$0.value.isEmpty }, claims: claims.filter { !$0.value.isEmpty },
      signing: signing)
  }
}

extension Tokenlike {
  /// `NOW+61` and `NOW-60` as numbers.
  private static func time(_ value: String, now: Int64) -> String {
    guard value.hasPrefix("NOW"), let offset = Int64(value.dropFirst(3)) else { return value }
    return "\(now + offset)"
  }
}

/// One environment whose people sign in at a stand-in provider.
struct ProviderWorld {
  let world: World
  let provider: StandInProvider
  let identity: Identity
  let visitor = VisitorToken()

  init(_ change: (inout ProviderRules) -> Void = { _ in }, people: [Person]? = nil) async throws {
    world = try World()
    provider = try await StandInProvider(in: world.folder)
    var rules = ProviderRules(issuer: provider.issuer, client: "cordon", authorityFile: provider.certificate)
    change(&rules)
    identity = try world.identity(World.rules(people: people, signIn: .provider(rules)))
  }

  /// What the provider's page was sent.
  func begin(_ visitor: VisitorToken? = nil) async throws -> [String: String] {
    let start = try await identity.beginProviderSignIn(visitor: visitor ?? self.visitor, from: World.home)
    guard case .redirect(let address) = start else {
      Issue.record("\(start)")
      throw IdentityError.notOffered
    }
    #expect(address.hasPrefix(provider.issuer + "/authorize?tenant=1&response_type=code&"))
    return try #require(ProviderForm.fields(String(address.drop { $0 != "?" }.dropFirst())))
  }

  func finish(_ query: String, visitor: VisitorToken? = nil) async throws -> SignInAnswer {
    try await identity.finishProviderSignIn(query: query, visitor: visitor ?? self.visitor, from: World.home)
  }

  /// The whole way, with one token.
  func signIn(_ token: Tokenlike = Tokenlike("good")) async throws -> SignInAnswer {
    let sent = try await begin()
    let text = try token.text(issuer: provider.issuer, nonce: #require(sent["nonce"]), now: world.now)
    let code = provider.code(for: text, challenge: try #require(sent["code_challenge"]))
    return try await finish("code=\(code)&state=\(try #require(sent["state"]))")
  }

  func stop() async throws { try await provider.stop() }
}

@Suite struct `Signing in at a provider` {
  static let good: [Tokenlike] = [
    Tokenlike("RS256"), Tokenlike("PS256", header: ["alg": "\"PS256\""], signing: .ps256),
    Tokenlike("ES256", header: ["alg": "\"ES256\"", "kid": "\"ec\""], signing: .es256),
    Tokenlike("EdDSA", header: ["alg": "\"EdDSA\"", "kid": "\"ed\""], signing: .edDSA),
    Tokenlike("no key named, and one that fits", header: ["kid": ""]),
    Tokenlike("a list of one audience", claims: ["aud": "[\"cordon\"]"]),
    Tokenlike(
      "several audiences and this client's", claims: ["aud": "[\"cordon\",\"x\"]", "azp": "\"cordon\""]),
    Tokenlike("times with fractions", claims: ["exp": "1700000300.5", "iat": "1.7e9"]),
  ]

  static let hostile: [Tokenlike] = [
    Tokenlike("another issuer", claims: ["iss": "\"https://evil.test\""]),
    Tokenlike("no issuer", claims: ["iss": ""]),
    Tokenlike("another audience", claims: ["aud": "\"other\""]),
    Tokenlike("no audience", claims: ["aud": ""]),
    Tokenlike("several audiences", claims: ["aud": "[\"cordon\",\"other\"]"]),
    Tokenlike("given to another client", claims: ["azp": "\"other\""]),
    Tokenlike("azp is no text", claims: ["azp": "7"]),
    Tokenlike("expired", claims: ["exp": "NOW-60"]), Tokenlike("no expiry", claims: ["exp": ""]),
    Tokenlike("expiry as text", claims: ["exp": "\"1800000000\""]),
    Tokenlike("expiry beyond numbers", claims: ["exp": "1e300"]),
    Tokenlike("issued later", claims: ["iat": "NOW+61"]),
    Tokenlike("issued long ago", claims: ["iat": "NOW-601"]),
    Tokenlike("not issued", claims: ["iat": ""]), Tokenlike("not yet good", claims: ["nbf": "NOW+61"]),
    Tokenlike("not yet good, as text", claims: ["nbf": "\"0\""]),
    Tokenlike("another nonce", claims: ["nonce": "\"other\""]), Tokenlike("no nonce", claims: ["nonce": ""]),
    Tokenlike("no subject", claims: ["sub": ""]), Tokenlike("a stranger", claims: ["sub": "\"stranger\""]),
    Tokenlike("another case", claims: ["sub": "\"Scientist-1\""]),
    Tokenlike("a list of subjects", claims: ["sub": "[\"scientist-1\"]"]),
    Tokenlike("alg none", header: ["alg": "\"none\""], signing: .nothing),
    Tokenlike("alg none with a signature", header: ["alg": "\"none\""], signing: .zeros),
    Tokenlike("alg NONE", header: ["alg": "\"NONE\""], signing: .zeros),
    Tokenlike("no signature", signing: .nothing), Tokenlike("a signature of zeros", signing: .zeros),
    Tokenlike("zeros under ES256", header: ["alg": "\"ES256\"", "kid": "\"ec\""], signing: .zeros),
    Tokenlike("zeros under EdDSA", header: ["alg": "\"EdDSA\"", "kid": "\"ed\""], signing: .zeros),
    Tokenlike(
      "HS256 with the shared key of the set", header: ["alg": "\"HS256\"", "kid": "\"shared\""],
      signing: .sharedSecret([0, 0, 0])),
    Tokenlike("HS256 with the public key", header: ["alg": "\"HS256\""], signing: .sharedSecret(publicKey)),
    Tokenlike("RS256 that is an HMAC with the public key", signing: .sharedSecret(publicKey)),
    Tokenlike("signed by another key", signing: .otherRSA),
    Tokenlike("PKCS 1 under PS256", header: ["alg": "\"PS256\""]),
    Tokenlike("PSS under RS256", signing: .ps256),
    Tokenlike("RS256 of an elliptic key", header: ["kid": "\"ec\""], signing: .es256),
    Tokenlike("RS512", header: ["alg": "\"RS512\""]),
    Tokenlike("a key that nobody published", header: ["kid": "\"nobody\""]),
    Tokenlike("critical parts", header: ["crit": "[\"exp\"]"]),
    Tokenlike("alg is no text", header: ["alg": "1"]),
    Tokenlike("no alg", header: ["alg": ""]),
    Tokenlike("too long", claims: ["x": "\"" + String(repeating: "x", count: 16_384) + "\""]),
    Tokenlike(
      "a key in the header",
      header: [
        "kid": "\"mine\"", "jwk": "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "jku": "\"https://evil.test/\"",
      ], signing: .otherRSA),
  ]

  private static let publicKey: [UInt8] = Array((StandInProvider.rsa?.publicKey.pemRepresentation ?? "").utf8)

  @Test func `a token that is right lets in, whichever signature it has`() async throws {
    let place = try await ProviderWorld()
    for token in Self.good {
      let session = try #require(try await place.signIn(token).session, "\(token)")
      #expect(session.principal.person.text == "scientist-1")
      #expect(session.device == nil)
      #expect(try await place.identity.session(session.token, from: World.home).session != nil)
    }
    #expect(place.world.ledger.last == "SignIn allowed scientist-1: the provider says who it is")
    try await place.stop()
  }

  @Test func `a token that is anything else lets nobody in`() async throws {
    let place = try await ProviderWorld()
    for token in Self.hostile {
      #expect(try await place.signIn(token) == .refused, "\(token)")
      #expect(place.world.ledger.records.last?.outcome == .denied, "\(token)")
      let reason = place.world.ledger.records.last?.reason ?? ""
      let isOfToken = ["the token", "the spec names nobody"].contains { reason.hasPrefix($0) }
      #expect(isOfToken, "\(token): \(reason)")
      // An hour of quiet, after which the address's failures are forgotten.
      place.world.wait(3_700)
    }
    #expect(!place.world.ledger.records.contains { $0.outcome == .allowed })
    try await place.stop()
  }

  @Test func `a cut, mixed or swapped token lets nobody in`() async throws {
    let place = try await ProviderWorld()
    for part in 0..<6 {
      let sent = try await place.begin()
      let nonce = try #require(sent["nonce"])
      let good = try Tokenlike("good").text(issuer: place.provider.issuer, nonce: nonce, now: place.world.now)
      let other = try Tokenlike("x", claims: ["sub": "\"reviewer-1\""]).text(
        issuer: place.provider.issuer, nonce: nonce, now: place.world.now)
      let (a, b) = (good.split(separator: "."), other.split(separator: "."))
      let token = [
        "\(a[0]).\(b[1]).\(a[2])", "\(a[0]).\(a[1])", "\(a[0]).\(a[1]).\(a[2]).\(a[2])",
        "\(a[0]).\(a[1]).\(a[2].dropLast(4))",
        "\(a[0])=.\(a[1]).\(a[2])", "",
      ][part]
      let code = place.provider.code(for: token, challenge: try #require(sent["code_challenge"]))
      #expect(try await place.finish("code=\(code)&state=\(try #require(sent["state"]))") == .refused)
    }
    try await place.stop()
  }

  @Test func `what the browser is sent with is bound to it and different each time`() async throws {
    let place = try await ProviderWorld()
    let (first, second) = (try await place.begin(), try await place.begin())
    for name in ["state", "nonce", "code_challenge"] {
      #expect(Base64URL.bytes(try #require(first[name]))?.count == 32)
      #expect(first[name] != second[name])
    }
    #expect(first["code_challenge_method"] == "S256")
    #expect(first["redirect_uri"] == "https://portal.allowed.test/sign-in/callback")
    #expect(first["client_id"] == "cordon")
    #expect(first["scope"] == "openid profile email")
    try await place.stop()
  }

  @Test func `a callback is good once, in the browser that began, for ten minutes`() async throws {
    let place = try await ProviderWorld()
    func callback() async throws -> String {
      let sent = try await place.begin()
      let text = try Tokenlike("good").text(
        issuer: place.provider.issuer, nonce: #require(sent["nonce"]), now: place.world.now)
      let code = place.provider.code(for: text, challenge: try #require(sent["code_challenge"]))
      return "code=\(code)&state=\(try #require(sent["state"]))"
    }
    let replayed = try await callback()
    #expect(try await place.finish(replayed).session != nil)
    #expect(try await place.finish(replayed) == .refused)
    let swapped = try await callback()
    #expect(try await place.finish(swapped, visitor: VisitorToken()) == .refused)
    #expect(try await place.finish(swapped) == .refused)
    let late = try await callback()
    place.world.wait(600)
    #expect(try await place.finish(late) == .refused)
    // A code of one sign-in in another: the verifier does not meet its challenge.
    let (one, two) = (try await callback(), try await callback())
    let code = try #require(ProviderForm.fields(one)?["code"])
    let state = try #require(ProviderForm.fields(two)?["state"])
    #expect(try await place.finish("code=\(code)&state=\(state)") == .refused)
    try await place.stop()
  }

  @Test(arguments: [
    "", "code=a", "state=a", "code=a&state=a", "code=a&state=STATE&state=STATE", "code=&state=STATE",
    "state=STATE",
    "error=access_denied&state=STATE", "error=%0a%1b&state=STATE",
    "code=CODE&state=STATE&iss=https%3A%2F%2Fevil.test",
    "code=CODE&state=STATE&x=%zz", "code=CODE&state=STATE&x=%ff", "code=wrong&state=STATE",
  ])
  func `a callback that is not one lets nobody in`(query: String) async throws {
    let place = try await ProviderWorld()
    let sent = try await place.begin()
    let text = try Tokenlike("good").text(
      issuer: place.provider.issuer, nonce: #require(sent["nonce"]), now: place.world.now)
    let code = place.provider.code(for: text, challenge: try #require(sent["code_challenge"]))
    let state = try #require(sent["state"])
    let answer = try await place.finish(query.replacing("STATE", with: state).replacing("CODE", with: code))
    #expect(answer == .refused)
    try await place.stop()
  }

  @Test func `a provider that names itself in its answers must do so`() async throws {
    let place = try await ProviderWorld()
    place.provider.lie(
      "/.well-known/openid-configuration",
      StandInProvider.discovery(
        issuer: place.provider.issuer, ["authorization_response_iss_parameter_supported": "true"]))
    #expect(try await place.signIn() == .refused)
    try await place.stop()
  }

  @Test func `keys that change are found once, and made-up names fetch nothing`() async throws {
    let place = try await ProviderWorld()
    #expect(try await place.signIn().session != nil)
    #expect(place.provider.visits("/keys") == 1)
    place.provider.publish([try StandInProvider.rsaKey("next", StandInProvider.key(StandInProvider.other))])
    place.world.wait(60)
    let next = Tokenlike("next", header: ["kid": "\"next\""], signing: .otherRSA)
    #expect(try await place.signIn(next).session != nil)
    #expect(place.provider.visits("/keys") == 2)
    for _ in 0..<5 { #expect(try await place.signIn(Tokenlike("x", header: ["kid": "\"x\""])) == .refused) }
    #expect(place.provider.visits("/keys") == 2)
    // The key of before is no key any more.
    #expect(try await place.signIn() == .refused)
    try await place.stop()
  }

  @Test func `a key of 1024 bits signs nothing`() async throws {
    let place = try await ProviderWorld()
    place.provider.publish([try StandInProvider.rsaKey("weak", StandInProvider.key(StandInProvider.weak))])
    #expect(
      try await place.signIn(Tokenlike("weak", header: ["kid": "\"weak\""], signing: .weakRSA)) == .refused)
    try await place.stop()
  }

  @Test func `a provider that lies about itself is not gone to`() async throws {
    let place = try await ProviderWorld()
    let (issuer, path) = (place.provider.issuer, "/.well-known/openid-configuration")
    let lies: [(Int, [(String, String)], String)] = [
      (200, [], StandInProvider.discovery(issuer: "https://evil.test")),
      (200, [], StandInProvider.discovery(issuer: issuer, ["token_endpoint": "\"https://evil.test/token\""])),
      (200, [], StandInProvider.discovery(issuer: issuer, ["jwks_uri": "\"https://127.0.0.1:1/keys\""])),
      (
        200, [],
        StandInProvider.discovery(issuer: issuer, ["authorization_endpoint": "\"http://127.0.0.1/a\""])
      ),
      (
        200, [],
        StandInProvider.discovery(issuer: issuer, ["authorization_endpoint": "\"https://a@evil.test/\""])
      ),
      (
        200, [],
        StandInProvider.discovery(issuer: issuer, ["code_challenge_methods_supported": "[\"plain\"]"])
      ),
      (200, [], "{"), (200, [], ""), (500, [], ""), (302, [("location", issuer + "/keys")], ""),
      (
        200, [],
        StandInProvider.discovery(issuer: issuer) + String(repeating: " ", count: ProviderHTTP.largest)
      ),
    ]
    for lie in lies {
      place.provider.lie(path, status: lie.0, headers: lie.1, lie.2)
      let start = try await place.identity.beginProviderSignIn(visitor: place.visitor, from: World.home)
      guard case .unavailable = start else {
        Issue.record("\(lie.2.prefix(300)): \(start)")
        continue
      }
    }
    #expect(place.provider.visits("/keys") == 0)
    try await place.stop()
  }

  @Test func `a provider whose certificate nobody vouches for is not asked`() async throws {
    let place = try await ProviderWorld { $0.authorityFile = nil }
    let start = try await place.identity.beginProviderSignIn(visitor: place.visitor, from: World.home)
    guard case .unavailable = start else { return #expect(Bool(false), "\(start)") }
    #expect(place.provider.visits("/.well-known/openid-configuration") == 0)
    try await place.stop()
  }

  @Test func `the client's secret is read from a file that is its owner's`() async throws {
    let place = try await ProviderWorld { $0.secretFile = "SET" }
    guard case .provider(var rules) = place.identity.rules.portal.signIn else {
      return #expect(Bool(false), "no provider")
    }
    rules.secretFile = place.world.folder + "/oidc.secret"
    place.provider.state.withLock { $0.secret = "s3cret%3A" }
    try await place.identity.adopt(World.rules(signIn: .provider(rules)))
    #expect(try await place.signIn() == .refused)
    try IdentityFile.create(rules.secretFile ?? "", Array("s3cret:\n".utf8))
    #expect(try await place.signIn().session != nil)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: rules.secretFile ?? "")
    #expect(try await place.signIn() == .refused)
    #expect(!"\(place.world.ledger.records)".contains("s3cret"))
    try await place.stop()
  }

  @Test func `groups narrow the roles that the spec gives, and never add one`() async throws {
    let people = [try World.person("scientist-1", [.dataScientist, .auditor], ["churn"])]
    let place = try await ProviderWorld(
      { $0.groups = [.dataScientist: "ml", .reviewer: "reviewers"] }, people: people)
    let member = try await place.signIn(Tokenlike("x", claims: ["groups": "[\"ml\",\"reviewers\"]"]))
    #expect(member.session?.principal.roles == [.dataScientist, .auditor])
    #expect(try await place.signIn().session?.principal.roles == [.auditor])
    let session = try #require(member.session)
    #expect(
      try await place.identity.session(session.token, from: World.home).session?.principal.roles
        == [.dataScientist, .auditor])
    try await place.identity.adopt(
      World.rules(
        people: [try World.person("scientist-1", [.dataScientist], ["churn"])],
        signIn: place.identity.rules.portal.signIn))
    #expect(try await place.signIn() == .refused)
    #expect(try await place.identity.session(session.token, from: World.home) == .ended(.standing))
    try await place.stop()
  }

  @Test func `an email address counts where the provider has verified it`() async throws {
    let people = [try World.person("scientist-1", [.dataScientist], subject: "ann@allowed.test")]
    let place = try await ProviderWorld({ $0.claim = "email" }, people: people)
    let verified = ["email": "\"ann@allowed.test\"", "email_verified": "true"]
    #expect(
      try await place.signIn(Tokenlike("x", claims: verified)).session?.principal.person.text == "scientist-1"
    )
    for claim in ["", "false", "\"true\"", "1"] {
      let claims = verified.merging(["email_verified": claim]) { $1 }
      #expect(try await place.signIn(Tokenlike("x", claims: claims)) == .refused, "\(claim)")
    }
    #expect(try await place.signIn() == .refused)
    try await place.stop()
  }

  @Test func `a disabled person stays out, and passwords are not offered`() async throws {
    let place = try await ProviderWorld()
    let session = try #require(try await place.signIn().session)
    try await place.world.register().disable(Slug("scientist-1"))
    #expect(try await place.identity.session(session.token, from: World.home) == .ended(.unknown))
    #expect(try await place.signIn() == .refused)
    await #expect(throws: IdentityError.notOffered) { try await place.identity.signIn(World.stranger("x")) }
    #expect(place.identity.method == .provider(host: String(place.provider.issuer.dropFirst(8))))
    try await place.stop()
  }

  @Test func `signing out leads to the provider's page`() async throws {
    let place = try await ProviderWorld()
    let session = try #require(try await place.signIn().session)
    #expect(
      try await place.identity.signOut(session.token, from: World.home)
        == place.provider.issuer
        + "/logout?client_id=cordon&post_logout_redirect_uri=https%3A%2F%2Fportal.allowed.test%2F")
    try await place.stop()
  }

  @Test func `sign-ins that nobody finishes are bounded, by browser and in all`() async throws {
    let place = try await ProviderWorld()
    for _ in 0..<8 { _ = try await place.begin() }
    #expect(try await place.identity.beginProviderSignIn(visitor: place.visitor, from: World.home) == .busy)
    _ = try await place.begin(VisitorToken())
    place.world.wait(600)
    _ = try await place.begin()
    try await place.stop()
  }

  @Test func `local people have no provider`() async throws {
    let identity = try World().identity()
    await #expect(throws: IdentityError.notOffered) {
      try await identity.beginProviderSignIn(visitor: VisitorToken(), from: World.home)
    }
    await #expect(throws: IdentityError.notOffered) {
      try await identity.finishProviderSignIn(query: "", visitor: VisitorToken(), from: World.home)
    }
  }
}
