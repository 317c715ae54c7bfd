import FoundationEssentials
import JWTKit

/// A claim's value, as far as any is read.
enum ClaimValue: Sendable, Equatable, Decodable {
  case text(String)
  case number(Double)
  case truth(Bool)
  case texts([String])
  case other

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let truth = try? value.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else {
      self = (try? value.decode([String].self)).map { .texts($0) } ?? .other
    }
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }

  /// One text or a list of them.
  var list: [String]? {
    switch self {
    case .text(let text): [text]
    case .texts(let texts): texts
    default: nil
    }
  }

  /// Seconds since 1970.
  var time: Int64? {
    if case .number(let number) = self { Int64(exactly: number.rounded(.down)) } else { nil }
  }
}

/// The claims of a token whose signature holds.
struct IDClaims: Sendable, Equatable {
  var values: [String: ClaimValue]

  subscript(_ name: String) -> ClaimValue? { values[name] }

  /// What must hold besides the signature (OpenID Connect Core 1.0 §3.1.3.7).
  ///
  /// - Throws: Which of them does not.
  func check(
    issuer: String, client: String, nonce: String, at now: Int64
  ) throws(ProviderProblem) {
    guard self["iss"]?.text == issuer else { throw .badToken("it is of another issuer") }
    guard let audience = self["aud"]?.list, audience.contains(client) else {
      throw .badToken("it is for another client")
    }
    // More than one audience: `azp` must say that this client is the one it was given to.
    guard audience.count == 1 || self["azp"] != nil else { throw .badToken("it is for several clients") }
    guard self["azp"] == nil || self["azp"]?.text == client else {
      throw .badToken("it was given to another client")
    }
    guard let expiry = self["exp"]?.time, now < Self.sum(expiry, Lifetime.slack) else {
      throw .badToken("it has expired")
    }
    guard let issued = self["iat"]?.time, issued <= now + Lifetime.slack, Self.sum(issued, 600) >= now else {
      throw .badToken("it was not issued just now")
    }
    if let start = self["nbf"] {
      guard let start = start.time, start <= now + Lifetime.slack else {
        throw .badToken("it is not good yet")
      }
    }
    guard let given = self["nonce"]?.text, isEqual(Array(given.utf8), Array(nonce.utf8)) else {
      throw .badToken("its nonce is another sign-in's")
    }
    guard let subject = self["sub"]?.text, (1...255).contains(subject.utf8.count) else {
      throw .badToken("it names no subject")
    }
  }

  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}

/// A public key of the provider's, as far as its kind is one that signs tokens here.
struct WebKey: Sendable, Equatable, Decodable {
  var kty: String?
  var use: String?
  var alg: String?
  var kid: String?
  var n: String?
  var e: String?
  var crv: String?
  var x: String?
  var y: String?

  /// Whether it may check a signature of `algorithm`: a key is of one kind, and never a shared secret.
  func signs(_ algorithm: IDToken.Algorithm) -> Bool {
    guard use == nil || use == "sig", alg == nil || alg == algorithm.rawValue else { return false }
    return switch algorithm {
    case .rs256, .ps256: kty == "RSA" && hasGoodModulus
    case .es256: kty == "EC" && crv == "P-256"
    case .edDSA: kty == "OKP" && crv == "Ed25519"
    }
  }

  /// NIST SP 800-131A: 2048 bits at the least. More than 8192 would only cost time.
  private var hasGoodModulus: Bool {
    guard let n, n.utf8.count <= 2_048, let bytes = Base64URL.bytes(n) else { return false }
    let significant = bytes.drop { $0 == 0 }
    let bits = significant.count * 8 - (significant.first?.leadingZeroBitCount ?? 0)
    return (2_048...8_192).contains(bits)
  }

  fileprivate func jwk(_ algorithm: IDToken.Algorithm) -> JWK {
    let name = JWKIdentifier(string: "key")
    return switch algorithm {
    case .rs256: .rsa(.rs256, identifier: name, modulus: n, exponent: e)
    case .ps256: .rsa(.ps256, identifier: name, modulus: n, exponent: e)
    case .es256: .ecdsa(.es256, identifier: name, x: x, y: y, curve: .p256)
    case .edDSA: .octetKeyPair(.eddsa, identifier: name, x: x, y: nil, curve: .ed25519)
    }
  }
}

/// A token as it came, before anything in it is believed.
struct IDToken: Sendable {
  /// The signatures that are taken. `none` and everything with a shared secret are not among them, whatever a header says.
  enum Algorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case ps256 = "PS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"
  }

  private struct Header: Decodable {
    var alg: String
    var kid: String?
    var crit: [String]?
  }

  /// The claims as jwt-kit hands them over; they are checked here, by the clock that is handed in.
  private struct Payload: JWTPayload {
    var values: [String: ClaimValue]

    init(from decoder: any Decoder) throws {
      values = try decoder.singleValueContainer().decode([String: ClaimValue].self)
    }

    func encode(to encoder: any Encoder) throws {
      throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "tokens are only read"))
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  let text: String
  let algorithm: Algorithm
  let keyID: String?

  /// Reads a token's header.
  init(_ text: String) throws(ProviderProblem) {
    guard text.utf8.count <= 16_384 else { throw .badToken("it is too long") }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64URL.bytes(parts[0]), Base64URL.bytes(parts[1]) != nil,
      Base64URL.bytes(parts[2])?.isEmpty == false,
      let fields = try? JSONDecoder().decode(Header.self, from: Data(header))
    else { throw .badToken("it is not in three parts") }
    guard let algorithm = Algorithm(rawValue: fields.alg) else {
      throw .badToken("its signature is of a kind that is not taken")
    }
    // RFC 7515 §4.1.11: whoever does not know what is critical must refuse.
    guard fields.crit == nil else { throw .badToken("its header has critical parts") }
    self.text = text
    self.algorithm = algorithm
    keyID = fields.kid
  }

  /// The one key that may have signed it; nil where there is none, or more than one.
  func key(among keys: [WebKey]) -> WebKey? {
    let found = keys.filter { $0.signs(algorithm) && (keyID == nil || $0.kid == keyID) }
    return found.count == 1 ? found[0] : nil
  }

  /// The claims, where the signature is the key's.
  func claims(signedBy key: WebKey) async throws(ProviderProblem) -> IDClaims {
    guard key.signs(algorithm) else { throw .badToken("the key is of another kind") }
    do {
      let keys = JWTKeyCollection()
      try await keys.add(jwk: key.jwk(algorithm), isDefault: true)
      return IDClaims(values: try await keys.verify(text, as: Payload.self).values)
    } catch {
      throw .badToken("its signature does not hold")
    }
  }
}
