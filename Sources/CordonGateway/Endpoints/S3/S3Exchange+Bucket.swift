import CordonModel
import CordonStore
import CordonWire
import Crypto

import struct FoundationEssentials.Data

extension S3Exchange {
  /// ListBuckets: those of the caller's own project, and of no other.
  func listBuckets() async throws -> GatewayResponse {
    let limit = try number("max-buckets", 1...10_000, default: 10_000)
    let prefix = request.query["prefix"] ?? ""
    let after = request.query["continuation-token"] ?? ""
    let own = try await store.buckets().filter { bucket in
      isCallers(bucket) && bucket.name.text.hasPrefix(prefix) && bucket.name.text > after
    }
    let page = own.prefix(limit)
    var xml = S3XMLWriter()
    xml.open("ListAllMyBucketsResult", namespace: S3XMLWriter.s3Namespace)
    owner(in: &xml)
    xml.element("Buckets") { list in
      for bucket in page {
        list.element("Bucket") { item in
          item.element("Name", bucket.name.text)
          item.element("CreationDate", AWSDate.extended(bucket.created))
          item.element("BucketRegion", answer.region)
        }
      }
    }
    if own.count > page.count { xml.element("ContinuationToken", ifPresent: page.last?.name.text) }
    if request.query["prefix"] != nil { xml.element("Prefix", prefix) }
    return answer.document(xml)
  }

  /// Another project's buckets are in the same account, but not the caller's to know of.
  private func isCallers(_ bucket: BucketInfo) -> Bool {
    if let role = visit.caller.role { return bucket.project == role.project }
    return responder.gatekeeper.environment.owner(of: bucket.name) == nil
  }

  func headBucket() async throws -> GatewayResponse {
    _ = try await store.bucket(bucket())
    return answer.empty(200, [("x-amz-bucket-region", answer.region), ("x-amz-access-point-alias", "false")])
  }

  func getBucketLocation() async throws -> GatewayResponse {
    _ = try await store.bucket(bucket())
    var xml = S3XMLWriter()
    // The first region has no name here (S3 API Reference, GetBucketLocation).
    xml.element(
      "LocationConstraint", namespace: S3XMLWriter.s3Namespace,
      answer.region == "us-east-1" ? "" : answer.region)
    return answer.document(xml)
  }

  func getBucketVersioning() async throws -> GatewayResponse {
    let info = try await store.bucket(bucket())
    var xml = S3XMLWriter()
    xml.open("VersioningConfiguration", namespace: S3XMLWriter.s3Namespace)
    switch info.versioning {
    case .off: break
    case .enabled: xml.element("Status", "Enabled")
    case .suspended: xml.element("Status", "Suspended")
    }
    return answer.document(xml)
  }

  /// Writes the account's canonical id.
  func owner(in xml: inout S3XMLWriter, as name: String = "Owner") {
    xml.element(name) { $0.element("ID", ownerID) }
  }

  /// The account by its canonical id, 64 hexadecimal digits that follow from its number.
  var ownerID: String {
    let account = visit.caller.account(in: responder.gatekeeper.environment) ?? "anonymous"
    return Hex.text(SHA256.hash(data: Data("account \(account)".utf8)))
  }
}
