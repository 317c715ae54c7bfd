import CordonModel
import CordonWire
import Foundation
import NIOCore

@testable import CordonGateway
@testable import CordonStore

/// The S3 endpoint over a store of its own, without sockets.
struct S3Fixture {
  let base: EndpointFixture
  let store: ObjectStore
  let responder: S3Responder
  let folder: String

  /// A bucket that belongs to nobody in the environment.
  static let foreignBucket = "attackers-bucket"

  /// Makes the endpoint for the length of `body`.
  static func run<Result: Sendable>(
    weakened: Set<Control> = [], start: Date = Date(),
    change: (inout CordonModel.Environment) throws -> Void = { _ in },
    _ body: (S3Fixture) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cordon-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let base = try EndpointFixture(start: start) { environment in
      environment.weakenedForDrill = weakened
      try change(&environment)
    }
    let fixture = try await S3Fixture(base, folder: folder)
    defer { try? fixture.store.close() }
    return try await body(fixture)
  }

  init(_ base: EndpointFixture, folder: String) async throws {
    let clock = base.clock
    var limits = ObjectStore.Limits()
    limits.smallestPart = 1_024
    let store = try ObjectStore.open(folder: folder, limits: limits, now: { clock.now })
    for project in base.environment.projects {
      for bucket in project.buckets {
        try await store.declareBucket(
          bucket.name, project: project.name, versioned: bucket.versioned, readOnly: bucket.readOnly)
      }
    }
    try await store.declareBucket(
      BucketName(Self.foreignBucket), project: Slug("attacker"), versioned: false, readOnly: false)
    self.base = base
    self.store = store
    self.folder = folder
    responder = try S3Responder(
      gatekeeper: base.gatekeeper, issuer: base.issuer, store: store, now: { clock.now })
  }

  var log: RecordedDecisions { base.log }

  /// Puts an object behind the endpoint's back, into a read-only bucket too.
  @discardableResult
  func put(
    _ bucket: String, _ key: String, _ text: String, _ change: (inout ObjectMetadata) -> Void = { _ in }
  ) async throws -> ObjectInfo {
    let writer = try await store.beginPut(BucketName(bucket), ObjectKey(key), isSeeding: true)
    try await writer.write(Array(text.utf8))
    var metadata = ObjectMetadata()
    change(&metadata)
    return try await writer.finish(metadata)
  }

  /// The content of an object behind the endpoint's back; nil where there is none.
  func content(_ bucket: String, _ key: String) async throws -> String? {
    guard let reader = try? await store.get(BucketName(bucket), ObjectKey(key)) else { return nil }
    return String(decoding: try await reader.collect(), as: UTF8.self)
  }

  /// How many files of objects lie on the disk.
  var fileCount: Int {
    let files = FileManager.default.enumerator(atPath: folder + "/data")
    return files?.count { path in (path as? String)?.contains("/") == true } ?? 0
  }

  /// Who signs a call.
  enum Signer {
    case workspace(Int)
    case project(String)
    case keys(SigV4.Credentials)
    case nobody
  }

  /// Sends a call through the listener of workspace `churn-1`.
  func send(
    _ call: TestCall, by signer: Signer = .workspace(1), payload: SigV4.Payload? = nil, skew: Double = 0,
    region: String = EndpointFixture.region, isSecure: Bool = true, pieces: Int = 1_000,
    alter: (inout GatewayRequest) -> Void = { _ in }
  ) async throws -> TestAnswer {
    let credentials: SigV4.Credentials? =
      switch signer {
      case .workspace(let number): try base.session(workspace: number).credentials
      case .project(let project): try base.session(project: project).credentials
      case .keys(let keys): keys
      case .nobody: nil
      }
    var request = try call.request(
      signedBy: credentials, region: region, at: base.clock.now.addingTimeInterval(skew),
      from: base.source(.s3),
      payload: payload, isSecure: isSecure)
    alter(&request)
    return try await TestAnswer(try await responder.respond(to: request, body: call.pulled(by: pieces)))
  }
}
