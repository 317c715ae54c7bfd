import CordonModel
import CordonPolicy
import Foundation
import Testing

@testable import CordonGateway

/// The actions that the S3 endpoint asks for, against the documents that answer.
@Suite struct `S3 permissions of a project` {
  /// Every action that a call, its header fields or its body can ask for.
  private static let asked: Set<String> = {
    let calls = S3Call.all.flatMap { $0.permissions.flatMap { [$0.action, $0.versioned ?? $0.action] } }
    let headers = ["", "true", "public-read"].flatMap { value in
      S3Call.permissions(header: { _ in value }).map(\.action)
    }
    return Set(calls + headers)
  }()

  private static let reads: Set<String> = [
    "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes",
    "s3:GetObjectTagging", "s3:GetObjectVersionTagging", "s3:ListBucket", "s3:ListBucketVersions",
    "s3:GetBucketLocation", "s3:GetBucketVersioning",
  ]

  private static let writes: Set<String> = [
    "s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging",
    "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads",
  ]

  /// What the gateway does and the documents withhold on purpose.
  private static let withheld: Set<String> = ["s3:DeleteObjectVersion"]

  private func allowed(_ bucket: String?, _ purpose: ProjectRole.Purpose, own: [PolicyDocument] = []) throws
    -> Set<String>
  {
    let fixture = try EndpointFixture()
    let source = try fixture.source(.s3)
    let role = ProjectRole(
      project: source.project, purpose: purpose, account: fixture.environment.organization.account)
    let gatekeeper = fixture.gatekeeper
    var context = gatekeeper.context(of: source, isSecure: true)
    gatekeeper.setResource(account: role.account.text, in: &context)
    var layers = gatekeeper.policies.layers(
      role: role, door: source, bucket: try bucket.map { try BucketName($0) })
    layers.identity += own
    let principal = try Principal(parsing: role.sessionARN("scientist-1"))
    // Listing the account's buckets names none, so it is no question about this one.
    return Self.asked.filter { bucket == nil || $0 != "s3:ListAllMyBuckets" }.filter { action in
      // A policy may name the bucket or its objects; an action is allowed where either question is.
      let resources = bucket.map { ["arn:aws:s3:::\($0)", "arn:aws:s3:::\($0)/a/b.csv"] } ?? ["*"]
      return resources.contains { resource in
        layers.decide(
          AccessRequest(
            principal: principal, action: action, resource: resource, resourceAccount: role.account.text,
            context: context)
        ).isAllowed
      }
    }
  }

  @Test func `a store is read and written, and nothing else is done to it`() throws {
    #expect(try allowed("churn-store", .workspace) == Self.reads.union(Self.writes))
    #expect(try allowed("churn-plain", .workspace) == Self.reads.union(Self.writes))
  }

  @Test func `a read-only bucket is read, and a project's reader reads only`() throws {
    #expect(try allowed("churn-data", .workspace) == Self.reads)
    #expect(try allowed("churn-data", .reader) == Self.reads)
    #expect(try allowed("churn-store", .reader) == Self.reads)
  }

  @Test func `another project's bucket is not touched`() throws {
    #expect(try allowed("fraud-store", .workspace) == [])
    #expect(try allowed("fraud-data", .workspace) == [])
    #expect(try allowed(nil, .workspace) == ["s3:ListAllMyBuckets"])
  }

  @Test func `no policy of the user's makes a read-only bucket writable`() throws {
    let everything = try PolicyDocument(
      json:
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"
    )
    let granted = try allowed("churn-data", .workspace, own: [everything])
    #expect(granted.isSuperset(of: Self.reads))
    #expect(granted.filter { !$0.hasPrefix("s3:Get") && !$0.hasPrefix("s3:List") } == [])
    #expect(try allowed("churn-store", .workspace, own: [everything]).isSuperset(of: Self.withheld))
  }

  /// A call that the gateway does and no document allows would be a feature that nobody can use.
  @Test func `whatever the gateway does itself is allowed on a store, or withheld on purpose`() throws {
    var served = Set(
      S3Call.all.filter { if case .served = $0.kind { true } else { false } }
        .flatMap { $0.permissions.flatMap { [$0.action, $0.versioned ?? $0.action] } })
    served.remove("s3:ListAllMyBuckets")
    #expect(served == Self.reads.union(Self.writes).union(Self.withheld))
  }

  /// Actions that stand in the code of an exchange rather than in the table are in the table as well.
  @Test func `every action that stands in the endpoint's code is in the list above`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(
        path: "Sources/CordonGateway/Endpoints/S3")
    var found: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for match in text.matches(of: #/"(s3:(?:Get|Put|Delete|List|Abort|Restore|Bypass)[A-Za-z]+)"/#) {
        found.insert(String(match.output.1))
      }
    }
    #expect(found.count > 30)
    #expect(found.subtracting(Self.asked) == [])
  }
}
