public import CordonModel
import CordonPolicy
import Foundation
public import Logging
import NIOCore
import Synchronization

/// The package mirror's endpoint: PEP 503 and 691 pages, and files. It reads; there is no verb that writes.
///
/// Every request is decided by the list and by policy, recorded, and only then answered; what is not listed
/// is refused without a byte to anybody.
public struct PackageMirror: Responder {
  private let shelf: PackageShelf
  private let gatekeeper: Gatekeeper
  private let lockPolicies: LockPolicies
  private let upstream: any UpstreamIndex
  private let logger: Logger

  /// A mirror that serves from a shelf.
  public init(
    shelf: PackageShelf, upstream: any UpstreamIndex, gatekeeper: Gatekeeper,
    logger: Logger = Logger(label: "cordon.packages")
  ) {
    self.shelf = shelf
    self.upstream = upstream
    self.gatekeeper = gatekeeper
    lockPolicies = LockPolicies(inForce: gatekeeper.policies)
    self.logger = logger
  }

  /// Lifts the lock for one workspace, which then may have what the spec lists and what that needs.
  ///
  /// - Returns: Whether it is lifted now; false where another workspace resolves already.
  public func liftLock(for place: WorkspacePosition, policies: CompiledPolicies) async -> Bool {
    guard await shelf.liftLock(for: place) else { return false }
    lockPolicies.lifted.withLock { $0 = policies }
    return true
  }

  /// Serves every workspace by the lock again.
  public func endLift() async {
    await shelf.endLift()
    lockPolicies.lifted.withLock { $0 = nil }
  }

  /// Serves by another lock, whose names the policies let through.
  public func use(_ lock: PackageLock, policies: CompiledPolicies) async {
    // One after the other: in between, a name must be in both.
    lockPolicies.inForce.withLock { $0 = policies }
    await shelf.use(lock)
  }

  /// The policies change with the lock; a copy of the mirror sees the change as well.
  private final class LockPolicies: Sendable {
    let inForce: Mutex<CompiledPolicies>
    let lifted = Mutex<CompiledPolicies?>(nil)

    init(inForce: CompiledPolicies) { self.inForce = Mutex(inForce) }
  }

  /// Judges by the policies that bind the caller at present.
  private func judge(_ request: GatewayRequest) async -> Gatekeeper {
    let isLifted = await shelf.isLifted(for: request.source.place)
    let lifted = isLifted ? lockPolicies.lifted.withLock { $0 } : nil
    return gatekeeper.judging(by: lifted ?? lockPolicies.inForce.withLock { $0 })
  }

  /// Answers a request. Its query and its header fields, but for the type it accepts and its entity tag, are
  /// not read.
  public func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return try await refuseUpload(request, body)
    }
    switch PackageAddress(path: request.path) {
    case .names:
      if let refused = try await refusal(of: request, "ListPackages", nil) { return refused }
      return try await names(request)
    case .spelling(let name):
      if let refused = try await refusal(of: request, "GetPackage", name) { return refused }
      return GatewayResponse(status: 301, headers: [("location", "/simple/\(name)/")])
    case .page(let name):
      if let refused = try await refusal(of: request, "GetPackage", name) { return refused }
      return await answering(request) { try await page(request, name) }
    case .file(let name, let filename):
      if let refused = try await refusal(of: request, "GetPackageFile", name, filename) { return refused }
      return await answering(request) { try await file(request, name, filename) }
    case .nothing:
      return try await refuse(request, record(request, "GetPackage", nil), .packageAddressUnknown)
    }
  }

  // MARK: Answers

  private func names(_ request: GatewayRequest) async throws -> GatewayResponse {
    let names = await shelf.names(in: request.source.place)
    if Self.wantsJSON(request) {
      return Self.answer(
        request, ServedPage.Rendered(try IndexPage.projects(names)), type: IndexPage.jsonType)
    }
    let rows = names.map { "    <a href=\"/simple/\($0)/\">\($0)</a><br/>\n" }.joined()
    let page = "<!DOCTYPE html>\n<html>\n  <body>\n\(rows)  </body>\n</html>\n"
    return Self.answer(request, ServedPage.Rendered(Array(page.utf8)), type: Self.htmlType)
  }

  private func page(_ request: GatewayRequest, _ name: PackageName) async throws -> GatewayResponse {
    guard let page = try await shelf.page(of: name, in: request.source.place) else {
      return .refusing(.packageNotFound, requestID: request.requestID)
    }
    guard !page.files.isEmpty || page.withheld == 0 else {
      return .refusing(.packageWithheld, requestID: request.requestID)
    }
    let asJSON = Self.wantsJSON(request)
    return Self.answer(
      request, try await page.rendered(asJSON ? .json : .html),
      type: asJSON ? IndexPage.jsonType : Self.htmlType)
  }

  private func file(
    _ request: GatewayRequest, _ name: PackageName, _ filename: String
  ) async throws -> GatewayResponse {
    guard let file = try await shelf.file(filename, of: name, in: request.source.place) else {
      return .refusing(.packageNotFound, requestID: request.requestID)
    }
    return GatewayResponse(
      status: 200,
      headers: [
        ("content-type", "application/octet-stream"), ("cache-control", "max-age=31536000, immutable"),
      ],
      body: .stream(length: file.size) { write in
        while let part = try await FileWork.run({ try file.handle.read(upToCount: 256 << 10) }), !part.isEmpty
        {
          try await write(ByteBuffer(bytes: part))
        }
      })
  }

  private static let htmlType = "text/html; charset=utf-8"

  /// pip, uv and Poetry name the JSON type first; a browser names neither.
  static func wantsJSON(_ request: GatewayRequest) -> Bool {
    (request.header("accept") ?? "").lowercased().split(separator: ",").contains { choice in
      let type = choice.split(separator: ";").first.map { String($0).trimmed } ?? ""
      return type == IndexPage.jsonType || type == "application/vnd.pypi.simple.latest+json"
    }
  }

  /// A page, or the news that the client's copy is still good.
  private static func answer(
    _ request: GatewayRequest, _ page: ServedPage.Rendered, type: String
  ) -> GatewayResponse {
    let headers = [("etag", page.tag), ("vary", "accept"), ("cache-control", "max-age=0, must-revalidate")]
    if request.header("if-none-match") == page.tag { return GatewayResponse(status: 304, headers: headers) }
    return GatewayResponse(status: 200, headers: [("content-type", type)] + headers, body: .bytes(page.bytes))
  }

  /// What upstream or the disk did is for the operator's log; the workspace learns only whether it may try
  /// again.
  private func answering(
    _ request: GatewayRequest, _ work: () async throws -> GatewayResponse
  ) async -> GatewayResponse {
    do {
      return try await work()
    } catch {
      logger.debug(
        "a package was not served", metadata: ["request": "\(request.requestID)", "error": "\(error)"])
      let refusal: Refusal =
        switch error {
        case is PackageShelf.HashMismatch: .packageHashMismatch
        case is UpstreamFailure: .packageIndexUnavailable
        case is PackageCache.Full: .packageDiskScarce
        default: .packageCacheFailed
        }
      return .refusing(refusal, requestID: request.requestID)
    }
  }

  // MARK: Decisions

  /// Decides about a request and records it; nil where it may go on.
  private func refusal(
    of request: GatewayRequest, _ event: String, _ name: PackageName?, _ filename: String? = nil
  ) async throws -> GatewayResponse? {
    var record = record(request, event, name)
    if let filename {
      record.route = "package-file"
      record.details["file"] = filename
    }
    if let name, await !shelf.allows(name, in: request.source.place) {
      return try await refuse(request, record, .packageNotListed)
    }
    let decision = await judge(request).decide(
      action: "cordon:GetPackage", resource: Self.resource(name), from: request.source)
    let control = decision.isAllowed ? Refusal.packageNotListed.control : decision.because.control
    if !decision.isAllowed { record.errorCode = Refusal.packageForbidden(control).id }
    try await gatekeeper.keep(decision, control: control, record: record)
    return decision.isAllowed ? nil : .refusing(.packageForbidden(control), requestID: request.requestID)
  }

  private func refuse(
    _ request: GatewayRequest, _ record: DecisionRecord, _ refusal: Refusal
  ) async throws -> GatewayResponse {
    var record = record
    record.control = refusal.control
    record.reason = refusal.explanation
    record.errorCode = refusal.id
    record.route = record.route ?? refusal.route
    try await gatekeeper.keep(record)
    return .refusing(refusal, requestID: request.requestID)
  }

  private func refuseUpload(_ request: GatewayRequest, _ body: RequestBody) async throws -> GatewayResponse {
    var record = record(request, "PutPackage", nil)
    record.route = Refusal.mirrorReadOnly.route
    guard gatekeeper.environment.weakenedForDrill.contains(.mirrorReadOnly) else {
      var response = try await refuse(request, record, .mirrorReadOnly)
      response.headers.append((name: "allow", value: "GET, HEAD"))
      return response
    }
    record.outcome = .allowed
    record.control = Refusal.mirrorReadOnly.control
    record.reason = "a drill switched this control off"
    try await gatekeeper.keep(record)
    guard let sent = try await body.collect(upTo: 16 << 20) else { return .text(413, "", closes: true) }
    try await upstream.forwardUploadForDrill(sent)
    return .text(200, "")
  }

  private static func resource(_ name: PackageName?) -> String { "package/pypi/\(name?.text ?? "")" }

  /// The beginnings of a record; an address that names no package has nothing of it in the ledger.
  private func record(_ request: GatewayRequest, _ event: String, _ name: PackageName?) -> DecisionRecord {
    gatekeeper.record(
      event, service: "packages.cordon", from: request.source, resource: name.map { Self.resource($0) },
      path: .packageShell, route: name == nil ? nil : "package-name", requestID: request.requestID)
  }
}
