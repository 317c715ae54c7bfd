import CordonModel
import CordonPolicy
import CordonWire

import struct FoundationEssentials.Date

/// The condition keys that S3 reads from a call.
///
/// Source: Service Authorization Reference, "Condition keys for Amazon S3". A key whose parameter is not there is
/// absent.
extension S3Request {
  /// Adds this call's keys to those of its caller and place.
  func setKeys(in context: inout RequestContext, caller: Caller) {
    setSignature(in: &context, caller: caller)
    for (parameter, key) in Self.parameterKeys {
      if let value = query[parameter] { context[key] = [value] }
    }
    for name in Self.headerKeys {
      let values = fields.values(name)
      if !values.isEmpty { context["s3:\(name)"] = values }
    }
    if raw.isSecure { context["s3:TlsVersion"] = [Self.lowestTLSVersion] }
    if let source = copySource { context["s3:x-amz-copy-source"] = ["\(source.bucket)/\(source.key)"] }
    if let tagging = header("x-amz-tagging"), let tags = URLQuery(parsing: tagging) {
      setTags(tags.items.map { S3Tag(key: $0.name, value: $0.value) }, in: &context)
    }
    if call.scope == .object, call.method == "PUT" || call.method == "POST" {
      let creates = call.permissions.contains { $0.action == "s3:PutObject" }
      context["s3:ObjectCreationOperation"] = [creates ? "true" : "false"]
    }
  }

  /// Tags that the call gives an object.
  func setTags(_ tags: [S3Tag], in context: inout RequestContext) {
    guard !tags.isEmpty else { return }
    for tag in tags { context["s3:RequestObjectTag/\(tag.key)"] = [tag.value] }
    context["s3:RequestObjectTagKeys"] = tags.map(\.key)
  }

  /// The listeners accept nothing older, and what came is at least this.
  private static let lowestTLSVersion = "1.2"

  private static let parameterKeys = [
    ("prefix", "s3:prefix"), ("delimiter", "s3:delimiter"), ("max-keys", "s3:max-keys"),
  ]

  private static let headerKeys = [
    "x-amz-acl", "x-amz-content-sha256", "x-amz-grant-full-control", "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write", "x-amz-grant-write-acp", "x-amz-metadata-directive", "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class", "x-amz-website-redirect-location", "if-match", "if-none-match",
  ]

  /// S3 User Guide, "Amazon S3 Signature Version 4 Authentication Specific Policy Keys".
  private func setSignature(in context: inout RequestContext, caller: Caller) {
    guard let claims = caller.claims else { return }
    context["s3:authType"] = [claims.form == .header ? "REST-HEADER" : "REST-QUERY-STRING"]
    context["s3:signatureversion"] = ["AWS4-HMAC-SHA256"]
    let age = max(0, moment.timeIntervalSince(claims.time)) * 1_000
    context["s3:signatureAge"] = [String(Int(min(age, 1e15)))]
  }
}
