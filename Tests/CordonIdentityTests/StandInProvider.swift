import Crypto
import CryptoExtras
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

@testable import CordonIdentity

/// An OpenID provider on loopback, over TLS, that issues real tokens; it can be told to lie.
final class StandInProvider: Sendable {
  struct State {
    /// What it answers at a path instead of the truth.
    var lies: [String: (status: Int, headers: [(String, String)], body: String)] = [:]
    /// The token that a code is good for, once, with the challenge that its verifier must meet.
    var codes: [String: (token: String, challenge: String)] = [:]
    var visits: [String: Int] = [:]
    var published: [String] = []
    var authorization: String?
    var secret: String?
    var port = 0
  }

  static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)
  static let other = try? _RSA.Signing.PrivateKey(keySize: .bits2048)
  static let weak = try? _RSA.Signing.PrivateKey(unsafePEMRepresentation: pem(bits: 1_024))
  static let p256 = P256.Signing.PrivateKey()
  static let edwards = Curve25519.Signing.PrivateKey()

  let folder: String
  let state = Mutex(State())
  private let channel: Mutex<(any Channel)?> = Mutex(nil)

  var issuer: String { state.withLock { "https://127.0.0.1:\($0.port)" } }
  var certificate: String { folder + "/provider.pem" }

  init(in folder: String) async throws {
    self.folder = folder
    try Self.openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-keyout",
      folder + "/provider.key", "-out", folder + "/provider.pem", "-subj", "/CN=provider", "-addext",
      "subjectAltName=IP:127.0.0.1")
    let context = try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: NIOSSLCertificate.fromPEMFile(folder + "/provider.pem").map { .certificate($0) },
        privateKey: .privateKey(NIOSSLPrivateKey(file: folder + "/provider.key", format: .pem))))
    let bound = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Answering(provider: self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
    let keys = try [Self.rsaKey("rsa", Self.key(Self.rsa)), Self.ecKey("ec"), Self.edKey("ed")]
    state.withLock {
      $0.port = bound.localAddress?.port ?? 0
      $0.published = keys + [#"{"kty":"oct","kid":"shared","k":"AAAA"}"#, #"{"kty":"new","kid":"new"}"#]
    }
  }

  func stop() async throws { try await channel.withLock { $0.take() }?.close() }

  func visits(_ path: String) -> Int { state.withLock { $0.visits[path] ?? 0 } }
  func lie(_ path: String, status: Int = 200, headers: [(String, String)] = [], _ body: String) {
    state.withLock { $0.lies[path] = (status, headers, body) }
  }
  func publish(_ keys: [String]) { state.withLock { $0.published = keys } }

  /// What the provider's page does once the person is known there: a code for the browser to carry back.
  func code(for token: String, challenge: String) -> String {
    let code = Random.token()
    state.withLock { $0.codes[code] = (token, challenge) }
    return code
  }

  // MARK: Keys

  static func key<Key>(_ key: Key?) throws -> Key {
    guard let key else { throw IdentityError.unreadable("no key") }
    return key
  }

  static func rsaKey(_ kid: String, _ key: _RSA.Signing.PrivateKey) throws -> String {
    let numbers = try key.publicKey.getKeyPrimitives()
    return """
      {"kty":"RSA","use":"sig","kid":"\(kid)","n":"\(Base64URL.text(numbers.modulus))",\
      "e":"\(Base64URL.text(numbers.publicExponent))"}
      """
  }

  static func ecKey(_ kid: String) -> String {
    let point = p256.publicKey.rawRepresentation
    return """
      {"kty":"EC","crv":"P-256","alg":"ES256","kid":"\(kid)","x":"\(Base64URL.text(point.prefix(32)))",\
      "y":"\(Base64URL.text(point.suffix(32)))"}
      """
  }

  static func edKey(_ kid: String) -> String {
    #"{"kty":"OKP","crv":"Ed25519","kid":"\#(kid)","x":"\#(Base64URL.text(edwards.publicKey.rawRepresentation))"}"#
  }

  /// A token of a header and claims; how it is signed is the caller's choice, whatever the header says.
  static func token(header: [String: String], claims: [String: String], signing: Signing) throws -> String {
    func part(_ fields: [String: String]) -> String {
      Base64URL.text(
        Array(("{" + fields.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}").utf8))
    }
    let text = part(header) + "." + part(claims)
    let bytes = Array(text.utf8)
    let signature: [UInt8] =
      switch signing {
      case .rs256: Array(try key(rsa).signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
      case .ps256: Array(try key(rsa).signature(for: bytes, padding: .PSS).rawRepresentation)
      case .otherRSA:
        Array(try key(other).signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
      case .weakRSA: Array(try key(weak).signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
      case .es256: Array(try p256.signature(for: bytes).rawRepresentation)
      case .edDSA: Array(try edwards.signature(for: bytes))
      case .sharedSecret(let secret):
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: secret)))
      case .nothing: []
      case .zeros: [UInt8](repeating: 0, count: 64)
      }
    return text + "." + Base64URL.text(signature)
  }

  enum Signing: Sendable {
    case rs256, ps256, es256, edDSA, otherRSA, weakRSA, nothing, zeros
    case sharedSecret([UInt8])
  }

  private static func pem(bits: Int) -> String {
    let path = FileManager.default.temporaryDirectory.path + "/cordon-weak-\(UUID()).pem"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try? openssl("genrsa", "-out", path, "\(bits)")
    return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  private static func openssl(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw IdentityError.unreadable("openssl failed") }
  }

  // MARK: Answers

  func answer(
    _ path: String, authorization: String?, body: String
  ) -> (status: Int, headers: [(String, String)], body: String) {
    state.withLock { state in
      state.visits[path, default: 0] += 1
      if let lie = state.lies[path] { return lie }
      let base = "https://127.0.0.1:\(state.port)"
      switch path {
      case "/.well-known/openid-configuration": return (200, [], Self.discovery(issuer: base))
      case "/keys": return (200, [], "{\"keys\":[\(state.published.joined(separator: ","))]}")
      case "/token": return Self.exchange(&state, authorization: authorization, body: body)
      default: return (404, [], "")
      }
    }
  }

  static func discovery(issuer: String, _ changes: [String: String] = [:]) -> String {
    let fields = [
      "issuer": "\"\(issuer)\"", "authorization_endpoint": "\"\(issuer)/authorize?tenant=1\"",
      "token_endpoint": "\"\(issuer)/token\"", "jwks_uri": "\"\(issuer)/keys\"",
      "end_session_endpoint": "\"\(issuer)/logout\"",
    ].merging(changes) { $1 }
    return "{" + fields.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  }

  private static func exchange(
    _ state: inout State, authorization: String?, body: String
  ) -> (status: Int, headers: [(String, String)], body: String) {
    state.authorization = authorization
    let fields = ProviderForm.fields(body) ?? [:]
    guard fields["grant_type"] == "authorization_code", let code = fields["code"],
      let given = state.codes.removeValue(forKey: code), let verifier = fields["code_verifier"],
      Base64URL.text(SHA256.hash(data: Array(verifier.utf8))) == given.challenge,
      fields["redirect_uri"] == "https://portal.allowed.test/sign-in/callback",
      fields["client_id"] == "cordon",
      state.secret == nil
        || authorization == "Basic " + Data("cordon:\(state.secret ?? "")".utf8).base64EncodedString()
    else { return (400, [], #"{"error":"invalid_grant"}"#) }
    return (200, [], #"{"access_token":"a","token_type":"Bearer","id_token":"\#(given.token)"}"#)
  }

  private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let provider: StandInProvider
    private var head: HTTPRequestHead?
    private var body = ""

    init(provider: StandInProvider) { self.provider = provider }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body = ""
      case .body(let part): body += String(buffer: part)
      case .end: answer(context)
      }
    }

    private func answer(_ context: ChannelHandlerContext) {
      guard let head else { return }
      let path = String(head.uri.prefix { $0 != "?" })
      let answer = provider.answer(path, authorization: head.headers.first(name: "authorization"), body: body)
      var fields = HTTPHeaders(answer.headers)
      fields.add(name: "content-length", value: "\(answer.body.utf8.count)")
      let response = HTTPResponseHead(
        version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: fields)
      context.write(wrapOutboundOut(.head(response)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
