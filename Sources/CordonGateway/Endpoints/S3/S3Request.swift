import CordonModel
import CordonWire

import struct FoundationEssentials.Date

/// A request as S3 understands it. Who sent it is not known yet.
struct S3Request: Sendable {
  /// The request as it came.
  var raw: GatewayRequest
  /// The request as its signature covers it; its path and query are decoded once, and only these are acted upon.
  var signed: SigV4.Request
  /// The header fields, and what a presigned link carries in their place.
  var fields: [HeaderField]
  var address: S3Address
  /// The bucket; nil for calls of the service.
  var bucket: BucketName?
  var call: S3Call
  var copySource: S3CopySource?
  var moment: Date

  init(_ raw: GatewayRequest, names: ServiceNames, at moment: Date) throws(S3Fault) {
    self.raw = raw
    self.moment = moment
    do {
      signed = try raw.sigV4Request()
    } catch {
      throw S3Fault(error.s3Error)
    }
    fields = signed.headers + (try Self.hoisted(signed.query))
    address = try S3Address(path: signed.path, host: raw.host, names: names)
    if let text = address.bucket {
      guard let name = try? BucketName(text) else { throw .invalidBucketName }
      bucket = name
    }
    let source = fields.values("x-amz-copy-source")
    guard source.count <= 1 else { throw .invalidArgument("Copy Source must be given once") }
    let parameters = Set(signed.query.items.map(\.name))
    guard
      let call = S3Call.find(
        method: raw.method, scope: address.scope, parameters: parameters, hasCopySource: !source.isEmpty)
    else { throw .methodNotAllowed }
    self.call = call
    if call.copies, let text = source.first {
      guard let copy = S3CopySource(text), (try? BucketName(copy.bucket)) != nil else {
        throw .invalidArgument(
          "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
          name: "x-amz-copy-source")
      }
      copySource = copy
    }
  }

  var query: URLQuery { signed.query }

  /// The key; empty for calls without one.
  var key: String { address.key ?? "" }

  /// The version that the call names; an empty one is none, as S3 reads it.
  var version: String? { query["versionId"].flatMap { $0.isEmpty ? nil : $0 } }

  /// The value of the first header field of that name, given in lower case.
  func header(_ name: String) -> String? { fields.values(name).first }

  /// Some SDKs move a presigned call's `x-amz-*` fields into the query, where S3 reads them as if they were headers.
  /// They are covered by the signature there.
  /// They were decoded from the query, so they may hold bytes that no header can: those are refused.
  private static func hoisted(_ query: URLQuery) throws(S3Fault) -> [HeaderField] {
    guard query["X-Amz-Algorithm"] != nil else { return [] }
    var fields: [HeaderField] = []
    for item in query.items {
      let name = item.name.lowercased()
      guard name.hasPrefix("x-amz-"), !signatureParameters.contains(name) else { continue }
      guard FieldRules.isToken(name), FieldRules.isClean(item.value) else {
        throw .invalidArgument(
          "A signed parameter stands for a header field, but no header field can hold it.")
      }
      fields.append(HeaderField(name, item.value))
    }
    return fields
  }

  private static let signatureParameters: Set<String> = [
    "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders",
    "x-amz-signature",
    "x-amz-security-token", "x-amz-content-sha256",
  ]

  /// The path that errors name.
  var resource: String {
    guard let bucket else { return "/" }
    return address.key.map { "/\(bucket)/\($0)" } ?? "/\(bucket)"
  }
}
