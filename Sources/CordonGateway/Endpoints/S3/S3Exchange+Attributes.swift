import CordonModel
import CordonStore
import CordonWire

extension S3Exchange {
  func getObjectTagging() async throws -> GatewayResponse {
    let info = try await head()
    var xml = S3XMLWriter()
    xml.open("Tagging", namespace: S3XMLWriter.s3Namespace)
    xml.element("TagSet") { set in
      for tag in info.metadata.tags.sorted(by: { $0.key < $1.key }) {
        set.element("Tag") { item in
          item.element("Key", tag.key)
          item.element("Value", tag.value)
        }
      }
    }
    return answer.document(xml, Self.version(of: info))
  }

  func putObjectTagging() async throws -> GatewayResponse {
    let tags = try visit.bodyTags?.get() ?? []
    return try await setTags(try S3Tagging.tags(tags), status: 200)
  }

  func deleteObjectTagging() async throws -> GatewayResponse { try await setTags([:], status: 204) }

  private func setTags(_ tags: [String: String], status: Int) async throws -> GatewayResponse {
    let (bucket, key, version) = (try bucket(), try key(), request.version)
    let info = try await found(bucket, owner: visit.owner) { () async throws(StoreError) in
      try await store.setTags(tags, of: key, in: bucket, version: version)
    }
    return answer.empty(status, Self.version(of: info))
  }

  private static let attributes: Set<String> = [
    "ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize",
  ]

  func getObjectAttributes() async throws -> GatewayResponse {
    let info = try await head()
    let named = request.fields.values("x-amz-object-attributes").joined(separator: ",")
    let wanted = Set(named.split(separator: ",").map { $0.filter { $0 != " " } })
    guard !wanted.isEmpty, wanted.isSubset(of: Self.attributes) else {
      throw S3Fault.invalidArgument("Invalid attribute name specified.", name: "x-amz-object-attributes")
    }
    var xml = S3XMLWriter()
    xml.open("GetObjectAttributesResponse", namespace: S3XMLWriter.s3Namespace)
    if wanted.contains("ETag") { xml.element("ETag", info.etag) }
    if wanted.contains("Checksum"), !info.metadata.checksums.isEmpty {
      xml.element("Checksum") { Self.checksums(of: info.metadata, in: &$0) }
    }
    if wanted.contains("ObjectParts"), info.partCount > 0 {
      xml.element("ObjectParts") { $0.element("PartsCount", info.partCount) }
    }
    if wanted.contains("StorageClass") { xml.element("StorageClass", "STANDARD") }
    if wanted.contains("ObjectSize") { xml.element("ObjectSize", info.size) }
    let fields = Self.version(of: info) + [(name: "last-modified", value: HTTPDate.text(info.lastModified))]
    return answer.document(xml, fields)
  }

  /// The checksums of an object as XML has them.
  static func checksums(of metadata: ObjectMetadata, in xml: inout S3XMLWriter) {
    for (algorithm, value) in metadata.checksums.sorted(by: { $0.key < $1.key }) {
      xml.element("Checksum\(algorithm)", value)
    }
    if !metadata.checksums.isEmpty { xml.element("ChecksumType", metadata.checksumType ?? "FULL_OBJECT") }
  }
}
