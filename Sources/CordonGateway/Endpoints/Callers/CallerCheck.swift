import CordonModel
import CordonWire
import Synchronization

import struct FoundationEssentials.Date

/// Finds out who sent a request: the signature, the session token, the session's life and its workspace.
struct CallerCheck: Sendable {
  enum Verdict: Sendable {
    case caller(Caller)
    case refused(CallerRefusal)
  }

  let issuer: SessionIssuer
  let verifier: SigV4.Verifier
  /// A drill has the check off: nothing is verified, and an unknown key is a foreign account's.
  let isOff: Bool
  private let keys = SigningKeys()

  init(issuer: SessionIssuer, verifier: SigV4.Verifier, environment: Environment) {
    self.issuer = issuer
    self.verifier = verifier
    isOff = environment.weakenedForDrill.contains(.credentialCheck)
  }

  /// - Parameter hash: where the hash in the signature comes from; S3 declares it, other services hash the body.
  func check(
    _ request: SigV4.Request, from source: SourcePosition, hash: SigV4.PayloadHash = .declared, at now: Date
  ) -> Verdict {
    let claims: SigV4.Claims
    do {
      guard let found = try SigV4.claims(of: request) else { return .caller(.anonymous) }
      claims = found
    } catch {
      return .refused(.signature(error, accessKeyID: nil))
    }
    let id = claims.accessKeyID
    switch issuer.session(accessKeyID: id) {
    case .unknown where isOff:
      return .caller(Caller(identity: .foreign(accessKeyID: id), claims: claims))
    case .unknown: return .refused(.unknownKey(id))
    case .expired: return .refused(.expired(id))
    case .live(let session) where isOff:
      return .caller(Caller(identity: .session(session), claims: claims))
    case .live(let session):
      return verify(claims, of: request, as: session, from: source, hash: hash, at: now)
    }
  }

  private func verify(
    _ claims: SigV4.Claims, of request: SigV4.Request, as session: IssuedSession, from source: SourcePosition,
    hash: SigV4.PayloadHash, at now: Date
  ) -> Verdict {
    let key = keys.key(claims.keyID, secret: session.secretAccessKey)
    switch verifier.verify(claims, of: request, with: key, hash: hash, at: now) {
    case .refused(let refusal):
      return .refused(.signature(refusal, accessKeyID: session.accessKeyID))
    case .verified(let verified):
      // The token is no secret to the signer, and its holder has proved the key: plain equality is enough.
      guard claims.securityToken == session.sessionToken else {
        return .refused(.wrongToken(session.accessKeyID))
      }
      guard session.belongs(to: source) else { return .refused(.otherWorkspace(session.accessKeyID)) }
      return .caller(Caller(identity: .session(session), claims: claims, verified: verified))
    }
  }
}

/// Derived signing keys: deriving one costs as much as the rest of a verification.
private final class SigningKeys: Sendable {
  /// Enough for every session of every workspace on two days; beyond that all are derived again.
  private static let limit = 4_096
  private let keys = Mutex<[SigV4.SigningKeyID: SigV4.SigningKey]>([:])

  func key(_ id: SigV4.SigningKeyID, secret: String) -> SigV4.SigningKey {
    if let known = keys.withLock({ $0[id] }) { return known }
    let key = SigV4.SigningKey(secret: secret, scope: id.scope)
    keys.withLock { keys in
      if keys.count >= Self.limit { keys.removeAll(keepingCapacity: true) }
      keys[id] = key
    }
    return key
  }
}
