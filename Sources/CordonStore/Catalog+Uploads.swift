import CordonModel
import Crypto
import FoundationEssentials
import GRDB

/// An upload's row with what its seal holds.
struct UploadRow: Sendable {
  var sequence: Int64
  var dataKey: Int64
  var upload: UploadID
  var facts: VersionFacts
}

/// A part's row with what its seal holds.
struct UploadPartRow: Sendable {
  var number: Int64
  var part: StoredPart
  var facts: VersionFacts
}

extension CompletedPart {
  /// S3's ETag of a multipart object: the MD5 of the parts' MD5s, and how many there are.
  static func etag(of parts: [String]) throws -> String {
    var md5 = Insecure.MD5()
    for etag in parts {
      guard let digest = Hexadecimal.bytes(etag) else { throw StoreError.damaged("a part's ETag") }
      md5.update(data: digest)
    }
    return "\(Hexadecimal.text(md5.finalize()))-\(parts.count)"
  }
}

extension Catalog {
  static let uploadColumns = "seq, id, key, data_key, sealed"

  func add(_ upload: UploadID, facts: VersionFacts, in bucket: BucketRow) throws {
    let key = try currentKey(of: bucket.info.project.text)
    let context = SealContext.upload(bucket: bucket.info.name.text, key: upload.key, id: upload.id)
    try run(
      "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?)",
      [
        try nextNumber(), upload.id, bucket.id, Data(upload.key.bytes), key.id,
        try key.seal(facts, for: context),
      ])
  }

  func upload(_ upload: UploadID) throws -> UploadRow {
    let bucket = try bucket(upload.bucket)
    guard
      let row = try row(
        "SELECT \(Self.uploadColumns) FROM uploads WHERE id = ? AND bucket = ? AND key = ?",
        [upload.id, bucket.id, Data(upload.key.bytes)])
    else { throw StoreError.noSuchUpload(upload.id) }
    return try self.upload(row, in: bucket)
  }

  func upload(_ row: Row, in bucket: BucketRow) throws -> UploadRow {
    guard let sequence = row.integer(0), let id = row.text(1),
      let key = row.data(2).flatMap(ObjectKey.init(stored:)), let dataKey = row.integer(3),
      let sealed = row.data(4)
    else { throw StoreError.damaged("an upload's row") }
    let context = SealContext.upload(bucket: bucket.info.name.text, key: key, id: id)
    guard let facts = try self.key(dataKey).open(sealed, for: context) else {
      throw StoreError.damaged("what the database says of an upload of '\(key)'")
    }
    let upload = UploadID(bucket: bucket.info.name, key: key, id: id)
    return UploadRow(sequence: sequence, dataKey: dataKey, upload: upload, facts: facts)
  }

  // MARK: Parts

  /// Puts a part in place of one of the same number, and gives back the files that nothing refers to any more.
  func put(
    _ part: StoredPart, number: Int64, facts: VersionFacts, in upload: UploadRow, sealedWith key: ProjectKey
  ) throws -> [BlobID] {
    let replaced = try row(
      "SELECT blob FROM upload_parts WHERE upload = ? AND number = ?", [upload.sequence, number])
    let context = SealContext.uploadPart(upload: upload.sequence, number: number, blob: part.blob)
    // REPLACE would remove the row without the trigger that counts it.
    try run("DELETE FROM upload_parts WHERE upload = ? AND number = ?", [upload.sequence, number])
    try run(
      "INSERT INTO upload_parts VALUES (?, ?, ?, ?, ?)",
      [upload.sequence, number, Data(part.blob.bytes), key.id, try key.seal(facts, for: context)])
    return try sweep([BlobID(stored: replaced?.data(0))].compactMap { $0 })
  }

  func parts(of upload: UploadRow, after: Int64, limit: Int) throws -> [UploadPartRow] {
    try rows(
      """
      SELECT p.number, p.data_key, p.sealed, b.id, b.size, b.data_key FROM upload_parts p
      JOIN blobs b ON b.id = p.blob WHERE p.upload = ? AND p.number > ? ORDER BY p.number LIMIT ?
      """, [upload.sequence, after, limit]
    ).map { try part($0, of: upload) }
  }

  private func part(_ row: Row, of upload: UploadRow) throws -> UploadPartRow {
    guard let number = row.integer(0), let dataKey = row.integer(1), let sealed = row.data(2),
      let blob = BlobID(stored: row.data(3)), let size = row.integer(4),
      (0...BlobFormat.largestSize).contains(size), let blobKey = row.integer(5)
    else { throw StoreError.damaged("a part's row") }
    let context = SealContext.uploadPart(upload: upload.sequence, number: number, blob: blob)
    guard let facts = try key(dataKey).open(sealed, for: context), facts.size == size else {
      throw StoreError.damaged("what the database says of a part of '\(upload.upload.key)'")
    }
    return UploadPartRow(
      number: number, part: StoredPart(blob: blob, size: size, dataKey: blobKey), facts: facts)
  }

  /// The parts that a completion names, as S3 checks them.
  func choose(
    _ parts: [CompletedPart], of upload: UploadRow, limits: ObjectStore.Limits
  ) throws -> [UploadPartRow] {
    guard !parts.isEmpty else { throw StoreError.invalidArgument("a completion names at least one part") }
    guard zip(parts, parts.dropFirst()).allSatisfy({ $0.number < $1.number }) else {
      throw StoreError.invalidPartOrder
    }
    let uploaded = try self.parts(of: upload, after: 0, limit: 10_000)
    let byNumber = Dictionary(uploaded.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    var chosen: [UploadPartRow] = []
    var total: Int64 = 0
    for (index, part) in parts.enumerated() {
      guard let found = byNumber[Int64(part.number)], found.facts.etag == part.etag else {
        throw StoreError.invalidPart(number: part.number)
      }
      guard index == parts.count - 1 || found.part.size >= limits.smallestPart else {
        throw StoreError.partTooSmall(number: part.number)
      }
      let (sum, overflow) = total.addingReportingOverflow(found.part.size)
      guard !overflow, sum <= limits.largestObject else { throw StoreError.tooLarge }
      total = sum
      chosen.append(found)
    }
    return chosen
  }

  /// Removes an upload, and gives back the files that nothing refers to any more.
  func remove(_ upload: UploadRow) throws -> [BlobID] {
    let blobs = try rows("SELECT blob FROM upload_parts WHERE upload = ?", [upload.sequence]).compactMap {
      BlobID(stored: $0.data(0))
    }
    try run("DELETE FROM upload_parts WHERE upload = ?", [upload.sequence])
    try run("DELETE FROM uploads WHERE seq = ?", [upload.sequence])
    return try sweep(blobs)
  }
}
